"""What a task is for: ordinary work, gold hidden among it, or training before it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Min
from django.db.models.functions import Greatest

from tasks.models import Microseconds, Task
from tasks.queue.buckets import bucket_of_begun
from tasks.queue.slots import LEVEL, order_of

Purpose = Task.Purpose


@transaction.atomic
def set_purpose(task_ids: Iterable[int], purpose: str) -> int:
    """Hide tasks among the others as gold, show them before the work as training, or make them
    ordinary again with the answers they have. New gold joins the rest at the share of workers who
    have seen it by now."""
    moved = Task.objects.filter(pk__in=task_ids).exclude(purpose=purpose).lock()
    if not moved:
        return 0
    if purpose == Purpose.WORK:
        bucket: Any = bucket_of_begun(order_of(moved))
    else:
        others = Task.objects.filter(project__tasks=moved[0], purpose=purpose, is_open=True)
        bucket = others.aggregate(least=Min("bucket"))["least"] or 0
    return Task.objects.filter(pk__in=moved).update(
        purpose=purpose,
        bucket=bucket,
        queued_at=Microseconds(),
        answers_needed=Greatest(F("answers_needed"), LEVEL),
        exhausted_at=None,
        revision=F("revision") + 1,
    )
