"""Taking tasks away for good: nobody is handed one any more, and who holds one is told that it is
closed."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from crowd.people.models import User
from crowd.sql import Statement
from tasks.models import Assignment, ClosedLease, QueueState, Task
from tasks.queue.queue_states import note_returned

REMEMBERED = timedelta(days=1)  # how long the workers of leases are told that these are closed

State = Assignment.State


class TasksInUse(Exception):
    """Somebody is just answering one of them, or is given it: try again in a moment."""


def withdraw(task_ids: Sequence[int]) -> list[Task]:
    """Lock these tasks against everybody, end their leases, and have nobody's queue refer to them;
    whoever asked then removes the rows. Within a transaction. Raises TasksInUse.

    Elsewhere a lease is locked before its task. Here no lease is waited for, so that no two wait
    for each other.
    """
    tasks = list(Task.objects.filter(pk__in=task_ids).order_by("pk").select_for_update())
    leases = Assignment.objects.filter(task__in=[task.pk for task in tasks])
    locked = list(leases.select_for_update(skip_locked=True))
    if len(locked) != leases.count():
        raise TasksInUse
    _forget(locked)
    _close(locked)
    return tasks


def _close(leases: Sequence[Assignment]) -> None:
    """Remember who held them lately, for a day."""
    ClosedLease.objects.filter(at__lt=Now() - REMEMBERED).delete()
    recent = Q(state=State.LIVE) | Q(closed_at__gte=Now() - REMEMBERED)
    lately = Assignment.objects.filter(recent, pk__in=[lease.pk for lease in leases])
    ClosedLease.objects.bulk_create(ClosedLease(token=each.token, worker_id=each.worker_id) for each in lately)
    note_returned(Counter(each.worker_id for each in leases if each.state == State.LIVE))


def _forget(leases: Sequence[Assignment]) -> None:
    """What somebody did last is there no more, and can't be taken back."""
    keys = [lease.pk for lease in leases]
    states = QueueState.objects.filter(pk__in=sorted({lease.worker_id for lease in leases}))
    list(states.order_by("pk").select_for_update())
    states.filter(last_skip__in=keys).update(last_skip=None)
    states.filter(last_response__assignment__in=keys).update(last_response=None)


_CLOSED = Statement("""
    SELECT closed.id FROM tasks_closedlease AS closed JOIN projects_membership AS worker ON worker.id = closed.worker_id
    WHERE closed.token = %(token)s AND worker.user_id = %(user)s""")


def was_closed(user: User, token: str) -> bool:
    """Whether this person held a lease with this token whose task was deleted since."""
    rows: list[Any] = _CLOSED.rows(token=token, user=user.pk)
    return bool(rows)
