"""Slots: what opens them, what fills them, and what must leave them alone."""

from collections.abc import Callable

import pytest

from crowd.projects.models import Membership, Order, Project
from tasks.errors import UndoClosed
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, Response, Task
from tasks.queue import expire_leases, hand_back, lease_tasks
from tasks.ranking import rank_tasks
from tasks.responses import submit_response, take_back
from tasks.slots import (
    raise_to_minimum,
    request_another,
    restore_responses,
    set_shelf,
    settle,
    void_responses,
)
from tests.cast import Api, worker_of

Hire = Callable[[], Membership]


@pytest.fixture
def hire(project: Project, new_worker: Callable[[], Api]) -> Hire:
    return lambda: worker_of(new_worker(), project)


@pytest.fixture
def task(project: Project) -> Task:
    """The only one. It needs three answers, and may be asked for five."""
    add_tasks(project, [TaskRecord("t0", {"text": "Bird?"})])
    return Task.objects.get()


def lease(worker: Membership) -> Assignment:
    (assignment,), _reason = lease_tasks(worker=worker)
    return assignment


def answer(worker: Membership) -> Assignment:
    assignment = lease(worker)
    submit_response(assignment=assignment, answer="yes")
    return assignment


def end(assignment: Assignment) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(expires_at="2020-01-01T00:00:00Z")
    expire_leases()


def slots_of(task: Task) -> tuple[int, int, int]:
    """Needed, counted and leased."""
    task.refresh_from_db()
    return task.answers_needed, task.answers_counted, task.leases_live


def gets_nothing(worker: Membership) -> bool:
    return lease_tasks(worker=worker) == ([], "no_tasks")


def surplus_of(worker: Membership, others: list[Membership]) -> None:
    """An answer that comes when others have filled the slots."""
    late = lease(worker)
    end(late)
    for other in others:
        answer(other)
    submit_response(assignment=late, answer="no")


# Voiding and restoring


def test_voided_answers_reopen_their_slots_for_others_and_not_for_the_worker(task: Task, hire: Hire) -> None:
    first, *others = [hire() for _n in range(3)]
    for worker in (first, *others):
        answer(worker)
    assert void_responses(first) == 1
    assert slots_of(task) == (3, 2, 0)
    assert all(map(gets_nothing, [first, *others]))
    assert lease(hire()).task_id == task.pk
    assert gets_nothing(hire())


def test_voided_surplus_reopens_nothing(task: Task, hire: Hire) -> None:
    late = hire()
    surplus_of(late, [hire() for _n in range(3)])
    assert void_responses(late) == 1
    assert slots_of(task) == (3, 3, 0)
    assert gets_nothing(hire())


def test_a_slot_that_voiding_reopened_is_not_filled_by_surplus(task: Task, hire: Hire) -> None:
    late, others = hire(), [hire() for _n in range(3)]
    surplus_of(late, others)
    void_responses(others[0])
    assert slots_of(task) == (3, 2, 0)
    assert Response.objects.get(worker=late).counted is False


def test_restored_answers_count_where_a_slot_is_free_and_are_surplus_where_not(task: Task, hire: Hire) -> None:
    workers = [hire() for _n in range(3)]
    for worker in workers:
        answer(worker)
    void_responses(workers[0])
    void_responses(workers[1])
    answer(hire())
    assert [restore_responses(worker) for worker in workers] == [1, 1, 0]
    assert slots_of(task) == (3, 3, 0)
    assert list(Response.objects.order_by("pk").values_list("counted", flat=True)) == [True, False, True, True]


def test_a_lease_that_is_out_keeps_its_slot_from_a_restored_answer(task: Task, hire: Hire) -> None:
    workers = [hire() for _n in range(3)]
    for worker in workers:
        answer(worker)
    void_responses(workers[0])
    held = lease(hire())
    restore_responses(workers[0])
    assert slots_of(task) == (3, 2, 1)
    submit_response(assignment=held, answer="yes")
    assert slots_of(task) == (3, 3, 0)


