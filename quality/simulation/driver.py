"""Driving a simulated crowd through a project by the public API until its queue is empty."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection

from crowd.people.accounts import get_or_invite
from crowd.people.models import ApiKey
from crowd.projects.answer_kinds import Answer, is_right
from crowd.projects.models import Membership, Project, Role
from quality.simulation.client import ApiClient, ApiFailure
from quality.simulation.workers import SimulatedWorker
from tasks.models import Assignment, Task
from tasks.queue.presenting import given_by_worker, shown_to_worker

DOMAIN = "simulated.example"

PATIENCE = 6  # how often a worker asks again where nothing is left: judging may ask for one more answer to a task
BETWEEN_TRIES = 0.7  # seconds
WORTH_WAITING_FOR = ("no_tasks", "pace")
CLOSED = 409


@dataclass(frozen=True, slots=True)
class Plan:
    """What a simulation does: who answers which project at which address, how fast, and until
    when. The truth is the stored answer that is right, by external id of task."""

    project: Project
    url: str
    truth: Mapping[str, Answer]
    pace: float  # mean seconds between two answers of one worker
    most: int | None = None  # answers a worker gives at most


@dataclass(slots=True)
class Tally:
    """What one simulated worker did, and why it gets nothing more."""

    worker: SimulatedWorker
    answered: int = 0
    right: int = 0
    reason: str | None = None


def run(plan: Plan, workers: Sequence[SimulatedWorker], on_answer: Callable[[], None]) -> list[Tally]:
    """Have all workers answer side by side; `on_answer` is called after each answer. Raises
    ApiFailure."""
    keys = {worker.name: _key(plan.project, worker) for worker in workers}
    stop = threading.Event()
    # One thread asks the database which task is behind a token, however many workers there are.
    with ThreadPoolExecutor(max_workers=1) as peeking, ThreadPoolExecutor(max_workers=len(workers)) as pool:
        try:
            shifts = [_Shift(plan, worker, keys[worker.name], peeking, stop, on_answer) for worker in workers]
            return [job.result() for job in [pool.submit(shift.work) for shift in shifts]]
        finally:
            stop.set()
            peeking.submit(_let_go)
            ApiKey.objects.filter(name=DOMAIN, user__email__endswith=f"@{DOMAIN}").delete()


def _key(project: Project, worker: SimulatedWorker) -> str:
    user, _new = get_or_invite(f"{worker.name}@{DOMAIN}")
    Membership.objects.get_or_create(project=project, user=user, defaults={"role": Role.WORKER})
    _row, secret = ApiKey.objects.create_key(user=user, name=DOMAIN, days=1)
    return secret


@dataclass(slots=True)
class _Shift:
    """One worker at work."""

    plan: Plan
    worker: SimulatedWorker
    key: str
    peeking: Executor
    stop: threading.Event
    on_answer: Callable[[], None]

    def work(self) -> Tally:
        """Answer until there is nothing left for this worker, or it is paused: then it stops
        without a word."""
        client = ApiClient(self.plan.url, self.key)
        tally = Tally(self.worker)
        try:
            leased = self._lease(client, tally)
            while leased and not self._is_over(tally):
                leased = self._answer(client, leased[0], tally) or self._lease(client, tally)
            for assignment in leased:
                client.call("POST", f"/assignments/{assignment['token']}/return")
        finally:
            client.close()
        return tally

    def _is_over(self, tally: Tally) -> bool:
        return self.stop.is_set() or (self.plan.most is not None and tally.answered >= self.plan.most)

    def _lease(self, client: ApiClient, tally: Tally) -> list[Any]:
        """The next task; none if there are still none after some patience, or if this worker gets
        none."""
        for _try in range(PATIENCE):
            if self._is_over(tally):
                break
            reply = client.call("POST", f"/projects/{self.plan.project.slug}/assignments", {"count": 1})
            tally.reason = reply["reason"]
            if reply["assignments"] or tally.reason not in WORTH_WAITING_FOR:
                return list(reply["assignments"])
            self.stop.wait(BETWEEN_TRIES)
        return []

    def _answer(self, client: ApiClient, assignment: dict[str, Any], tally: Tally) -> list[Any]:
        """Answer a task, and have the next one if there is one at once."""
        token, prediction = assignment["token"], assignment.get("suggestion")
        member, task = self.peeking.submit(partial(_behind, token)).result()
        truth = self.plan.truth[task.external_id]
        suggested = None if prediction is None else given_by_worker(member, task, prediction)
        answer = self.worker.answer(task.external_id, truth, tally.answered, suggested)
        seconds = self.worker.seconds(task.external_id, self.plan.pace)
        if self.plan.pace:
            self.stop.wait(seconds)
        body = {"answer": shown_to_worker(member, task.pk, answer), "seconds": round(seconds, 2)}
        try:
            leased = client.call("PUT", f"/assignments/{token}/response?next=1", body)["next"]["assignments"]
        except ApiFailure as failure:
            if failure.status != CLOSED:  # it took so long that the lease ended, and the answer is somebody else's now
                raise
            return []
        tally.answered, tally.right = tally.answered + 1, tally.right + is_right(self.plan.project, answer, truth)
        self.on_answer()
        return list(leased)


def _let_go() -> None:
    """Close the database connection of this very thread."""
    connection.close()


def _behind(token: str) -> tuple[Membership, Task]:
    """Worker and task behind a token. Workers can't see this; a simulation has to."""
    assignment = Assignment.objects.select_related("worker__project", "task").get(token=token)
    return assignment.worker, assignment.task
