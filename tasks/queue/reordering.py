"""Ranking all tasks of a project anew after its order has changed."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, When

from crowd.batches import batches
from crowd.claims import Claim
from crowd.projects.models import Order, Project
from tasks.models import Desk, Ranking, Task
from tasks.queue.buckets import RANK, lane_of_begun, scattered

STEP = 5000


def projects_to_rank() -> list[int]:
    """Projects whose tasks are not all in the order that is wished, and that nobody is ranking."""
    free = Ranking.objects.free_the_dead().free().values("pk")
    return list(_unranked().filter(Q(ranking=None) | Q(pk__in=free)).order_by("pk").values_list("pk", flat=True))


def _unranked() -> QuerySet[Project]:
    return Project.objects.exclude(order=F("ranked_order"), ranking=None)


def rank_tasks(project_id: int) -> None:
    """Bring the tasks into the order that is wished; workers go on meanwhile. If the job is killed, or the wish changes
    while it runs, another job does it again.

    Tickets stay as old as they are: with the order, every worker's place begins anew.
    """
    if not _unranked().filter(pk=project_id).exists():
        return
    Ranking.objects.get_or_create(project_id=project_id)
    with Ranking.objects.claim(project_id) as claim:
        if claim is not None:
            _rank(Project.objects.get(pk=project_id), claim)


def _rank(project: Project, claim: Claim[Ranking]) -> None:
    tasks = Task.objects.for_project(project).filter(shelf=Task.Shelf.WORK)
    task_ids = list(tasks.order_by("pk").values_list("pk", flat=True))
    for batch in batches(task_ids, STEP):
        with transaction.atomic():
            claim.progress()
            step = tasks.filter(pk__range=(batch[0], batch[-1]))
            step.lock()
            step.update(**_standing(project.order))
    if len(task_ids) > STEP:
        _clean_up()
    with transaction.atomic():
        claim.renew()
        Desk.objects.filter(worker__project=project).update(places={})
        if Project.objects.filter(pk=project.pk, order=project.order).update(ranked_order=project.order):
            Ranking.objects.filter(pk=project.pk).delete()


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
