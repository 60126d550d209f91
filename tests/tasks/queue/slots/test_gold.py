"""Slots of gold, and of what was gold."""

import pytest

from crowd.projects.models import Membership, Order, Project
from tasks.models import Assignment, Task
from tasks.queue.purposes import set_purpose
from tasks.queue.reordering import reorder_tasks
from tasks.responses.submit import submit_response
from tasks.responses.voiding import restore_responses, void_responses
from tests.tasks.queue.slots.conftest import Hire
from tests.tasks.queue.slots.filling import answer, gets_nothing, lease, slots_of


def answer_gold(task: Task, *workers: Membership) -> None:
    """Gold never comes alone, and by chance: this is what would be after it has come."""
    for worker in workers:
        set_purpose([task.pk], "work")
        assignment = lease(worker)
        set_purpose([task.pk], "gold")
        submit_response(assignment=assignment, answer="yes")


def test_voided_gold_fills_and_opens_no_slot(task: Task, hire: Hire) -> None:
    set_purpose([task.pk], "gold")
    worker = hire()
    answer_gold(task, worker)
    void_responses(worker)
    assert slots_of(task) == (3, 0, 0)
    restore_responses(worker)
    assert slots_of(task) == (3, 1, 0)


def test_gold_collects_beyond_what_is_needed_and_as_ordinary_task_needs_what_it_has(task: Task, hire: Hire) -> None:
    workers = [hire() for _n in range(3)]
    for worker in workers:
        answer(worker)
    set_purpose([task.pk], "gold")
    late = hire()
    Assignment.objects.create(task=task, worker=late, state="expired", expires_at="2020-01-01T00:00:00Z")
    submit_response(assignment=late.assignments.get(), answer="yes")
    assert slots_of(task) == (3, 4, 0)
    set_purpose([task.pk], "work")
    assert slots_of(task) == (4, 4, 0)
    assert gets_nothing(hire())


@pytest.mark.parametrize("order", list(Order))
def test_gold_that_everybody_has_seen_is_found_when_it_is_made_ordinary(task: Task, hire: Hire, order: str) -> None:
    project = task.project
    Project.objects.filter(pk=project.pk).update(order=order)
    reorder_tasks(project.pk)
    set_purpose([task.pk], "gold")
    Task.objects.update(bucket=1000)  # as after so many workers
    set_purpose([task.pk], "work")
    assert lease(hire()).task_id == task.pk
