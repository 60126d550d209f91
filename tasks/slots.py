"""The slots of tasks: how many answers each needs, has, and is waiting for.

Every verb keeps one promise: on a task of the work, counted answers plus live leases never exceed the answers needed.
The counters are on the task's own row, changed under its lock, with a CHECK behind them. Whoever gives a slot back, or
adds one, also gives the task a new place in the queue (tasks.lanes), so that it is found.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Min, When
from django.db.models.functions import Greatest, Now

from crowd.batches import batches
from crowd.projects.models import Membership, Order, Project
from crowd.sql import Statement
from tasks.lanes import lane_of_begun, place_anew
from tasks.models import Microseconds, Response, Task

Shelf = Task.Shelf


LEVEL = F("answers_counted") + F("leases_live")
# Where that a task is exhausted ends, its label changes, and has to be read again.
REVISION_WITHOUT_EXHAUSTION = F("revision") + Case(When(exhausted_at=None, then=0), default=1)


def _order_of(task_ids: Sequence[int]) -> str:
    """The order that the project of these tasks, which is one, ranks them by."""
    projects = Project.objects.filter(tasks__in=task_ids[:1])
    return projects.values_list("ranked_order", flat=True).first() or Order.PRIORITY


def release_slots(task_ids: Iterable[int], order: str) -> None:
    """Take one live lease off each task of a project, once for every time it is named; within a transaction."""
    times = Counter(task_ids)
    Task.objects.filter(pk__in=times).lock()
    by_times: defaultdict[int, list[int]] = defaultdict(list)
    for task_id, n in times.items():
        by_times[n].append(task_id)
    for n, group in by_times.items():
        place = place_anew(order, level=LEVEL - n)
        Task.objects.filter(pk__in=group).update(leases_live=F("leases_live") - n, **place)


def take_slot(task_id: int, order: str) -> bool:
    """Take a slot of a task for a live lease, if one is free; within a transaction."""
    task = Task.objects.filter(pk=task_id).with_slot()
    place = place_anew(order, level=LEVEL + 1)
    place |= {"revision": REVISION_WITHOUT_EXHAUSTION, "exhausted_at": None}
    return task.update(leases_live=F("leases_live") + 1, **place) == 1


# What the two verbs below would change, found without a lock; a long list is a single parameter.
_FILLED = Statement("""
    SELECT task.id FROM {rows_of}%(rows)s{end_of_rows} JOIN tasks_task AS task ON task.id = {number_0}
    WHERE task.has_content AND task.answers_needed = task.answers_counted AND task.answers_counted < %(most)s""")
_OPEN = Statement("""
    SELECT task.id FROM {rows_of}%(rows)s{end_of_rows} JOIN tasks_task AS task ON task.id = {number_0}
    WHERE task.is_open AND task.shelf = 'work' AND task.answers_counted >= %(least)s""")


def filled(project: Project, task_ids: Sequence[int]) -> list[int]:
    """Those of which `request_another` would ask for an answer."""
    return [key for (key,) in _FILLED.rows(rows=_rows(task_ids), most=project.max_responses)]


def still_open(project: Project, task_ids: Sequence[int]) -> list[int]:
    """Those that `settle` would close."""
    return [key for (key,) in _OPEN.rows(rows=_rows(task_ids), least=project.min_responses)]


def _rows(task_ids: Sequence[int]) -> str:
    return json.dumps([[task_id] for task_id in sorted(task_ids)])


@transaction.atomic
def request_another(task_ids: Sequence[int]) -> int:
    """Ask for one more answer to each task of a project whose slots are all filled, up to the project's maximum;
    asking twice changes nothing."""
    filled = Task.objects.filter(
        pk__in=task_ids,
        has_content=True,
        answers_needed=F("answers_counted"),
        answers_counted__lt=F("project__max_responses"),
    ).lock()
    place = place_anew(_order_of(task_ids))
    return Task.objects.filter(pk__in=filled).update(answers_needed=F("answers_counted") + 1, **place)


@transaction.atomic
def settle(task_ids: Sequence[int]) -> int:
    """Hand these tasks out no further, unless they have less than the project's minimum. Leases that are out may still
    be answered."""
    open_tasks = Task.objects.filter(pk__in=task_ids, shelf=Shelf.WORK, is_open=True)
    enough = open_tasks.filter(answers_counted__gte=F("project__min_responses")).lock()
    return Task.objects.filter(pk__in=enough).update(answers_needed=LEVEL, exhausted_at=None)


def raise_to_minimum(project: Project) -> None:
    """After a change of policy: every task needs at least the project's minimum."""
    short = Task.objects.for_project(project).filter(answers_needed__lt=project.min_responses, has_content=True)
    place = place_anew(project.ranked_order)
    for batch in batches(list(short.order_by("pk").values_list("pk", flat=True))):
        with transaction.atomic():
            locked = short.filter(pk__in=batch).lock()
            Task.objects.filter(pk__in=locked).update(answers_needed=project.min_responses, **place)


