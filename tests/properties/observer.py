"""Two worlds that differ only in which tasks are gold, and a worker who tries to tell one from the
other.

The worker sends one random script of requests to both, and writes down all that comes back, with
tokens and contents named by their first appearance: whatever the script, the two transcripts must
be equal. There are two ways to make a pair, because what is gold in one world has to be work in the
other at the same point of the script:

- `at_other_times`: other tasks are gold (in every third pair none at all), and chance hides gold at
  other times. There is more work than the worker gets through, and others work, forget and are
  helped along meanwhile.
- `in_other_places`: the same tasks come at the same times, but gold stands elsewhere in the lists
  that they come in. The worker is alone, and goes on when there is nothing left.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from unittest.mock import patch

from django.db import transaction

from crowd.projects.answer_kinds import registered
from crowd.projects.models import Membership, Project
from crowd.projects.schema import SchemaField
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, Task
from tasks.queue.claiming import claim
from tasks.queue.cursors import Candidate
from tasks.queue.leases import expire_leases, hand_back, return_leases
from tasks.queue.leasing import lease_tasks
from tasks.queue.purposes import set_purpose
from tasks.queue.slots import request_another, settle
from tasks.queue.visits import Visit
from tasks.responses.submit import submit_response
from tasks.responses.undo import skip
from tests.cast import Api, api_for, without_times
from tests.quality.kinds.answers import ANSWERS, Answers

Pair = tuple["World", "World"]
Step = tuple[str, int, int]
LONG_AGO = "2020-01-01T00:00:00Z"
CONTENT = re.compile(r"Bird \d+\?")
# What the worker asks for, and what happens besides; the number is how often.
STEPS = {
    "lease": 14, "answer": 12, "answer_and_lease": 6, "hand_back": 10, "forget": 6, "skip": 4, "undo": 8, "extend": 3,
    "repeat": 5, "held": 3, "own_work": 2, "own_answers": 2, "picture": 1, "pause_and_resume": 1,
    "another_works": 10, "another_lets_go": 3, "ask_for_more": 2, "settle": 2,
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """Which tasks are gold, by their numbers; when it is handed out; and whether it stands first or
    last of what is new in a list."""

    gold: Sequence[int]
    chance: int
    gold_first: bool


def at_other_times(seed: int) -> tuple[int, Pair]:
    """How many tasks there are, and a pair of worlds."""
    dice = random.Random(f"times {seed}")
    gold, others = (dice.sample(range(240), 60) for _world in range(2))
    return 240, (World(gold, seed, True), World(others if seed % 3 else [], seed + 1, False))


def in_other_places(seed: int) -> tuple[int, Pair]:
    gold = random.Random(f"cursors {seed}").sample(range(12), 5)
    return 12, (World(gold, seed, True), World(gold, seed, False))


PAIRS = {"at_other_times": at_other_times, "in_other_places": in_other_places}


def script(seed: int, steps: int) -> list[Step]:
    dice = random.Random(f"script {seed}")
    verbs = dice.choices(list(STEPS), list(STEPS.values()), k=steps)
    return [(verb, dice.randrange(1000), dice.randrange(1000)) for verb in verbs]


def transcripts(way: str, seed: int, steps: int, kind: str = "choice") -> Iterator[list[Any]]:
    """What the worker sees of either world, in a project that asks for this kind of answer."""
    tasks, worlds = PAIRS[way](seed)
    dice = random.Random(f"project {seed}")
    with rolled_back():
        limits = {"responses_per_day": dice.choice([None, None, 25]), "open_leases": dice.choice([4, 6, 50])}
        project = _open_project(tasks, ANSWERS[kind], **limits)
        for world in worlds:
            with rolled_back(), _in(world, project):
                yield _what_is_seen(project, way, script(seed, steps), ANSWERS[kind])


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _open_project(tasks: int, answers: Answers, **limits: Any) -> Project:
    rates = {"min_responses": 2, "max_responses": 4, "gold_rate": 0.2, "undo_seconds": 3600}
    schema = registered()[answers.schema["type"]].schema.stored(_checked(answers.schema))
    project = Project.objects.create(slug="birds", name="Birds", schema=schema, **rates, **limits)
    add_tasks(project, [TaskRecord(f"t{n:03}", dict(answers.asked(n))) for n in range(tasks)])
    return project


def _checked(schema: Any) -> Any:
    field = SchemaField()
    return field.to_internal_value(schema)


@contextmanager
def _in(world: World, project: Project) -> Iterator[None]:
    keys = list(Task.objects.for_project(project).order_by("pk").values_list("pk", flat=True))
    set_purpose([keys[n] for n in world.gold], Task.Purpose.GOLD)
    with (
        patch("tasks.queue.leasing.CHANCE", random.Random(world.chance)),
        patch("tasks.queue.claiming.new_token", (numbered := _Numbered()).token),
        patch(
            "tasks.queue.leasing.claim",
            numbered.claiming(first=Task.Purpose.GOLD if world.gold_first else Task.Purpose.WORK),
        ),
    ):
        yield


class _Numbered:
    """Tokens, by which a list is sorted, that put it in an order of ours: what is new before what
    comes again."""

    def __init__(self) -> None:
        self.numbers, self.place = count(), 2

    def token(self) -> str:
        return f"{self.place}{next(self.numbers):021}"

    def claiming(self, first: str) -> Callable[..., list[Assignment]]:
        def claim_in_place(visit: Visit, candidate: Candidate, wanted: int) -> list[Assignment]:
            self.place = int(candidate.purpose != first)
            leased = claim(visit, candidate, wanted)
            self.place = 2
            return leased

        return claim_in_place


def _what_is_seen(project: Project, way: str, steps: Sequence[Step], answers: Answers) -> list[Any]:
    bob = api_for("bob@example.com")
    given = (answers.right, answers.wrong, answers.invalid[0])
    observer = Observer(bob, _hire(project, bob), given)
    names = ["ann@example.com", "ben@example.com"] if way == "at_other_times" else []
    others = [_Other(_hire(project, api_for(name)), name, given) for name in names]
    for verb, n, value in steps:
        if hasattr(observer, verb):
            getattr(observer, verb)(n, value)
        elif others:
            getattr(others[n % len(others)], verb)(n, value)
    return observer.transcript


def _hire(project: Project, api: Api) -> Membership:
    return Membership.objects.create(project=project, user=api.user, role="worker")


@dataclass
class _Other:
    """Somebody else at the same tasks, with the same luck in both worlds; and what quality does."""

    worker: Membership
    luck: str
    given: Sequence[Any]
    held: list[Assignment] = field(default_factory=list)

    def another_works(self, n: int, value: int) -> None:
        self.held += lease_tasks(worker=self.worker, count=1 + n % 3, rng=random.Random(f"{self.luck} {n}"))[0]
        for lease in self.held[: value % 3]:
            submit_response(assignment=lease, answer=self.given[value % 2])
        del self.held[: value % 3]

    def another_lets_go(self, n: int, value: int) -> None:
        for lease in self.held[: n % 2 + 1]:
            (skip if value % 2 else hand_back)(assignment=lease)
        del self.held[: n % 2 + 1]

    def ask_for_more(self, n: int, value: int) -> None:
        request_another(self._seen(n))

    def settle(self, n: int, value: int) -> None:
        settle(self._seen(n))

    def _seen(self, n: int) -> list[int]:
        """Tasks that somebody was shown."""
        tasks = sorted(set(Assignment.objects.values_list("task_id", flat=True)))
        return tasks[n % 5 :: 5]


@dataclass
class Observer:
    api: Api
    worker: Membership
    given: Sequence[Any]
    transcript: list[Any] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    sent: tuple[str, str, Any] = ("GET", "/projects/birds/assignments", None)
    key: str = ""
    done: str = "none"

    def lease(self, n: int, value: int) -> None:
        self._send("POST", "/projects/birds/assignments", {"count": (1, 1, 2, 4)[n % 4]}, key=f"{len(self.transcript)}")

    def answer(self, n: int, value: int, query: str = "") -> None:
        body = {"answer": self.given[value % 9 % 3 if value % 5 else 0], "seconds": 2.0}
        self.done = self._one(n)
        self._send("PUT", f"/assignments/{self.done}/response{query}", body)

    def answer_and_lease(self, n: int, value: int) -> None:
        self.answer(n, value, "?next=1")

    def undo(self, n: int, value: int) -> None:
        """Mostly of what was done last: only that is taken back."""
        self._send("DELETE", f"/assignments/{self.done if value % 3 else self._one(n)}/response")

    def skip(self, n: int, value: int) -> None:
        self.done = self._one(n)
        self._send("POST", f"/assignments/{self.done}/skip", {"reason": "unclear"}, key=f"{len(self.transcript)}")

    def hand_back(self, n: int, value: int) -> None:
        for which in range(n, n + 1 + value % 4):
            self._send("POST", f"/assignments/{self._one(which)}/return")

    def extend(self, n: int, value: int) -> None:
        self._send("POST", f"/assignments/{self._one(n)}/extend")

    def picture(self, n: int, value: int) -> None:
        self._send("GET", f"/assignments/{self._one(n)}/image")

    def held(self, n: int, value: int) -> None:
        self._send("GET", "/projects/birds/assignments")

    def own_work(self, n: int, value: int) -> None:
        self._send("GET", "/projects/birds/work")

    def own_answers(self, n: int, value: int) -> None:
        self._send("GET", "/projects/birds/work/responses?limit=50")

    def repeat(self, n: int, value: int) -> None:
        """As after a lost reply: the same request, under the same key."""
        self._send(*self.sent, key=self.key)

    def forget(self, n: int, value: int) -> None:
        """Some leases end."""
        which = [self._one(n + more) for more in range(1 + value % 4)]
        Assignment.objects.filter(worker=self.worker, state="live", token__in=which).update(expires_at=LONG_AGO)
        expire_leases()

    def pause_and_resume(self, n: int, value: int) -> None:
        return_leases(self.worker.pk)

    def _one(self, n: int) -> str:
        """Mostly one of the last few tokens."""
        near = self.tokens[-6:] if n % 4 else self.tokens
        return near[n // 4 % len(near)] if near else "none"

    def _send(self, method: str, path: str, body: Any = None, key: str = "") -> None:
        self.sent, self.key = (method, path, body), key
        reply = self.api(method, path, body, **({"Idempotency-Key": key} if key else {}))
        headers = dict(reply.headers)
        assert int(headers.pop("Content-Length", len(reply.content))) == len(reply.content)
        seen = self._renamed(reply.content.decode())
        self.transcript.append((method, self._renamed(path), body, reply.status_code, headers, seen))

    def _renamed(self, text: str) -> str:
        for token in re.findall(r'"token":"([^"]+)"', text):
            if token not in self.tokens:
                self.tokens.append(token)
        for content in CONTENT.findall(text):
            if content not in self.contents:
                self.contents.append(content)
        for n, token in enumerate(self.tokens):
            text = text.replace(token, f"token {n}")
        text = CONTENT.sub(lambda found: f"content {self.contents.index(found[0])}", text)
        return re.sub(r'"pace":[^,}]+', '"pace"', without_times(text))
