"""Many processes at one queue: workers who answer, forget, come late, repeat and repent, while jobs
and an owner interfere. Every process writes down what was acknowledged to it."""

import json
import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import connection, connections, transaction

from crowd.people.models import User
from crowd.projects.classes import numbered
from crowd.projects.models import Membership, Project
from tasks.errors import AssignmentClosed, UndoClosed
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, Response, Task
from tasks.queue import slots
from tasks.queue.leases import expire_leases, hand_back
from tasks.queue.leasing import lease_tasks
from tasks.queue.purposes import set_purpose
from tasks.responses.submit import submit_response
from tasks.responses.undo import skip, take_back
from tasks.responses.voiding import restore_responses, void_responses
from tests.cast import CHOICE

NEEDED, MOST = 3, 5
ANSWERS = ("yes", "no")
LONG_AGO = "2020-01-01T00:00:00Z"
PAUSE = 0.02  # seconds between two rounds of those who are not workers, and of workers without work
BATCH = 10_000


def open_project(*, workers: int, tasks: int, gold: int = 0) -> Project:
    project = Project.objects.create(
        slug="hammered",
        name="Hammered",
        schema=numbered(CHOICE),
        min_responses=NEEDED,
        max_responses=MOST,
        gold_rate=0.1,
    )
    for start in range(0, tasks, BATCH):
        add_tasks(project, [TaskRecord(f"t{n}", {"n": n}) for n in range(start, min(tasks, start + BATCH))])
    set_purpose(Task.objects.order_by("-pk").values_list("pk", flat=True)[:gold], "gold")
    for n in range(workers):
        user = User.objects.create_user(f"worker{n}@example.com")
        Membership.objects.create(project=project, user=user, role="worker")
    return project


@dataclass
class Diary:
    """What one worker was told. A line is `["stored", response, task, answer]` or `["undone",
    response]`."""

    file: IO[str]

    def stored(self, response: Response) -> None:
        print(json.dumps(["stored", response.pk, response.task_id, response.answer]), file=self.file)

    def undone(self, response: int) -> None:
        print(json.dumps(["undone", response]), file=self.file)


@dataclass
class Worker:
    """A person in a hurry, with a mind that changes."""

    membership: Membership
    rng: random.Random
    diary: Diary

    def work(self, until: float) -> None:
        leased: list[Assignment] = []
        while time.monotonic() < until:
            leased = leased or self._lease()
            if leased:
                leased += self._treat(leased.pop())
            else:
                time.sleep(PAUSE)

    def answer_all_there_is(self) -> None:
        """Sit down once more when all others have gone home."""
        while leased := self._lease():
            for assignment in leased:
                self._submit(assignment)

    def _lease(self) -> list[Assignment]:
        return lease_tasks(worker=self.membership, count=self.rng.choice([1, 1, 3]))[0]

    def _treat(self, assignment: Assignment) -> Sequence[Assignment]:
        """Do something with a lease; returns those that came of it."""
        chance = self.rng.random()
        for share, verb in self._habits():
            if chance < share:
                try:
                    return verb(assignment) or ()
                except AssignmentClosed:  # the job or a newer lease was faster
                    return ()
            chance -= share
        return self._submit(assignment)

    def _habits(self) -> tuple[tuple[float, Callable[[Assignment], Any]], ...]:
        return (
            (0.03, lambda each: skip(assignment=each)),
            (0.03, lambda each: hand_back(assignment=each)),
            (0.05, self._forget),
            (0.10, self._come_late),
            (0.05, self._hand_back_and_answer),
            (0.05, self._submit_twice),
            (0.05, self._take_back),
            (0.05, self._take_skip_back),
            (0.30, self._submit_and_lease),
        )

    def _submit(self, assignment: Assignment) -> tuple[()]:
        self.diary.stored(submit_response(assignment=assignment, answer=self.rng.choice(ANSWERS)).response)
        return ()

    def _submit_and_lease(self, assignment: Assignment) -> list[Assignment]:
        with transaction.atomic():
            response = submit_response(assignment=assignment, answer=self.rng.choice(ANSWERS)).response
            leased = lease_tasks(worker=self.membership)[0]
        self.diary.stored(response)
        return leased

    def _submit_twice(self, assignment: Assignment) -> None:
        self._submit(assignment)
        self._submit(assignment)

    def _forget(self, assignment: Assignment) -> None:
        Assignment.objects.filter(pk=assignment.pk).update(expires_at=LONG_AGO)

    def _come_late(self, assignment: Assignment) -> None:
        self._forget(assignment)
        time.sleep(self.rng.random() * 3 * PAUSE)
        self._submit(assignment)

    def _hand_back_and_answer(self, assignment: Assignment) -> None:
        hand_back(assignment=assignment)
        self._submit(assignment)

    def _take_back(self, assignment: Assignment) -> Sequence[Assignment]:
        response = submit_response(assignment=assignment, answer="yes").response
        self.diary.stored(response)
        try:
            again = take_back(assignment=assignment)
        except UndoClosed:  # it was surplus, or voided meanwhile
            return ()
        self.diary.undone(response.pk)
        return [again]

    def _take_skip_back(self, assignment: Assignment) -> Sequence[Assignment]:
        skip(assignment=assignment)
        return [take_back(assignment=assignment)]


