"""How far through the buckets of open tasks a worker is (tasks.queue.candidates does the looking).

A cursor is a hint and not a promise. What it could miss, because a transaction took long or a clock
was set back, is found by a lap from the very beginning, which every worker who has run out of tasks
does from time to time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

MARKS_KEPT = 8
SETTLING = 30_000_000  # microseconds in which a transaction that queued a task has surely ended
WHOLE_LAP = 600_000_000  # microseconds between two laps from the very beginning
BEGINNING = -(2**62)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open task that the worker has not seen. `position` is its bucket's, among the buckets as
    this worker comes to them."""

    purpose: str
    position: int
    bucket: int
    queued_at: int
    task_id: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far through the buckets of one purpose a worker is.

    Seen or full are, in a bucket with a mark, the tasks up to it; in other buckets before
    `reached`, those queued before `since`; and in the buckets from there on, those queued before
    `floor`. `lap` is when the last lap from the very beginning began.
    """

    order: str
    floor: int = 0
    reached: int = BEGINNING
    since: int = 0
    lap: int = 0
    marks: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def load(cls, stored: Mapping[str, Any] | None, order: str) -> Self:
        """The cursor as it was stored, unless the project's order is another by now."""
        if not stored or stored["order"] != order:
            return cls(order)
        marks = {int(bucket): (queued_at, task_id) for bucket, (queued_at, task_id) in stored["marks"].items()}
        return cls(**{**stored, "marks": marks})

    def dump(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def after(self, candidates: Sequence[Candidate], claimed: set[int], now: int) -> Self:
        """The cursor after tasks were claimed from the candidates of one bucket. Those that others
        held at that moment stay ahead of it."""
        first = candidates[0]
        mark = self.marks.get(first.bucket)
        for candidate in candidates:
            if candidate.task_id not in claimed:
                break
            mark = min((candidate.queued_at, candidate.task_id), (now - SETTLING, 0))
        mine = {} if mark is None else {first.bucket: mark}
        if first.position >= self.reached:  # so there was nothing in any bucket before this one
            return replace(self, reached=first.position, since=now - SETTLING, marks=mine)
        others = [item for item in self.marks.items() if item[0] != first.bucket]
        return replace(self, marks={**dict(others[-MARKS_KEPT:]), **mine})

    def at_the_end(self, now: int) -> Self:
        """The cursor of a worker for whom there is nothing: from here on only what comes anew is
        looked at."""
        if now - self.lap > WHOLE_LAP:
            return replace(self, floor=0, reached=BEGINNING, marks={}, lap=now)
        return replace(self, floor=now - SETTLING, reached=BEGINNING, marks={})
