"""Each order does what its name says, also with what comes back into the queue; and costs the same
at any size."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Membership, Order, Project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, Task
from tasks.queue.buckets import set_urgency
from tasks.queue.leases import expire_leases, hand_back
from tasks.queue.leasing import lease_tasks
from tasks.queue.reordering import projects_to_reorder, reorder_tasks
from tasks.queue.slots import request_another
from tasks.responses.submit import submit_response
from tasks.responses.undo import skip
from tasks.responses.voiding import void_responses
from tests.cast import Api, worker_of

ORDERS = list(Order)
MOST_STATEMENTS = 8
TRANSACTION = ("SAVEPOINT", "RELEASE")


@pytest.fixture
def ordered(project: Project) -> Callable[..., Project]:
    """The project in an order, with ten tasks, t0 to t9, that need so many answers."""

    def make(order: str, *, needed: int = 1, priorities: Sequence[int] = (0,) * 10) -> Project:
        project.order = project.applied_order = order
        project.min_responses = needed
        project.save()
        add_tasks(project, [TaskRecord(f"t{n}", {"n": n}, priority=p) for n, p in enumerate(priorities)])
        return project

    return make


@pytest.fixture
def hire(project: Project, new_worker: Callable[[], Api]) -> Callable[[], Membership]:
    return lambda: worker_of(new_worker(), project)


Hire = Callable[[], Membership]
Ordered = Callable[..., Project]


def get(worker: Membership) -> Assignment:
    (assignment,), _reason = lease_tasks(worker=worker)
    return assignment


def name(assignment: Assignment) -> str:
    return Task.objects.get(pk=assignment.task_id).external_id


def names(worker: Membership, count: int) -> list[str]:
    return [name(get(worker)) for _n in range(count)]


def task_ids(*external_ids: str) -> list[int]:
    return [Task.objects.get(external_id=external_id).pk for external_id in external_ids]


# The ways in which a task that was handed out comes back


def expired(first: Assignment) -> None:
    Assignment.objects.filter(pk=first.pk).update(expires_at="2020-01-01T00:00:00Z")
    expire_leases()


def handed_back(first: Assignment) -> None:
    hand_back(assignment=first)


def skipped(first: Assignment) -> None:
    skip(assignment=first)


def raised(first: Assignment) -> None:
    submit_response(assignment=first, answer="yes")
    request_another([first.task_id])


def voided(first: Assignment) -> None:
    submit_response(assignment=first, answer="yes")
    void_responses(first.worker)


COME_BACK = [expired, handed_back, skipped, raised, voided]


# Priority and depth


def test_more_urgent_tasks_come_first_and_equal_ones_as_they_came_in(ordered: Ordered, hire: Hire) -> None:
    ordered(Order.PRIORITY, priorities=[0, 5, -3, 5, 0, 9, 1, 0, 0, -1])
    assert names(hire(), 10) == ["t5", "t1", "t3", "t6", "t0", "t4", "t7", "t8", "t9", "t2"]


def test_what_is_imported_late_with_a_high_priority_comes_next(ordered: Ordered, hire: Hire) -> None:
    project, worker = ordered(Order.PRIORITY), hire()
    names(worker, 3)
    add_tasks(project, [TaskRecord("urgent", {"n": 1}, priority=7), TaskRecord("later", {"n": 1}, priority=-7)])
    assert names(worker, 8) == ["urgent", "t3", "t4", "t5", "t6", "t7", "t8", "t9"]
    assert names(worker, 1) == ["later"]


def test_a_priority_that_is_changed_moves_the_task(ordered: Ordered, hire: Hire) -> None:
    project, worker = ordered(Order.PRIORITY), hire()
    names(worker, 1)
    add_tasks(project, [TaskRecord("t8", {"n": 8}, priority=3)])
    assert names(worker, 2) == ["t8", "t1"]


@pytest.mark.parametrize("come_back", COME_BACK)
@pytest.mark.parametrize("order", [Order.PRIORITY, Order.DEPTH])
def test_what_is_begun_is_finished_before_anything_new_is_begun(
    ordered: Ordered, hire: Hire, order: str, come_back: Callable[[Assignment], None]
) -> None:
    ordered(order)
    first, on_the_way = get(hire()), hire()
    names(on_the_way, 3)
    come_back(first)
    assert names(on_the_way, 2) == ["t0", "t4"]
    assert names(hire(), 1) == ["t5"]


def test_priority_stands_above_what_is_begun_and_depth_below(ordered: Ordered, hire: Hire) -> None:
    project = ordered(Order.PRIORITY)
    handed_back(get(hire()))
    add_tasks(project, [TaskRecord("urgent", {"n": 1}, priority=1)])
    assert names(hire(), 2) == ["urgent", "t0"]


def test_depth_collects_all_answers_to_a_task_before_the_next(ordered: Ordered, hire: Hire) -> None:
    ordered(Order.DEPTH, needed=3, priorities=[0, 0, 9] + [0] * 7)
    assert [names(hire(), 1) for _n in range(7)] == [["t0"]] * 3 + [["t1"]] * 3 + [["t2"]]


# Breadth and uncertainty


def test_breadth_collects_one_answer_to_every_task_before_a_second(ordered: Ordered, hire: Hire) -> None:
    ordered(Order.BREADTH, needed=3)
    rounds = [[each for _n in range(5) for each in names(hire(), 2)] for _round in range(3)]
    assert [sorted(each) for each in rounds] == [[f"t{n}" for n in range(10)]] * 3


@pytest.mark.parametrize("come_back", [expired, handed_back, skipped, voided])
def test_a_task_that_lost_an_answer_is_first_again_in_breadth(
    ordered: Ordered, hire: Hire, come_back: Callable[[Assignment], None]
) -> None:
    ordered(Order.BREADTH, needed=3)
    workers = [hire(), hire()]
    assert [sorted(names(worker, 10)) for worker in workers] == [[f"t{n}" for n in range(10)]] * 2
    come_back(workers[0].assignments.get(task__external_id="t4"))
    assert names(hire(), 1) == ["t4"]


def test_the_least_sure_come_first_as_often_as_that_changes(ordered: Ordered, hire: Hire) -> None:
    project, worker = ordered(Order.UNCERTAINTY), hire()
    set_urgency(project, dict(zip(task_ids("t7", "t3", "t5"), (90, 50, 50), strict=True)))
    assert names(worker, 2) == ["t7", "t3"]
    set_urgency(project, dict(zip(task_ids("t9", "t5"), (60, 0), strict=True)))
    assert names(worker, 2) == ["t9", "t0"]


@pytest.mark.parametrize("come_back", COME_BACK)
def test_urgency_stays_with_a_task_that_comes_back(
    ordered: Ordered, hire: Hire, come_back: Callable[[Assignment], None]
) -> None:
    project = ordered(Order.UNCERTAINTY)
    set_urgency(project, dict(zip(task_ids("t7", "t3"), (90, 50), strict=True)))
    first, worker = get(hire()), hire()
    assert names(worker, 2) == ["t3", "t0"]
    come_back(first)
    assert names(worker, 2) == ["t7", "t1"]


# Random


@pytest.mark.parametrize("reordered_later", [False, True])
def test_chance_is_another_for_each_worker_and_not_the_order_of_import(
    ordered: Ordered, hire: Hire, reordered_later: bool
) -> None:
    project = ordered(Order.PRIORITY if reordered_later else Order.RANDOM, needed=5, priorities=[0] * 100)
    if reordered_later:
        Project.objects.update(order=Order.RANDOM)
        reorder_tasks(project.pk)
    workers = [hire() for _n in range(5)]
    drawn = [names(worker, 10) for worker in workers]
    assert len({tuple(each) for each in drawn}) > 2
    assert all(sorted(each) != each for each in drawn)
    assert len({each[0] for each in drawn}) > 1


def test_what_one_worker_gets_does_not_depend_on_when_the_worker_comes(ordered: Ordered, hire: Hire) -> None:
    ordered(Order.RANDOM, needed=5, priorities=[0] * 40)
    worker, drawn = hire(), []
    for _again in range(2):
        with transaction.atomic():
            drawn.append(names(worker, 20))
            transaction.set_rollback(True)
        names(hire(), 5)
    assert drawn[0] == drawn[1]


def test_chance_leaves_nobody_without_a_task_that_is_open(ordered: Ordered, hire: Hire) -> None:
    ordered(Order.RANDOM, needed=2, priorities=[0] * 30)
    assert [sorted(names(hire(), 30)) for _n in range(2)] == [sorted(f"t{n}" for n in range(30))] * 2


# Another order


def expected_first(order: str) -> set[str]:
    """Of ten tasks, of which t2 has the priority, t4 the urgency, and t6 was handed back, in need
    of one answer more than the others, which have one each."""
    firsts = {Order.PRIORITY: {"t2"}, Order.UNCERTAINTY: {"t4"}, Order.BREADTH: {"t6"}}
    return firsts.get(Order(order), {f"t{n}" for n in range(10)})


@pytest.mark.parametrize("wished", ORDERS)
@pytest.mark.parametrize("before", ORDERS)
def test_another_order_is_taken_up_by_new_workers_and_by_those_on_their_way(
    ordered: Ordered, hire: Hire, before: str, wished: str
) -> None:
    project = ordered(before, priorities=[])
    add_tasks(project, [TaskRecord(f"early{n}", {}) for n in range(10)])
    on_the_way, first = hire(), hire()
    names(on_the_way, 10)
    ordered(before, needed=3, priorities=[0, 0, 5] + [0] * 7)
    set_urgency(project, dict(zip(task_ids("t4"), (80,), strict=True)))
    lease_tasks(worker=first, count=10, rng=random.Random(0))
    for assignment in first.assignments.all():
        if name(assignment) == "t6":
            hand_back(assignment=assignment)
        elif name(assignment) in ("t2", "t4"):
            Assignment.objects.filter(pk=assignment.pk).update(expires_at="2020-01-01T00:00:00Z")
    if wished != Order.BREADTH:
        expire_leases()
    Project.objects.update(order=wished)
    for project_id in projects_to_reorder():
        reorder_tasks(project_id)
    for worker in (hire(), on_the_way):
        with transaction.atomic():
            assert name(get(worker)) in expected_first(wished)
            transaction.set_rollback(True)
    assert projects_to_reorder() == []


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_that_was_changed_there_and_back_hides_nothing(
    ordered: Ordered, hire: Hire, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.queue.cursors.SETTLING", 0)  # as if all of this had taken hours
    project, away = ordered(order, needed=2), hire()
    names(away, 10)
    assert [lease_tasks(worker=away)[1] for _again in range(2)] == ["no_tasks"] * 2
    other = Order.BREADTH if order == Order.PRIORITY else Order.PRIORITY
    for wished in (other, order):
        Project.objects.update(order=wished)
        reorder_tasks(project.pk)
        project.refresh_from_db()
        if wished == other:
            add_tasks(project, [TaskRecord(f"new{n}", {"n": n}) for n in range(3)])
            hand_back(assignment=get(hire()))
    assert sorted(names(away, 3)) == ["new0", "new1", "new2"]


# What it costs


def count_statements(api: Api, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """How many a request takes, and its reply. In a test a transaction's beginning and end are
    statements, too."""
    with CaptureQueriesContext(connection) as captured:
        reply = api(method, path, body)
    return sum(not query["sql"].startswith(TRANSACTION) for query in captured), reply.json()


@pytest.mark.parametrize("order", ORDERS)
def test_statements_of_lease_and_submit_are_few_and_no_more_at_a_hundred_times_the_tasks(
    ordered: Ordered, bob: Api, order: str
) -> None:
    project = ordered(order, priorities=[n % 3 for n in range(10)])
    bob("POST", "/projects/birds/assignments")
    counts = []
    for size in (10, 1000):
        add_tasks(project, [TaskRecord(f"more{n}", {"n": n}, priority=n % 7) for n in range(size - 10)])
        for _n in range(3):
            leasing, leased = count_statements(bob, "POST", "/projects/birds/assignments")
            at = f"/assignments/{leased['assignments'][0]['token']}/response"
            answering, _received = count_statements(bob, "PUT", at, {"answer": "yes"})
            counts.append((leasing, answering))
    assert len(set(counts)) == 1
    assert max(counts[0]) <= MOST_STATEMENTS
