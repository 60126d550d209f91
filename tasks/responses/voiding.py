"""Declaring all that a worker has answered worthless, and undoing that."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from crowd.projects.models import Membership, Project
from tasks.models import Response, Task
from tasks.queue.buckets import requeued
from tasks.queue.slots import LEVEL

Purpose = Task.Purpose


@transaction.atomic
def void_responses(worker: Membership, at_most: int | None = None) -> int:
    """Declare all answers of a worker worthless, or at most so many, and reopen exactly the slots
    they filled. The worker is not asked again."""
    standing = Response.objects.filter(worker=worker, replaced_at=None, voided_at=None)
    tasks = list(standing.values_list("task_id", flat=True)[:at_most])
    Task.objects.filter(pk__in=tasks).lock()
    counted = standing.filter(task__in=tasks, counted=True).values_list("task_id", flat=True)
    _recount(list(counted), worker.project, -1)
    # Not those of other tasks: an answer that has come in since would be voided with its slot still
    # taken.
    return standing.filter(task__in=tasks).update(voided_at=Now())


@transaction.atomic
def restore_responses(worker: Membership, at_most: int | None = None) -> int:
    """Undo that for all answers of a worker, or for at most so many. An answer counts if a slot is
    free for it, or its task may have one more; otherwise others have filled the task, and it is
    kept as surplus."""
    voided = Response.objects.filter(worker=worker, replaced_at=None).exclude(voided_at=None)
    tasks = list(voided.values_list("task_id", flat=True)[:at_most])
    Task.objects.filter(pk__in=tasks).lock()
    # Only under the lock is it sure which are still voided: two may be restoring them at once.
    task_ids = list(voided.filter(task__in=tasks, counted=True).values_list("task_id", flat=True))
    full = Task.objects.filter(pk__in=task_ids, purpose=Purpose.WORK, answers_needed=LEVEL)
    full.filter(answers_needed__lt=F("project__max_responses")).update(answers_needed=LEVEL + 1)
    free = list(Task.objects.filter(pk__in=task_ids).with_slot().values_list("pk", flat=True))
    voided.filter(task__in=tasks).update(counted=False)
    voided.filter(task__in=free).update(counted=True)
    _recount(free, worker.project, 1)
    return voided.filter(task__in=tasks).update(voided_at=None)


def _recount(task_ids: Sequence[int], project: Project, gain: int) -> None:
    counters: dict[str, Any] = {"answers_counted": F("answers_counted") + gain, "revision": F("revision") + 1}
    if gain > 0:
        counters["exhausted_at"] = None
    columns = requeued(project.applied_order, level=LEVEL + gain)
    Task.objects.filter(pk__in=task_ids).update(**counters, **columns)
