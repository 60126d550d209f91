"""Finding a worker's next tasks: one statement, for which no project is too large.

First comes what this worker was shown and let go: always, even if others have given all answers meanwhile. If it came
only while it is still open, those that come for ever would be the gold, of which nobody ever has enough. Whether a task
comes again depends on nothing but what its worker did, so nothing can be learnt from it. Then come tasks that the
worker has never seen, from the lanes.

The best lane with anything beyond the worker's place is found by one probe of the index for each lane that has open
tasks, and the tasks in it by one more. The SQL is such that PostgreSQL has no worse way, even where it knows nothing of
the tables yet: `OFFSET 0` keeps it from turning probes into joins over all tasks, or over all that a worker has seen;
`ORDER BY` with `LIMIT`, in place of `MIN`, from reading a whole index; subqueries in place of a join from losing the
order of the lanes, and from sorting tasks that the index gives in order. For the same reason no index of assignments
begins with the worker alone. Limits are written out: with one it doesn't know, it would plan anew at every call, which
takes longer than all the rest.
"""

import json
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

from crowd.projects.models import Order
from crowd.sql import Statement
from tasks.models import Task
from tasks.queue.buckets import RANDOM_LANES
from tasks.queue.cursors import BEGINNING, Candidate, Place
from tasks.queue.visits import Visit

Shelf = Task.Shelf
HELD, LET_GO, DONE = "held", "let_go", "done"
# The lanes that have open tasks, hopping from each to the next; or all there are, from the worker's own on.
_LANES = """
    SELECT CAST({beyond} AS BIGINT), 0
    UNION ALL
    SELECT (SELECT task.rank FROM tasks_task AS task WHERE task.project_id = %(project)s AND task.shelf = '{shelf}'
            AND task.is_open AND task.rank > lane.rank ORDER BY task.rank, task.ticket, task.id LIMIT 1), 0
    FROM lane WHERE lane.rank IS NOT NULL"""
_LANES_FROM_ORIGIN = """
    SELECT CAST(%(origin)s AS BIGINT), 0
    UNION ALL
    SELECT (rank + 1) %% {lanes}, position + 1 FROM lane WHERE position + 1 < {lanes}"""
UNSEEN = """
    task.project_id = %(project)s AND task.shelf = '{shelf}' AND task.is_open
    AND NOT EXISTS (SELECT 1 FROM tasks_assignment WHERE worker_id = %(worker)s AND task_id = task.id
                    LIMIT 1 OFFSET 0)"""
# What the worker was shown and had not finished when last seen, with what has become of it. What is taught meanwhile is
# not handed out, and remembered.
_UNFINISHED = """
    SELECT (SELECT CASE MAX(CASE state WHEN 'live' THEN 1 WHEN 'submitted' THEN 2 WHEN 'skipped' THEN 2 ELSE 0 END)
                   WHEN 0 THEN CASE task.shelf WHEN 'training' THEN 'held' ELSE 'let_go' END
                   WHEN 1 THEN 'held' ELSE 'done' END
            FROM tasks_assignment WHERE worker_id = %(worker)s AND task_id = task.id),
        {number_0}, 0, 0, task.id
    FROM {rows_of}%(unfinished)s{end_of_rows} JOIN tasks_task AS task ON task.id = {number_1}"""
_CANDIDATES = """
    WITH RECURSIVE lane(rank, position) AS ({lanes}),
    mark(rank, ticket, task_id) AS (
        SELECT {{number_0}}, {{number_1}}, {{number_2}} FROM {{rows_of}}%({shelf}_marks)s{{end_of_rows}}),
    start AS (
        SELECT {position} AS position, lane.rank,
            COALESCE((SELECT task_id FROM mark WHERE mark.rank = lane.rank), 0) AS task_id,
            COALESCE((SELECT ticket FROM mark WHERE mark.rank = lane.rank),
                     CASE WHEN {position} < %({shelf}_reached)s
                     THEN CAST(%({shelf}_since)s AS BIGINT) ELSE %({shelf}_floor)s END) AS ticket
        FROM lane WHERE {position} > {beyond}
    ),
    best AS (
        SELECT * FROM start WHERE EXISTS (
            SELECT 1 FROM tasks_task AS task
            WHERE {unseen} AND task.rank = start.rank AND (task.ticket, task.id) > (start.ticket, start.task_id)
            ORDER BY task.ticket, task.id LIMIT 1 OFFSET 0)
        LIMIT 1
    )
    SELECT '{shelf}', (SELECT position FROM best), task.rank, task.ticket, task.id FROM tasks_task AS task
    WHERE {unseen} AND task.rank = (SELECT rank FROM best)
    AND (task.ticket, task.id) > ((SELECT ticket FROM best), (SELECT task_id FROM best))
    ORDER BY task.ticket, task.id LIMIT {count}"""


@cache
def _candidates(shelves: tuple[str, ...], count: int, *, from_origin: bool) -> Statement:
    beyond = [*[str(BEGINNING)] * (len(shelves) - 1), "%(beyond)s"]
    parts = [
        _part(*each, count, from_origin=from_origin and each[0] == Shelf.WORK)
        for each in zip(shelves, beyond, strict=True)
    ]
    selects = [f"SELECT * FROM ({part}) AS part_{n}" for n, part in enumerate(parts)]  # noqa: S608 (all of it is ours)
    return Statement(" UNION ALL ".join(selects + [_UNFINISHED] * (len(shelves) > 1)))


def _part(shelf: str, beyond: str, count: int, *, from_origin: bool) -> str:
    lanes = _LANES_FROM_ORIGIN if from_origin else _LANES
    return _CANDIDATES.format(
        shelf=shelf,
        lanes=lanes.format(lanes=RANDOM_LANES, shelf=shelf, beyond=beyond),
        position="lane.position" if from_origin else "lane.rank",
        beyond=beyond,
        unseen=UNSEEN.format(shelf=shelf),
        count=count,
    )


def candidates(visit: Visit, count: int, origin: int, beyond: int = BEGINNING) -> dict[str, list[Candidate]]:
    """By shelf, up to `count` open tasks from the worker's best lane of it, in order; at work also what is unfinished,
    by whether it is held or was let go. All of it is one statement, which does the same work whatever chance decided.

    `origin` is the lane at which this worker begins where the order is random; of the last shelf, only lanes at
    positions after `beyond` are looked at.
    """
    shelves = tuple(visit.places)
    from_origin = visit.places[shelves[-1]].order == Order.RANDOM
    found: dict[str, list[Candidate]] = {each: [] for each in (*shelves, HELD, LET_GO, DONE)}
    where = chain.from_iterable(_where(shelf, place).items() for shelf, place in visit.places.items())
    parameters = {"project": visit.project.pk, "worker": visit.desk.pk, "beyond": beyond, **dict(where)}
    if visit.at_work:
        parameters["unfinished"] = json.dumps([*enumerate(visit.desk.unfinished)])
    if from_origin:
        parameters["origin"] = origin
    for row in _candidates(shelves, count, from_origin=from_origin).rows(**parameters):
        found[row[0]].append(Candidate(*row))
    found[LET_GO].sort(key=attrgetter("position"))  # a join may bring them in any order
    return found


def _where(shelf: str, place: Place) -> dict[str, Any]:
    marks = [[rank, *mark] for rank, mark in place.marks.items()]
    return {
        f"{shelf}_marks": json.dumps(marks),
        f"{shelf}_reached": place.reached,
        f"{shelf}_since": place.since,
        f"{shelf}_floor": place.floor,
    }