def expire(until: float) -> None:
    """What the job does, more often."""
    while time.monotonic() < until:
        expire_leases()
        time.sleep(PAUSE)


def interfere(until: float, rng: random.Random) -> None:
    """What quality and an owner do: ask for more and for less, void and restore."""
    task_ids = list(Task.objects.filter(purpose="work").order_by("pk").values_list("pk", flat=True))
    workers = list(Membership.objects.workers().select_related("project"))
    while time.monotonic() < until:
        slots.request_another(rng.sample(task_ids, min(len(task_ids), 50)))
        slots.settle(rng.sample(task_ids, min(len(task_ids), 10)))
        worker = rng.choice(workers)
        void_responses(worker)
        time.sleep(PAUSE)
        restore_responses(worker)
        time.sleep(PAUSE)


def strike(seconds: float, folder: Path, seed: int) -> None:
    """Everybody at once for so long; then the owner restores all, leases end, and everybody looks
    in once more, and again one after the other: who is alone must find all there is."""
    until = time.monotonic() + seconds
    workers = list(Membership.objects.workers().select_related("project").order_by("pk"))
    jobs: list[Callable[[], None]] = [lambda: expire(until), lambda: interfere(until, random.Random(seed))]
    run_at_once([*jobs, *(_shift(worker, seed, folder, lambda person: person.work(until)) for worker in workers)])
    Assignment.objects.filter(state="live").update(expires_at=LONG_AGO)
    while expire_leases():
        pass
    last_shifts = [_shift(worker, seed + 1, folder, Worker.answer_all_there_is) for worker in workers]
    run_at_once(last_shifts)
    for shift in last_shifts:
        shift()


def _shift(membership: Membership, seed: int, folder: Path, do: Callable[[Worker], None]) -> Callable[[], None]:
    def work() -> None:
        with (folder / f"{membership.pk}.jsonl").open("a", buffering=1) as file:
            do(Worker(membership, random.Random(f"{seed} {membership.pk}"), Diary(file)))

    return work


def run_at_once(jobs: Sequence[Callable[[], None]]) -> None:
    """Each in a process of its own with a connection of its own. Raises if one of them did."""
    connections.close_all()
    context = multiprocessing.get_context("fork")  # a fresh start of Django each would take longer than the test
    processes = [context.Process(target=_run_and_close, args=(job,)) for job in jobs]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(processes)


def _run_and_close(job: Callable[[], None]) -> None:
    try:
        job()
    finally:
        connection.close()
