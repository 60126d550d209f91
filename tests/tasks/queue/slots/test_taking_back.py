"""Slots of answers that their workers take back."""

import pytest

from tasks.errors import UndoClosed
from tasks.models import Task
from tasks.queue.slots import settle
from tasks.responses.submit import submit_response
from tasks.responses.undo import take_back
from tasks.responses.voiding import void_responses
from tests.tasks.queue.slots.conftest import Hire
from tests.tasks.queue.slots.filling import answer, end, gets_nothing, lease, slots_of, surplus_of


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


def test_surplus_is_taken_back_without_a_slot_and_voided_answers_are_not(task: Task, hire: Hire) -> None:
    late, others = hire(), [hire() for _n in range(3)]
    surplus_of(late, others)
    again = take_back(assignment=late.assignments.get(response__isnull=False))
    assert (again.holds_slot, slots_of(task)) == (False, (3, 3, 0))
    void_responses(others[2])
    with pytest.raises(UndoClosed):
        take_back(assignment=others[2].assignments.get(response__isnull=False))
    assert slots_of(task) == (3, 2, 0)
    assert submit_response(assignment=again, answer="no").response.counted
    assert slots_of(task) == (3, 3, 0)
