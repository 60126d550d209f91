"""Many processes at once: no task gets more answers than it needs, none is asked of a worker twice,
none is lost.

`python -m benchmarks.hammer` does the same for ten minutes.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import F

from crowd.projects.models import Membership
from tasks.models import Assignment, Response, Task
from tasks.queue.leasing import lease_tasks
from tasks.responses.submit import submit_response
from tests.cast import YES
from tests.tasks.queue.hammering import open_project, run_at_once, strike
from tests.tasks.queue.verdict import OVER_ASSIGNED, acknowledged, verdict

WORKERS, TASKS, GOLD, SECONDS, ROUNDS = 12, 300, 20, 12, 3


def test_nothing_is_collected_twice_or_in_excess_or_lost(transactional_db: None, tmp_path: Path) -> None:
    open_project(workers=WORKERS, tasks=TASKS, gold=GOLD)

    strike(SECONDS, tmp_path, seed=0)

    assert {rule: count for rule, count in verdict(tmp_path).items() if count} == {}
    assert acknowledged(tmp_path) == Response.objects.count() > TASKS


# What most would write, and what the counter on the task's own row is there for.
NAIVE = """
    SELECT id FROM tasks_task AS task
    WHERE answers_needed > (SELECT COUNT(*) FROM tasks_assignment
                            WHERE task_id = task.id AND state IN ('live', 'submitted'))
    AND NOT EXISTS (SELECT 1 FROM tasks_assignment WHERE task_id = task.id AND worker_id = %s)
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"""


@transaction.atomic
def lease_naively(worker: int) -> Assignment | None:
    with connection.cursor() as cursor:
        cursor.execute(NAIVE, [worker])
        row = cursor.fetchone()
    return row and Assignment.objects.create(task_id=row[0], worker_id=worker, expires_at="2100-01-01T00:00:00Z")


@transaction.atomic
def submit_naively(assignment: Assignment) -> None:
    Response.objects.create(
        task_id=assignment.task_id, worker_id=assignment.worker_id, assignment=assignment, answer=YES
    )
    Assignment.objects.filter(pk=assignment.pk).update(state="submitted")


def naive_work(worker: int, until: float) -> Callable[[], None]:
    def work() -> None:
        while time.monotonic() < until and (assignment := lease_naively(worker)):
            submit_naively(assignment)

    return work


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: nothing races")
def test_the_same_checks_catch_a_queue_that_counts_rows(transactional_db: None, tmp_path: Path) -> None:
    open_project(workers=WORKERS, tasks=TASKS)
    workers = list(Membership.objects.workers().values_list("pk", flat=True))

    for _round in range(ROUNDS):  # on a busy machine they may miss each other
        until = time.monotonic() + SECONDS
        run_at_once([naive_work(worker, until) for worker in workers])
        if verdict(tmp_path)[OVER_ASSIGNED]:
            break
        Task.objects.update(answers_needed=F("answers_needed") + 3)

    assert verdict(tmp_path)[OVER_ASSIGNED] > 0


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no locks on rows")
def test_while_the_best_bucket_is_locked_workers_get_tasks_of_the_next(transactional_db: None) -> None:
    project = open_project(workers=3, tasks=10)
    first, second, third = Membership.objects.workers().select_related("project").order_by("pk")
    (begun,), _reason = lease_tasks(worker=first)
    submit_response(assignment=begun, answer="yes")
    locked, done = threading.Event(), threading.Event()

    def judge() -> None:  # as quality does, with what has new answers
        with transaction.atomic():
            Task.objects.filter(pk=begun.task_id).lock()
            locked.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=judge)
    thread.start()
    locked.wait(30)
    (other,), _reason = lease_tasks(worker=second)
    done.set()
    thread.join()
    (same,), _reason = lease_tasks(worker=third)
    again = [each.task_id for each in lease_tasks(worker=second)[0]]
    assert project.applied_order == "priority"
    assert (other.task_id != begun.task_id, same.task_id, again) == (True, begun.task_id, [begun.task_id])


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no locks on rows")
def test_while_all_that_is_left_is_locked_a_worker_waits_and_is_not_told_that_there_is_nothing(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_project(workers=1, tasks=1)
    worker = Membership.objects.workers().select_related("project").get()
    locked, done = threading.Event(), threading.Event()

    def judge() -> None:
        with transaction.atomic():
            Task.objects.lock()
            locked.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=judge)
    thread.start()
    locked.wait(30)
    waited = []

    def sleep(seconds: float) -> None:  # the others are done while the worker waits for the third time
        waited.append(seconds)
        if len(waited) == 3:
            done.set()
            thread.join()

    monkeypatch.setattr("tasks.queue.leasing.time.sleep", sleep)
    leased, reason = lease_tasks(worker=worker)
    assert (len(leased), reason, len(waited) >= 3) == (1, None, True)
