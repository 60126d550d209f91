"""Where open tasks stand and how far along them a worker is, so that the next task costs the same in any project.

Every open task stands in a lane (`rank`, the least comes first) since a moment (`ticket`). Whenever a slot of it comes
back, or it changes lanes, it draws a new ticket. So all that a worker has seen or that was full when the worker came by
lies behind a place in each lane, and nobody ever has to look through a history: the best lane with anything beyond the
worker's place is found by one probe of the index a lane, and the tasks in it by one more.

A place is a hint and not a promise. What it could miss, because a transaction took long or a clock was set back, is
found by a lap from the very beginning, which every worker who has run out of tasks does from time to time.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.db import connection
from django.db.models import BigIntegerField, Case, F, Value, When

from crowd.projects.models import Order, Project
from tasks.models import Microseconds, Task

Shelf = Task.Shelf

RANDOM_LANES = 64
SPARE = 16  # candidates beyond the wanted: others may be claiming the first ones at this moment
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


def lane_of_begun(order: str, *, level: Any = None, urgency: Any = None) -> Any:
    """The lane of a task that was handed out before, from the columns of its row, or from what they will be: its
    answers and leases together, and its urgency."""
    lanes: dict[str, Any] = {
        Order.PRIORITY: -2 * F("priority"),
        Order.DEPTH: Value(0),
        Order.BREADTH: F("answers_counted") + F("leases_live") if level is None else level,
        Order.UNCERTAINTY: 0 - F("urgency") if urgency is None else Value(-urgency),
    }
    return lanes.get(order, F("rank"))


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


# The next tasks

# The lanes that have open tasks, hopping from each to the next; or all there are, from the worker's own on.
_LANES = """
    SELECT MIN(rank), 0 FROM tasks_task WHERE project_id = %(project)s AND shelf = '{shelf}' AND is_open
    UNION ALL
    SELECT (SELECT MIN(task.rank) FROM tasks_task AS task WHERE task.project_id = %(project)s
            AND task.shelf = '{shelf}' AND task.is_open AND task.rank > lane.rank), 0
    FROM lane WHERE lane.rank IS NOT NULL"""
_LANES_FROM_ORIGIN = """
    SELECT %(origin)s, 0
    UNION ALL
    SELECT (rank + 1) %% %(lanes)s, position + 1 FROM lane WHERE position + 1 < %(lanes)s"""
_UNSEEN = """
    task.project_id = %(project)s AND task.shelf = '{shelf}' AND task.is_open
    AND NOT EXISTS (SELECT 1 FROM tasks_assignment AS seen
                    WHERE seen.worker_id = %(worker)s AND seen.task_id = task.id {again})"""
# Unfinished work may be given again to who has let it go; gold and training never, or it would show.
_AGAIN = "AND seen.state NOT IN ('expired', 'returned')"
_CANDIDATES = """
    WITH RECURSIVE lane(rank, position) AS ({lanes}),
    mark(rank, ticket, task_id) AS (VALUES {marks}),
    start AS (
        SELECT {position} AS position, lane.rank, COALESCE(mark.task_id, 0) AS task_id, COALESCE(mark.ticket,
            CASE WHEN {position} < {reached} THEN {since} ELSE {floor} END) AS ticket
        FROM lane LEFT JOIN mark ON mark.rank = lane.rank
        WHERE lane.rank IS NOT NULL
    ),
    best AS (
        SELECT start.* FROM start WHERE EXISTS (
            SELECT 1 FROM tasks_task AS task
            WHERE {unseen} AND task.rank = start.rank AND (task.ticket, task.id) > (start.ticket, start.task_id)
            LIMIT 1 OFFSET 0)
        LIMIT 1
    )
    SELECT '{shelf}', (SELECT position FROM best), task.rank, task.ticket, task.id FROM tasks_task AS task
    WHERE {unseen} AND task.rank = (SELECT rank FROM best)
    AND (task.ticket, task.id) > ((SELECT ticket FROM best), (SELECT task_id FROM best))
    ORDER BY task.ticket, task.id LIMIT {limit}"""
# OFFSET 0 keeps PostgreSQL from turning the probes into one join over all tasks. For the same reason the best lane is
# compared with by subqueries: they are constants to the planner, so that the index gives the order.


def candidates(
    project: Project, worker_id: int, places: Mapping[str, Place], limits: Mapping[str, int], origin: int
) -> dict[str, list[Candidate]]:
    """By shelf, the next open tasks in the worker's best lane of it, in order; all in one statement, which does the
    same work whatever chance has decided.

    `origin` is the lane at which this worker begins where the order is random.
    """
    parts = [_sql(shelf, places[shelf], limit) for shelf, limit in limits.items()]
    statement = " UNION ALL ".join(f"SELECT * FROM ({part}) AS part_{n}" for n, part in enumerate(parts))  # noqa: S608
    found: dict[str, list[Candidate]] = {shelf: [] for shelf in limits}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"project": project.pk, "worker": worker_id, "origin": origin, "lanes": RANDOM_LANES})
        for row in cursor.fetchall():
            found[row[0]].append(Candidate(*row))
    return found


def _sql(shelf: str, place: Place, limit: int) -> str:
    """The statement for one shelf. What is filled in here are our own numbers and names."""
    marks = place.marks or {BEGINNING: (0, 0)}
    from_origin = place.order == Order.RANDOM and shelf == Shelf.WORK
    return _CANDIDATES.format(
        shelf=shelf,
        position="lane.position" if from_origin else "lane.rank",
        lanes=(_LANES_FROM_ORIGIN if from_origin else _LANES).format(shelf=shelf),
        marks=", ".join(f"({rank}, {ticket}, {task_id})" for rank, (ticket, task_id) in marks.items()),
        unseen=_UNSEEN.format(shelf=shelf, again=_AGAIN if shelf == Shelf.WORK else ""),
        reached=place.reached,
        since=place.since,
        floor=place.floor,
        limit=limit,
    )
