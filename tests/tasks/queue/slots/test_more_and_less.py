"""Slots that are added, and those that are no longer wanted."""

from crowd.projects.models import Project
from crowd.projects.ownership import create_project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Task
from tasks.queue.slots import raise_to_minimum, request_another, settle
from tasks.responses.submit import submit_response
from tests.cast import CHOICE, Api
from tests.tasks.queue.slots.conftest import Hire
from tests.tasks.queue.slots.filling import answer, gets_nothing, lease, slots_of


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


def test_a_minimum_that_rises_leaves_what_needs_more_and_what_is_of_others(task: Task, alice: Api, hire: Hire) -> None:
    nests = create_project(owner=alice.user, slug="nests", name="Nests", schema=CHOICE)
    for project in (task.project, nests):
        add_tasks(project, [TaskRecord("more", {"text": "Bird?"})])
    Task.objects.filter(external_id="more").update(answers_needed=5)
    Task.objects.filter(project=nests).update(answers_needed=1)
    Project.objects.filter(pk=task.project_id).update(min_responses=4)
    raise_to_minimum(Project.objects.get(pk=task.project_id))
    needed = Task.objects.values_list("project__slug", "external_id", "answers_needed")
    assert set(needed) == {("birds", "t0", 4), ("birds", "more", 5), ("nests", "more", 1)}
