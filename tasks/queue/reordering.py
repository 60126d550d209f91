"""Putting all tasks of a project into other buckets after its order has changed."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, When

from crowd.batches import batches
from crowd.claims import Claim
from crowd.projects.models import Order, Project
from tasks.models import QueueState, Reordering, Task
from tasks.queue.buckets import BUCKET, bucket_of_begun, scattered

STEP = 5000


def projects_to_reorder() -> list[int]:
    """Projects whose tasks are not all in the order that is wished, and that nobody is
    reordering."""
    free = Reordering.objects.free_the_dead().free().values("pk")
    return list(_not_in_order().filter(Q(reordering=None) | Q(pk__in=free)).order_by("pk").values_list("pk", flat=True))


def _not_in_order() -> QuerySet[Project]:
    return Project.objects.exclude(order=F("applied_order"), reordering=None)


def reorder_tasks(project_id: int) -> None:
    """Bring the tasks into the order that is wished; workers go on meanwhile. If the job is killed,
    or the wish changes while it runs, another job does it again.

    Tasks stay queued since when they were: with the order, every worker's cursors begin anew.
    """
    if not _not_in_order().filter(pk=project_id).exists():
        return
    Reordering.objects.get_or_create(project_id=project_id)
    with Reordering.objects.claim(project_id) as claim:
        if claim is not None:
            _reorder(Project.objects.get(pk=project_id), claim)


def _reorder(project: Project, claim: Claim[Reordering]) -> None:
    tasks = Task.objects.for_project(project).filter(purpose=Task.Purpose.WORK)
    task_ids = list(tasks.order_by("pk").values_list("pk", flat=True))
    for batch in batches(task_ids, STEP):
        with transaction.atomic():
            claim.progress()
            step = tasks.filter(pk__range=(batch[0], batch[-1]))
            step.lock()
            step.update(**_columns(project.order))
    if len(task_ids) > STEP:
        _clean_up()
    with transaction.atomic():
        claim.renew()
        QueueState.objects.filter(worker__project=project).update(cursors={})
        if Project.objects.filter(pk=project.pk, order=project.order).update(applied_order=project.order):
            Reordering.objects.filter(pk=project.pk).delete()


def _clean_up() -> None:
    """PostgreSQL's index keeps where each task was before, and every search for the next task walks
    over that until it is cleaned: a minute or more, in which a million of them cost a worker 15 ms
    each time."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM tasks_task")


def _columns(order: str) -> dict[str, Any]:
    begun = bucket_of_begun(order)
    if order == Order.RANDOM:
        return {"bucket": begun, "queued_at": scattered(2**31)}
    if order in (Order.PRIORITY, Order.DEPTH):
        fresh = Q(answers_counted=0, leases_live=0)
        return {"bucket": Case(When(fresh, then=begun + 1), default=begun, output_field=BUCKET)}
    return {"bucket": begun}
