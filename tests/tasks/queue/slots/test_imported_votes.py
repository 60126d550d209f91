"""Slots that imported votes fill."""

from crowd.projects.models import Membership, Project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Task
from tasks.queue.leases import hand_back
from tasks.queue.slots import raise_to_minimum
from tasks.responses.submit import submit_response
from tasks.responses.voiding import void_responses
from tests.cast import Api
from tests.tasks.queue.slots.conftest import Hire
from tests.tasks.queue.slots.filling import gets_nothing, lease, slots_of


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