@transaction.atomic
def set_urgency(project: Project, urgency: Mapping[int, int]) -> None:
    """Say of tasks how pressing an answer is, from 0 to 100; where the least sure come first they go by it."""
    by_urgency: defaultdict[int, list[int]] = defaultdict(list)
    for task_id, percent in urgency.items():
        by_urgency[percent].append(task_id)
    for percent, task_ids in sorted(by_urgency.items()):
        place = place_anew(project.ranked_order, urgency=percent)
        for batch in batches(task_ids):
            different = Task.objects.filter(pk__in=batch).exclude(urgency=percent).lock()
            Task.objects.filter(pk__in=different).update(urgency=percent, **place)


@transaction.atomic
def set_shelf(task_ids: Iterable[int], shelf: str) -> int:
    """Hide tasks among the others as gold, show them before the work as training, or make them ordinary again with the
    answers they have. New gold joins the rest at the share of workers who have seen it by now."""
    moved = Task.objects.filter(pk__in=task_ids).exclude(shelf=shelf).lock()
    if not moved:
        return 0
    if shelf == Shelf.WORK:
        rank: Any = lane_of_begun(_order_of(moved))
    else:
        others = Task.objects.filter(project__tasks=moved[0], shelf=shelf, is_open=True)
        rank = others.aggregate(least=Min("rank"))["least"] or 0
    return Task.objects.filter(pk__in=moved).update(
        shelf=shelf,
        rank=rank,
        ticket=Microseconds(),
        answers_needed=Greatest(F("answers_needed"), LEVEL),
        exhausted_at=None,
        revision=F("revision") + 1,
    )


@transaction.atomic
def void_responses(worker: Membership, at_most: int | None = None) -> int:
    """Declare all that a worker has answered worthless, or so much of it, and reopen exactly the slots it filled. The
    worker is not asked again."""
    standing = Response.objects.filter(worker=worker, replaced_at=None, voided_at=None)
    voided = 0
    for batch in batches(sorted(standing.values_list("task_id", flat=True)[:at_most])):
        Task.objects.filter(pk__in=batch).lock()
        counted = standing.filter(task__in=batch, counted=True).values_list("task_id", flat=True)
        _recount(list(counted), worker.project, -1)
        # Not those of other tasks: an answer that has come in since would be voided with its slot still taken.
        voided += standing.filter(task__in=batch).update(voided_at=Now())
    return voided


@transaction.atomic
def restore_responses(worker: Membership, at_most: int | None = None) -> int:
    """Undo that, or so much of it. An answer counts if a slot is free for it, or its task may have one more; it is kept
    as surplus if others have given all answers that it may have."""
    voided = Response.objects.filter(worker=worker, replaced_at=None).exclude(voided_at=None)
    restored = 0
    for batch in batches(sorted(voided.values_list("task_id", flat=True)[:at_most])):
        Task.objects.filter(pk__in=batch).lock()
        # Only under the lock is it sure which are still voided: two may be restoring them at once.
        task_ids = voided.filter(task__in=batch, counted=True).values_list("task_id", flat=True)
        full = Task.objects.filter(pk__in=list(task_ids), shelf=Shelf.WORK, answers_needed=LEVEL)
        full.filter(answers_needed__lt=F("project__max_responses")).update(answers_needed=LEVEL + 1)
        free = list(Task.objects.filter(pk__in=list(task_ids)).with_slot().values_list("pk", flat=True))
        voided.filter(task__in=batch).update(counted=False)
        voided.filter(task__in=free).update(counted=True)
        _recount(free, worker.project, 1)
        restored += voided.filter(task__in=batch).update(voided_at=None)
    return restored


def _recount(task_ids: Sequence[int], project: Project, gain: int) -> None:
    counters: dict[str, Any] = {"answers_counted": F("answers_counted") + gain, "revision": F("revision") + 1}
    if gain > 0:
        counters["exhausted_at"] = None
    place = place_anew(project.ranked_order, level=LEVEL + gain)
    Task.objects.filter(pk__in=task_ids).update(**counters, **place)
