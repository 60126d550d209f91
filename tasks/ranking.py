"""Ranking all tasks of a project anew after its order has changed."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Now

from crowd.batches import batches
from crowd.projects.models import Order, Project
from tasks.lanes import RANK, lane_of_begun, scattered
from tasks.models import Desk, Task

STEP = 5000
CLAIM = timedelta(minutes=2)


def projects_to_rank() -> list[int]:
    """Projects whose tasks are not all in the order that is wished, and that nobody is ranking."""
    return list(_unranked().order_by("pk").values_list("pk", flat=True))


def _unranked() -> QuerySet[Project]:
    out_of_order = ~Q(order=F("ranked_order")) | Q(ranking_until__lt=Now())
    return Project.objects.filter(out_of_order).filter(Q(ranking_until=None) | Q(ranking_until__lt=Now()))


def rank_tasks(project_id: int) -> None:
    """Bring the tasks into the order that is wished; workers go on meanwhile. If the job is killed, or the wish changes
    while it runs, another job does it again.

    Tickets stay as old as they are: with the order, every worker's place begins anew.
    """
    mine = Project.objects.filter(pk=project_id)
    if not _unranked().filter(pk=project_id).update(ranking_until=Now() + CLAIM):
        return
    project = mine.get()
    tasks = Task.objects.for_project(project).filter(shelf=Task.Shelf.WORK)
    task_ids = list(tasks.order_by("pk").values_list("pk", flat=True))
    for batch in batches(task_ids, STEP):
        with transaction.atomic():
            step = tasks.filter(pk__range=(batch[0], batch[-1]))
            step.lock()
            step.update(**_standing(project.order))
        mine.update(ranking_until=Now() + CLAIM)
    if len(task_ids) > STEP:
        _clean_up()
    with transaction.atomic():
        Desk.objects.filter(worker__project=project).update(places={})
        if not mine.filter(order=project.order).update(ranked_order=project.order, ranking_until=None):
            mine.update(ranking_until=Now())


def _clean_up() -> None:
    """PostgreSQL's index keeps where each task stood before, and every search for the next task walks over that until
    it is cleaned: a minute or more, in which a million of them cost a worker 15 ms each time."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM tasks_task")


def _standing(order: str) -> dict[str, Any]:
    begun = lane_of_begun(order)
    if order == Order.RANDOM:
        return {"rank": begun, "ticket": scattered(2**31)}
    if order in (Order.PRIORITY, Order.DEPTH):
        fresh = Q(answers_counted=0, leases_live=0)
        return {"rank": Case(When(fresh, then=begun + 1), default=begun, output_field=RANK)}
    return {"rank": begun}
