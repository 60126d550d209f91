"""How far along the lanes of open tasks a worker is (tasks.queue.candidates does the looking).

A place is a hint and not a promise. What it could miss, because a transaction took long or a clock was set back, is
found by a lap from the very beginning, which every worker who has run out of tasks does from time to time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

MARKS_KEPT = 8
SETTLING = 30_000_000  # microseconds in which a transaction that drew a ticket has surely ended
WHOLE_LAP = 600_000_000  # microseconds between two laps from the very beginning
BEGINNING = -(2**62)


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
