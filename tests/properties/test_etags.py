"""Tags of replies against whatever may happen: the same tag never stands for two replies."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from crowd.projects.models import Project
from quality.exhaustion.sifting import sift
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from tests.cast import Api, worker_of
from tests.quality.disputes.test_decisions import vote
from tests.quality.labels.test_editions import BASE, ask, rested, routes_of, seen_by

__all__ = ["rested"]

STEPS = 30


class Story:
    """Whatever happens in a project, in an order that a number gives."""

    def __init__(self, project: Project, alice: Api, workers: list[Api], seed: int) -> None:
        self.project, self.alice, self.workers = project, alice, workers
        self.chance = random.Random(seed)
        self.given: list[tuple[Api, str]] = []
        self.names = iter(range(1000))
        self.happenings: list[Callable[[], Any]] = [
            *[self.answer] * 4,
            *[self.judge] * 4,
            *[self.fit] * 2,
            *[self.sift] * 2,
            self.skip,
            self.undo,
            self.decide,
            self.withdraw,
            self.add_task,
            self.import_votes,
            self.give_gold,
            self.set,
            self.add_class,
            self.pause_or_resume,
            self.void_or_restore,
            self.nothing,
        ]

    def go_on(self) -> str:
        happening = self.chance.choice(self.happenings)
        happening()
        return happening.__name__

    def task(self) -> str:
        return f"{BASE}/tasks/t{self.chance.randrange(10)}"

    def nothing(self) -> None:
        pass

    def answer(self) -> None:
        worker = self.chance.choice(self.workers)
        for each in worker("POST", f"{BASE}/assignments").json()["assignments"]:
            given = {"answer": self.chance.choice(["yes", "no"])}
            worker("PUT", f"/assignments/{each['token']}/response", given)
            self.given.append((worker, each["token"]))

    def skip(self) -> None:
        worker = self.chance.choice(self.workers)
        for each in worker("POST", f"{BASE}/assignments").json()["assignments"]:
            worker("POST", f"/assignments/{each['token']}/skip", {"reason": "unclear"})

    def undo(self) -> None:
        for worker, token in self.given[-1:]:
            worker("DELETE", f"/assignments/{token}/response")

    def judge(self) -> None:
        keep_up(self.project)

    def fit(self) -> None:
        refresh_project(self.project.pk)

    def sift(self) -> None:
        sift(self.project.pk)

    def decide(self) -> None:
        self.alice("PUT", f"{self.task()}/adjudication", {"answer": self.chance.choice(["yes", "no"])})

    def withdraw(self) -> None:
        self.alice("DELETE", f"{self.task()}/adjudication")

    def give_gold(self) -> None:
        self.alice("PUT", f"{self.task()}/gold", {"answer": "yes"})

    def add_task(self) -> None:
        new = {"external_id": f"new{next(self.names)}", "data": {"text": "?"}}
        self.alice("POST", f"{BASE}/tasks", {"tasks": [new]})

    def import_votes(self) -> None:
        vote(self.alice, f"t{self.chance.randrange(10)} elsewhere {self.chance.choice(['yes', 'no'])}")

    def set(self) -> None:
        self.alice("PATCH", BASE, {"quality": {"blind_share": self.chance.choice([0.1, 0.2])}})

    def add_class(self) -> None:
        classes = [*Project.objects.get(pk=self.project.pk).class_names, f"class{next(self.names)}"]
        self.alice("PATCH", BASE, {"schema": {"type": "choice", "classes": classes}})

    def pause_or_resume(self) -> None:
        worker = worker_of(self.chance.choice(self.workers), self.project)
        status = "active" if worker.status == "paused" else "paused"
        self.alice("PATCH", f"{BASE}/members/{worker.pk}", {"status": status})

    def void_or_restore(self) -> None:
        worker = worker_of(self.chance.choice(self.workers), self.project)
        self.alice("POST", f"{BASE}/workers/{worker.pk}/{self.chance.choice(['void', 'restore'])}")


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_nobody_is_told_that_another_reply_is_the_same(
    rested: Project, alice: Api, bob: Api, new_worker: Callable[[], Api], seed: int
) -> None:
    story = Story(rested, alice, [bob, new_worker(), new_worker()], seed)
    routes = routes_of(alice, rested)
    ever: dict[str, dict[str, bytes]] = {route: {} for route in routes}
    newest: dict[str, str] = {}
    spared = 0
    for _step in range(STEPS):
        happened = story.go_on()
        for route, (tag, body) in seen_by(alice, routes).items():
            if route in newest and ask(alice, route, newest[route]).status_code == 304:
                assert body == ever[route][newest[route]], (happened, route)
                spared += 1
            if tag is not None:
                newest[route] = tag
                assert body == ever[route].setdefault(tag, body), (happened, route)
    assert spared > STEPS * len(routes) // 4