def test_voiding_and_restoring_again_change_nothing(task: Task, hire: Hire) -> None:
    worker = hire()
    answer(worker)
    assert [void_responses(worker), void_responses(worker)] == [1, 0]
    assert slots_of(task) == (3, 0, 0)
    assert [restore_responses(worker), restore_responses(worker)] == [1, 0]
    assert slots_of(task) == (3, 1, 0)


def test_what_was_taken_back_is_neither_voided_nor_restored(task: Task, hire: Hire) -> None:
    worker = hire()
    take_back(assignment=answer(worker))
    assert (void_responses(worker), restore_responses(worker)) == (0, 0)
    assert slots_of(task) == (3, 0, 1)


def test_voided_gold_fills_and_opens_no_slot(task: Task, hire: Hire) -> None:
    set_shelf([task.pk], "gold")
    worker = hire()
    answer_gold(task, worker)
    void_responses(worker)
    assert slots_of(task) == (3, 0, 0)
    restore_responses(worker)
    assert slots_of(task) == (3, 1, 0)


def answer_gold(task: Task, *workers: Membership) -> None:
    """Gold never comes alone, and by chance: this is what would be after it has come."""
    for worker in workers:
        set_shelf([task.pk], "work")
        assignment = lease(worker)
        set_shelf([task.pk], "gold")
        submit_response(assignment=assignment, answer="yes")


# Taking back


def test_a_taken_back_answer_keeps_its_slot_for_the_worker_and_gives_it_to_others_when_time_is_over(
    task: Task, hire: Hire
) -> None:
    worker, others = hire(), [hire() for _n in range(2)]
    for other in others:
        answer(other)
    again = take_back(assignment=answer(worker))
    assert slots_of(task) == (3, 2, 1)
    assert gets_nothing(hire())
    end(again)
    assert gets_nothing(worker)
    assert lease(hire()).task_id == task.pk


def test_an_answer_may_be_taken_back_after_the_task_was_settled(task: Task, hire: Hire) -> None:
    for _n in range(3):
        last = answer(hire())
    settle([task.pk])
    again = take_back(assignment=last)
    assert slots_of(task) == (3, 2, 1)
    submit_response(assignment=again, answer="no")
    assert slots_of(task) == (3, 3, 0)


def test_surplus_and_voided_answers_can_not_be_taken_back(task: Task, hire: Hire) -> None:
    late, others = hire(), [hire() for _n in range(3)]
    surplus_of(late, others)
    void_responses(others[2])
    for worker in (late, others[2]):
        with pytest.raises(UndoClosed):
            take_back(assignment=worker.assignments.get(response__isnull=False))
    assert slots_of(task) == (3, 2, 0)


# More and less


def test_another_answer_is_asked_for_once_the_slots_are_filled_and_up_to_the_maximum(task: Task, hire: Hire) -> None:
    held = lease(hire())
    assert request_another([task.pk]) == 0
    submit_response(assignment=held, answer="yes")
    for needed in (3, 4, 5):
        while not gets_nothing_more(task):
            answer(hire())
        assert slots_of(task) == (needed, needed, 0)
        assert [request_another([task.pk]), request_another([task.pk])] == [int(needed < 5), 0]
    assert slots_of(task) == (5, 5, 0)


def gets_nothing_more(task: Task) -> bool:
    task.refresh_from_db()
    return not task.is_open


def test_a_settled_task_is_handed_out_no_further_but_its_leases_may_be_answered(task: Task, hire: Hire) -> None:
    Project.objects.update(min_responses=1)
    held = lease(hire())
    assert settle([task.pk]) == 0  # it has less than the minimum
    answer(hire())
    assert settle([task.pk]) == 1
    assert gets_nothing(hire())
    submit_response(assignment=held, answer="yes")
    assert slots_of(task) == (2, 2, 0)
    assert request_another([task.pk]) == 1
    assert lease(hire()).task_id == task.pk


