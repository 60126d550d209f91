"""Whether a site kept its word: what it acknowledged is there, and its tables agree with each
other."""

from collections.abc import Mapping
from typing import Any

from django.db import connections
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tasks.models import Assignment, Response, Task
from tests.drills.load import Reply, Request, send_all

AWAY, MOST_CONNECTIONS = 503, 32
NONE: dict[str, int] = {"over their need": 0, "twice by one worker": 0, "with wrong counters": 0}


def forgotten(url: str, acknowledged: Mapping[Request, Any]) -> dict[Request, Reply]:
    """What the site says of requests that it acknowledged, where that is not the same again.

    One that is told to come later does: after a crash each connection that the site kept is found
    broken once.
    """
    again = send_all(url, acknowledged)
    for _time in range(MOST_CONNECTIONS):
        if not (later := [request for request, reply in again.items() if reply.status == AWAY]):
            break
        again |= send_all(url, later)
    return {
        request: reply for request, reply in again.items() if (reply.status, reply.body) != (200, acknowledged[request])
    }


def contradictions(database: str) -> dict[str, int]:
    """How many tasks, none of them gold, break a promise; counted from the rows and not from the
    counters."""
    _reconnect(database)
    tasks = Task.objects.using(database).annotate(
        answers=_count(Response.objects.filter(counted=True, replaced_at=None)),
        leases=_count(Assignment.objects.filter(state=Assignment.State.LIVE, holds_slot=True)),
    )
    answered = Response.objects.using(database).filter(replaced_at=None).values("task", "worker")
    return {
        "over their need": tasks.filter(answers_needed__lt=F("answers") + F("leases")).count(),
        "twice by one worker": answered.annotate(times=Count("pk")).filter(times__gt=1).count(),
        "with wrong counters": tasks.exclude(answers_counted=F("answers"), leases_live=F("leases")).count(),
    }


def answers_counted(database: str, slug: str) -> int:
    """How many answers of a project fill a slot."""
    _reconnect(database)
    return Response.objects.using(database).filter(task__project__slug=slug, counted=True, replaced_at=None).count()


def _reconnect(database: str) -> None:
    """It may have been crashed since it was last read."""
    connections[database].close()


def _count(rows: QuerySet[Any, Any]) -> Coalesce:
    per_task = rows.filter(task=OuterRef("pk")).order_by().values("task").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(per_task, output_field=IntegerField()), 0)
