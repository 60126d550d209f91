"""Which priority bucket a task waits in, so that the next task costs the same in any project.

Every open task waits in a bucket (`bucket`, the least comes first) since it was queued there
(`queued_at`): a multilevel feedback queue (Corbató et al., 1962). Whenever a slot of it comes back,
or it changes buckets, it is queued anew, behind the others. So all that a worker has seen, or that
was full when the worker came by, lies before the worker's cursor in each bucket
(tasks.queue.cursors), and nobody ever has to look through a history.
"""

import random
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Value, When

from crowd.projects.models import Order, Project
from tasks.models import Microseconds, Task

Purpose = Task.Purpose
RANDOM_BUCKETS = 64
BUCKET = BigIntegerField()


def bucket_of_new(order: str, priority: int, rng: random.Random) -> int:
    """The bucket of a task that nobody has seen."""
    if order == Order.RANDOM:
        return rng.randrange(RANDOM_BUCKETS)
    return {Order.PRIORITY: 1 - 2 * priority, Order.DEPTH: 1}.get(Order(order), 0)


def scattered(count: int) -> Any:
    """A number below `count` for every row, without pattern (multiplicative hashing; Knuth, 1973,
    section 6.4)."""
    return F("pk") * Value(2_654_435_761, BUCKET) % Value(2**32, BUCKET) % Value(count, BUCKET)


def bucket_of_begun(order: str, *, level: Any = None, urgency: Any = None) -> Any:
    """The bucket of a task that was handed out before, from the columns of its row, or from what
    they will be: its answers and leases together, and its urgency."""
    buckets: dict[str, Any] = {
        Order.PRIORITY: -2 * F("priority"),
        Order.DEPTH: Value(0),
        Order.BREADTH: F("answers_counted") + F("leases_live") if level is None else level,
        Order.UNCERTAINTY: 0 - F("urgency") if urgency is None else Value(-urgency),
        Order.RANDOM: scattered(RANDOM_BUCKETS),
    }
    return buckets[order]


def requeued(order: str, *, level: Any = None, urgency: Any = None) -> dict[str, Any]:
    """The columns to update when a slot of a task comes back, or what its bucket depends on
    changes: the task is queued last in its bucket. Gold and training keep their buckets, which tell
    how often they were seen."""
    bucket = bucket_of_begun(order, level=level, urgency=urgency)
    return {
        "bucket": Case(When(purpose=Purpose.WORK, then=bucket), default=F("bucket"), output_field=BUCKET),
        "queued_at": Microseconds(),
    }


def is_demoted(order: str, purpose: str) -> bool:
    """Whether a task that is handed out moves to the next bucket: in breadth, where all are to get
    one answer first; and gold always, so that every piece of it is seen about equally often."""
    return purpose == Purpose.GOLD or (purpose == Purpose.WORK and order == Order.BREADTH)


@transaction.atomic
def set_urgency(project: Project, urgency: Mapping[int, int]) -> None:
    """Set how urgent an answer to each task is, from 0 to 100: tasks are ordered by it where the
    least sure come first."""
    by_urgency: defaultdict[int, list[int]] = defaultdict(list)
    for task_id, percent in urgency.items():
        by_urgency[percent].append(task_id)
    for percent, task_ids in sorted(by_urgency.items()):
        columns = requeued(project.applied_order, urgency=percent)
        different = Task.objects.filter(pk__in=task_ids).exclude(urgency=percent).lock()
        Task.objects.filter(pk__in=different).update(urgency=percent, **columns)