def test_a_minimum_that_rises_opens_every_task_and_one_that_falls_none(task: Task, hire: Hire) -> None:
    workers = [hire() for _n in range(3)]
    for worker in workers:
        answer(worker)
    project = workers[0].project
    for minimum, needed in ((4, 4), (2, 4)):
        project.min_responses = minimum
        project.save()
        raise_to_minimum(project)
        assert slots_of(task) == (needed, 3, 0)
    assert lease(hire()).task_id == task.pk


# Gold and imported votes


def test_gold_collects_beyond_what_is_needed_and_as_ordinary_task_needs_what_it_has(task: Task, hire: Hire) -> None:
    workers = [hire() for _n in range(3)]
    for worker in workers:
        answer(worker)
    set_shelf([task.pk], "gold")
    late = hire()
    Assignment.objects.create(task=task, worker=late, state="expired", expires_at="2020-01-01T00:00:00Z")
    submit_response(assignment=late.assignments.get(), answer="yes")
    assert slots_of(task) == (3, 4, 0)
    set_shelf([task.pk], "work")
    assert slots_of(task) == (4, 4, 0)
    assert gets_nothing(hire())


@pytest.mark.parametrize("order", list(Order))
def test_gold_that_everybody_has_seen_is_found_when_it_is_made_ordinary(task: Task, hire: Hire, order: str) -> None:
    project = task.project
    Project.objects.filter(pk=project.pk).update(order=order)
    rank_tasks(project.pk)
    set_shelf([task.pk], "gold")
    Task.objects.update(rank=1000)  # as after so many workers
    set_shelf([task.pk], "work")
    assert lease(hire()).task_id == task.pk


def test_imported_votes_fill_slots_and_open_none(task: Task, alice: Api, hire: Hire) -> None:
    rows = ["t0,a,yes", "t0,b,yes", "elsewhere,a,yes"]
    alice("POST", "/projects/birds/responses/import", "task,worker,answer\n" + "\n".join(rows), content_type="text/csv")
    assert slots_of(task) == (3, 2, 0)
    assert lease(hire()).task_id == task.pk
    assert gets_nothing(hire())  # the other task has nothing to show


def test_votes_imported_while_all_slots_are_taken_leave_the_leases_theirs(task: Task, alice: Api, hire: Hire) -> None:
    held = [lease(hire()) for _n in range(3)]
    alice("POST", "/projects/birds/responses/import", "task,worker,answer\nt0,a,yes", content_type="text/csv")
    assert slots_of(task) == (4, 1, 3)
    hand_back(assignment=held[0])
    submit_response(assignment=held[0], answer="yes")
    assert slots_of(task) == (4, 2, 2)


def test_voided_votes_of_an_imported_voter_open_slots_only_where_there_is_something_to_show(
    task: Task, alice: Api, hire: Hire
) -> None:
    rows = [f"{name},{voter},yes" for name in ("t0", "elsewhere") for voter in "abc"]
    alice("POST", "/projects/birds/responses/import", "task,worker,answer\n" + "\n".join(rows), content_type="text/csv")
    assert gets_nothing(hire())
    void_responses(Membership.objects.select_related("project").get(name="a"))
    assert lease(hire()).task_id == task.pk
    assert gets_nothing(hire())


def test_a_task_of_imported_votes_that_gets_something_to_show_needs_the_minimum(
    project: Project, alice: Api, hire: Hire
) -> None:
    alice("POST", "/projects/birds/responses/import", "task,worker,answer\nt0,a,yes", content_type="text/csv")
    add_tasks(project, [TaskRecord("t0", {"text": "Bird?"})])
    raise_to_minimum(project)
    task = Task.objects.get()
    assert slots_of(task) == (3, 1, 0)
    assert lease(hire()).task_id == task.pk
