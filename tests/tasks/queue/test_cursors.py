"""How far through the buckets a worker's cursor is: what it may pass over, and what it may not."""

from collections.abc import Callable

import pytest

from crowd.projects.models import Membership, Order, Project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Microseconds, QueueState, Task
from tasks.queue.cursors import MARKS_KEPT, SETTLING, WHOLE_LAP
from tasks.queue.leases import hand_back
from tasks.queue.leasing import lease_tasks
from tests.cast import Api, worker_of

SECOND = 1_000_000
LONG = 1800 * SECOND
BUCKETS = 3 * MARKS_KEPT


@pytest.fixture
def worker(project: Project, bob: Api) -> Membership:
    """Holds all there is, ten tasks that are half an hour old, and has been told so twice: before a
    lap from the beginning, and after it."""
    add_tasks(project, [TaskRecord(f"t{n}", {"n": n}) for n in range(10)])
    Task.objects.update(queued_at=Microseconds() - LONG)
    worker = worker_of(bob, project)
    assert len(lease_tasks(worker=worker, count=10)[0]) == 10
    assert [lease_tasks(worker=worker)[1] for _again in range(2)] == ["no_tasks"] * 2
    return worker


def add_queued(project: Project, microseconds_ago: int) -> Task:
    """A task that was queued so long before it is first seen, as of a transaction that took so
    long."""
    add_tasks(project, [TaskRecord("slow", {"n": 1})])
    Task.objects.filter(external_id="slow").update(queued_at=Microseconds() - microseconds_ago)
    return Task.objects.get(external_id="slow")


def test_what_a_slow_transaction_brings_is_found_at_once(worker: Membership) -> None:
    task = add_queued(worker.project, SETTLING - 5 * SECOND)
    assert [each.task_id for each in lease_tasks(worker=worker)[0]] == [task.pk]


def test_what_was_queued_long_ago_is_found_by_the_next_lap(worker: Membership) -> None:
    task = add_queued(worker.project, LONG)
    assert lease_tasks(worker=worker) == ([], "no_tasks")
    queue_state = QueueState.objects.get(worker=worker)
    queue_state.cursors["work"]["lap"] -= WHOLE_LAP
    queue_state.save()
    assert lease_tasks(worker=worker) == ([], "no_tasks")  # this begins it
    assert [each.task_id for each in lease_tasks(worker=worker)[0]] == [task.pk]


def test_what_one_lets_go_of_is_found_again(worker: Membership) -> None:
    held = worker.assignments.get(task__external_id="t3")
    hand_back(assignment=held)
    assert [each.task_id for each in lease_tasks(worker=worker)[0]] == [held.task_id]


@pytest.mark.parametrize("order", [Order.PRIORITY, Order.RANDOM])
def test_more_buckets_than_are_remembered_hide_nothing(
    project: Project, new_worker: Callable[[], Api], monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr("tasks.queue.cursors.SETTLING", 0)
    project.order = project.applied_order = order
    project.open_leases = 1000
    project.save()
    add_tasks(project, [TaskRecord(f"t{n}", {"n": n}, priority=n % BUCKETS) for n in range(4 * BUCKETS)])
    worker, other = (worker_of(new_worker(), project) for _n in range(2))
    lease_tasks(worker=worker, count=2 * BUCKETS)
    let_go = lease_tasks(worker=other, count=3 * BUCKETS)[0][:: BUCKETS // 4]
    for assignment in let_go:  # slots come back in buckets all over the place
        hand_back(assignment=assignment)
    while lease_tasks(worker=worker)[0]:
        pass
    assert worker.assignments.values("task").distinct().count() == 4 * BUCKETS
