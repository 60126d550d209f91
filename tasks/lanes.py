"""Where open tasks stand and how far along them a worker is, so that the next task costs the same in any project.

Every open task stands in a lane (`rank`, the least comes first) since a moment (`ticket`). Whenever a slot of it comes
back, or it changes lanes, it draws a new ticket. So all that a worker has seen or that was full when the worker came by
lies behind a place in each lane, and nobody ever has to look through a history (tasks.claims does the looking).

A place is a hint and not a promise. What it could miss, because a transaction took long or a clock was set back, is
found by a lap from the very beginning, which every worker who has run out of tasks does from time to time.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.db.models import BigIntegerField, Case, F, Value, When

from crowd.projects.models import Order
from tasks.models import Microseconds, Task

Shelf = Task.Shelf

RANDOM_LANES = 64
MARKS_KEPT = 8
SETTLING = 30_000_000  # microseconds in which a transaction that drew a ticket has surely ended
WHOLE_LAP = 600_000_000  # microseconds between two laps from the very beginning
BEGINNING = -(2**62)
RANK = BigIntegerField()


# Where tasks stand


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


# How far a worker is


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open task that the worker has not seen. `position` is its lane's, in the order of this worker."""

    shelf: str
    position: int
    rank: int
    ticket: int
    task_id: int


@dataclass(frozen=True, slots=True)
class Place:
    """How far along the lanes of one shelf a worker is.

    Seen or full are, in lanes with a mark, the tasks up to it; in the other lanes before `reached`, those with tickets
    before `since`; and in the lanes from there on, those with tickets before `floor`. `lap` is when the last lap from
    the very beginning began.
    """

    order: str
    floor: int = 0
    reached: int = BEGINNING
    since: int = 0
    lap: int = 0
    marks: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def load(cls, stored: Mapping[str, Any] | None, order: str) -> Self:
        """The place as it was stored, unless the project's order is another by now."""
        if not stored or stored["order"] != order:
            return cls(order)
        marks = {int(rank): (ticket, task_id) for rank, (ticket, task_id) in stored["marks"].items()}
        return cls(**{**stored, "marks": marks})

    def dump(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def after(self, lane: Sequence[Candidate], claimed: set[int], now: int) -> Self:
        """The place after tasks were claimed from the candidates of one lane. Those that others held at that moment
        stay ahead of it."""
        mark = self.marks.get(lane[0].rank)
        for candidate in lane:
            if candidate.task_id not in claimed:
                break
            mark = min((candidate.ticket, candidate.task_id), (now - SETTLING, 0))
        mine = {} if mark is None else {lane[0].rank: mark}
        if lane[0].position >= self.reached:  # so there was nothing in any lane before this one
            return replace(self, reached=lane[0].position, since=now - SETTLING, marks=mine)
        others = [item for item in self.marks.items() if item[0] != lane[0].rank]
        return replace(self, marks={**dict(others[-MARKS_KEPT:]), **mine})

    def at_the_end(self, now: int) -> Self:
        """The place of a worker for whom there is nothing: from here on only what comes anew is looked at."""
        if now - self.lap > WHOLE_LAP:
            return replace(self, floor=0, reached=BEGINNING, marks={}, lap=now)
        return replace(self, floor=now - SETTLING, reached=BEGINNING, marks={})
