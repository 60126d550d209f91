"""Leases that are out: found by their token, made longer, handed back, and ended when their time is
over."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.people.models import User
from crowd.sql import Columns, Statement
from tasks.errors import AssignmentClosed
from tasks.models import Assignment, Task
from tasks.queue.queue_states import note_let_go, note_returned
from tasks.queue.slots import release_slots
from tasks.queue.visits import PROJECT, WORKER

EXPIRE_BATCH = 1000
State = Assignment.State
_HELD = """
    SELECT {assignment}, {task}, {worker}, {project} FROM tasks_assignment AS assignment
    JOIN tasks_task AS task ON task.id = assignment.task_id
    JOIN projects_membership AS worker ON worker.id = assignment.worker_id
    JOIN projects_project AS project ON project.id = worker.project_id
    WHERE assignment.token = %(token)s AND worker.user_id = %(user)s"""
_PARTS: dict[str, Columns[Any]] = {
    "assignment": Columns(Assignment, "assignment"),
    "task": Columns(Task, "task", "id", "purpose", "data", "image", "frames"),
    "worker": WORKER,
    "project": PROJECT,
}
_HELD_BY = Statement(_HELD, **{name: part.select for name, part in _PARTS.items()})


def assignment_of(user: User, token: str) -> Assignment | None:
    """The assignment with this token, if it is or was this person's, with its task, worker and
    project."""
    for row in _HELD_BY.rows(token=token, user=user.pk):
        values = iter(row)
        built = {name: part.build([*islice(values, part.width)]) for name, part in _PARTS.items()}
        assignment: Assignment = built["assignment"]
        assignment.task, assignment.worker = built["task"], built["worker"]
        assignment.worker.project = built["project"]
        return assignment
    return None


@transaction.atomic
def expire_leases() -> int:
    """Return the slots of leases that have ended to the queue, and say how many there were."""
    ended = Assignment.objects.filter(state=State.LIVE, expires_at__lt=Now()).order_by("expires_at")
    batch = list(
        ended.select_for_update(skip_locked=True, of=("self",)).select_related("worker__project")[:EXPIRE_BATCH]
    )
    _close(batch, State.EXPIRED)
    note_let_go(batch)
    return len(batch)


@transaction.atomic
def extend(*, assignment: Assignment) -> Assignment:
    """Give a live lease its full time again, from now. Raises AssignmentClosed."""
    live = Assignment.objects.filter(pk=assignment.pk, state=State.LIVE)
    if not live.update(expires_at=Now() + assignment.worker.project.lease):
        raise AssignmentClosed(_("This assignment is closed: it was answered, skipped or given back, or is over."))
    return live.get()


@transaction.atomic
def hand_back(*, assignment: Assignment) -> None:
    """Give a task back that the worker has not looked at: it may come to the same worker again.
    Raises AssignmentClosed."""
    if Assignment.objects.filter(pk=assignment.pk, state=State.LIVE).select_for_update().exists():
        _close([assignment], State.RETURNED)
        note_let_go([assignment])
    elif not Assignment.objects.filter(pk=assignment.pk, state=State.RETURNED).exists():
        raise AssignmentClosed(_("This assignment is closed: it was answered or skipped, or its time is over."))


@transaction.atomic
def return_leases(worker_id: int) -> None:
    """Hand back all that a paused worker holds: others get it at once."""
    held = Assignment.objects.filter(worker=worker_id, state=State.LIVE).order_by("pk")
    leases = list(held.select_for_update(of=("self",)).select_related("worker__project"))
    _close(leases, State.RETURNED)
    note_returned({worker_id: len(leases)})


def _close(leases: Sequence[Assignment], state: Assignment.State) -> None:
    """End locked live leases: their slots are free again."""
    Assignment.objects.filter(pk__in=[each.pk for each in leases]).update(state=state, closed_at=Now())
    by_order: defaultdict[str, list[int]] = defaultdict(list)
    for each in leases:
        if each.holds_slot:
            by_order[each.worker.project.applied_order].append(each.task_id)
    for order, task_ids in sorted(by_order.items()):
        release_slots(task_ids, order)
