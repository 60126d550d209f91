"""Ranking all tasks of a project anew after its order has changed."""

from django.db.models import Case, F, Q, When

from crowd.batches import batches
from crowd.projects.models import Order, Project
from tasks.lanes import RANDOM_LANES, RANK, lane_of_begun
from tasks.models import Microseconds, Task

SCATTER = 2_654_435_761  # Knuth's multiplicative hash: neighbours come apart


def projects_to_rank() -> list[int]:
    return list(Project.objects.exclude(order=F("ranked_order")).order_by("pk").values_list("pk", flat=True))


def rank_tasks(project_id: int) -> None:
    """Bring the tasks into the order that is wished; workers go on meanwhile. If killed, it is done again."""
    project = Project.objects.get(pk=project_id)
    tasks = Task.objects.for_project(project).filter(shelf=Task.Shelf.WORK)
    task_ids = list(tasks.order_by("pk").values_list("pk", flat=True))
    if project.order == Order.RANDOM:
        task_ids.sort(key=lambda task_id: task_id * SCATTER % 2**32)
    for batch in batches(task_ids):
        locked = tasks.filter(pk__in=batch).lock()
        tasks.filter(pk__in=locked).update(rank=_lane(project.order), ticket=Microseconds())
    Project.objects.filter(pk=project.pk, order=project.order).update(ranked_order=project.order)


def _lane(order: str) -> object:
    if order == Order.RANDOM:
        return F("pk") * SCATTER % 2**32 % RANDOM_LANES
    begun = lane_of_begun(order)
    if order not in (Order.PRIORITY, Order.DEPTH):
        return begun
    return Case(When(Q(answers_counted=0, leases_live=0), then=begun + 1), default=begun, output_field=RANK)
