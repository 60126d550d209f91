"""Slots of answers that are voided and restored."""

from crowd.projects.models import Project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Response, Task
from tasks.responses.submit import submit_response
from tasks.responses.undo import take_back
from tasks.responses.voiding import restore_responses, void_responses
from tests.tasks.queue.slots.conftest import Hire
from tests.tasks.queue.slots.filling import answer, gets_nothing, lease, slots_of, surplus_of


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


def test_restored_answers_count_up_to_the_most_and_are_surplus_beyond(task: Task, hire: Hire) -> None:
    Project.objects.update(max_responses=3)
    workers = [hire() for _n in range(3)]
    for worker in workers:
        answer(worker)
    void_responses(workers[0])
    void_responses(workers[1])
    answer(hire())
    assert [restore_responses(worker) for worker in workers] == [1, 1, 0]
    assert slots_of(task) == (3, 3, 0)
    assert list(Response.objects.order_by("pk").values_list("counted", flat=True)) == [True, False, True, True]


def test_what_was_voided_and_restored_is_as_before_though_the_task_was_settled_meanwhile(
    task: Task, hire: Hire
) -> None:
    workers = [hire() for _n in range(3)]
    for worker in workers:
        answer(worker)
    void_responses(workers[0])
    Task.objects.update(answers_needed=2)
    restore_responses(workers[0])
    assert slots_of(task) == (3, 3, 0)
    assert Response.objects.filter(counted=False).count() == 0


def test_a_lease_that_is_out_keeps_its_slot_from_a_restored_answer(task: Task, hire: Hire) -> None:
    Project.objects.update(max_responses=3)
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


def test_at_most_so_many_answers_are_voided_and_restored_at_once(project: Project, hire: Hire) -> None:
    add_tasks(project, [TaskRecord(f"t{n}", {"text": "Bird?"}) for n in range(3)])
    worker = hire()
    for _n in range(3):
        answer(worker)
    counted = []
    for do, at_most in ((void_responses, 2), (void_responses, 2), (restore_responses, 1), (restore_responses, 5)):
        done = do(worker, at_most)
        standing = Response.objects.filter(voided_at=None, counted=True).count()
        counted.append((done, standing, sum(Task.objects.values_list("answers_counted", flat=True))))
    assert counted == [(2, 1, 1), (1, 0, 0), (1, 1, 1), (2, 3, 3)]
