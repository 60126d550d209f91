"""Where open tasks stand, so that the next task costs the same in any project.

Every open task stands in a lane (`rank`, the least comes first) since a moment (`ticket`). Whenever a slot of it comes
back, or it changes lanes, it draws a new ticket. So all that a worker has seen or that was full when the worker came by
lies behind a place in each lane, and nobody ever has to look through a history.
"""

import random
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Value, When

from crowd.batches import batches
from crowd.projects.models import Order, Project
from tasks.models import Microseconds, Task

Shelf = Task.Shelf
RANDOM_LANES = 64
RANK = BigIntegerField()


def rank_of_new(order: str, priority: int, rng: random.Random) -> int:
    """The lane of a task that nobody has seen."""
    if order == Order.RANDOM:
        return rng.randrange(RANDOM_LANES)
    return {Order.PRIORITY: 1 - 2 * priority, Order.DEPTH: 1}.get(Order(order), 0)


def scattered(count: int) -> Any:
    """A number below `count` for every row, without pattern (multiplicative hashing; Knuth, 1973, section 6.4)."""
    return F("pk") * Value(2_654_435_761, RANK) % Value(2**32, RANK) % Value(count, RANK)


def lane_of_begun(order: str, *, level: Any = None, urgency: Any = None) -> Any:
    """The lane of a task that was handed out before, from the columns of its row, or from what they will be: its
    answers and leases together, and its urgency."""
    lanes: dict[str, Any] = {
        Order.PRIORITY: -2 * F("priority"),
        Order.DEPTH: Value(0),
        Order.BREADTH: F("answers_counted") + F("leases_live") if level is None else level,
        Order.UNCERTAINTY: 0 - F("urgency") if urgency is None else Value(-urgency),
        Order.RANDOM: scattered(RANDOM_LANES),
    }
    return lanes[order]


def place_anew(order: str, *, level: Any = None, urgency: Any = None) -> dict[str, Any]:
    """What is to be updated when a slot of a task comes back, or what its lane depends on changes: it stands last in
    its lane. Gold and training keep their lanes, which tell how often they were seen."""
    lane = lane_of_begun(order, level=level, urgency=urgency)
    return {
        "rank": Case(When(shelf=Shelf.WORK, then=lane), default=F("rank"), output_field=RANK),
        "ticket": Microseconds(),
    }


def falls_back(order: str, shelf: str) -> bool:
    """Whether a task that is handed out changes to the next lane: where all are to get one answer first, and gold
    always, so that every piece of it is seen about equally often."""
    return shelf == Shelf.GOLD or (shelf == Shelf.WORK and order == Order.BREADTH)


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
