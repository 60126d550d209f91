"""Ranking all tasks of a project anew after its order has changed."""

from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, When

from crowd.batches import batches
from crowd.projects.models import Order, Project
from tasks.lanes import RANK, lane_of_begun, scattered
from tasks.models import Desk, Task


def projects_to_rank() -> list[int]:
    return list(Project.objects.exclude(order=F("ranked_order")).order_by("pk").values_list("pk", flat=True))


def rank_tasks(project_id: int) -> None:
    """Bring the tasks into the order that is wished; workers go on meanwhile. If killed, it is done again.

    Tickets stay as old as they are: with the order, every worker's place begins anew.
    """
    project = Project.objects.get(pk=project_id)
    tasks = Task.objects.for_project(project).filter(shelf=Task.Shelf.WORK)
    for batch in batches(list(tasks.order_by("pk").values_list("pk", flat=True))):
        with transaction.atomic():
            tasks.filter(pk__in=tasks.filter(pk__in=batch).lock()).update(**_standing(project.order))
    with transaction.atomic():
        Desk.objects.filter(worker__project=project).update(places={})
        Project.objects.filter(pk=project.pk, order=project.order).update(ranked_order=project.order)


def _standing(order: str) -> dict[str, Any]:
    begun = lane_of_begun(order)
    if order == Order.RANDOM:
        return {"rank": begun, "ticket": scattered(2**31)}
    if order in (Order.PRIORITY, Order.DEPTH):
        fresh = Q(answers_counted=0, leases_live=0)
        return {"rank": Case(When(fresh, then=begun + 1), default=begun, output_field=RANK)}
    return {"rank": begun}
