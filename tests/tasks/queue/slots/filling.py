"""What workers do to the slots of a task, and how the slots then stand."""

from crowd.projects.models import Membership
from tasks.models import Assignment, Task
from tasks.queue.leases import expire_leases
from tasks.queue.leasing import lease_tasks
from tasks.responses.submit import submit_response


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
