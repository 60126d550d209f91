"""Finding a worker's next tasks, and leasing them: two statements, for which no project is too large.

The best lane with anything beyond the worker's place is found by one probe of the index for each lane that has open
tasks, and the tasks in it by one more. The SQL is such that PostgreSQL has no worse way, even where it knows nothing of
the tables yet: `OFFSET 0` keeps it from turning probes into joins over all tasks, or over all that a worker has seen;
`ORDER BY` with `LIMIT`, in place of `MIN`, from reading a whole index; subqueries in place of a join from losing the
order of the lanes, and from sorting tasks that the index gives in order. For the same reason no index of assignments
begins with the worker alone. Limits are written out: with one it doesn't know, it would plan anew at every call, which
takes longer than all the rest.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from crowd.projects.models import Order
from crowd.sql import Chain, Statement, stored
from tasks.desks import Visit
from tasks.lanes import BEGINNING, RANDOM_LANES, Candidate, Place, falls_back
from tasks.models import Assignment, Task, new_token

Shelf = Task.Shelf

# The lanes that have open tasks, hopping from each to the next; or all there are, from the worker's own on.
_LANES = """
    SELECT (SELECT rank FROM tasks_task WHERE project_id = %(project)s AND shelf = '{shelf}'
            AND is_open ORDER BY rank, ticket, id LIMIT 1), 0
    UNION ALL
    SELECT (SELECT task.rank FROM tasks_task AS task WHERE task.project_id = %(project)s AND task.shelf = '{shelf}'
            AND task.is_open AND task.rank > lane.rank ORDER BY task.rank, task.ticket, task.id LIMIT 1), 0
    FROM lane WHERE lane.rank IS NOT NULL"""
_LANES_FROM_ORIGIN = """
    SELECT CAST(%(origin)s AS BIGINT), 0
    UNION ALL
    SELECT (rank + 1) %% {lanes}, position + 1 FROM lane WHERE position + 1 < {lanes}"""
_UNSEEN = """
    task.project_id = %(project)s AND task.shelf = '{shelf}' AND task.is_open
    AND NOT EXISTS (SELECT 1 FROM tasks_assignment AS seen
                    WHERE seen.worker_id = %(worker)s AND seen.task_id = task.id {again} LIMIT 1 OFFSET 0)"""
# Unfinished work may be given again to who has let it go; gold and training never, or it would show.
_AGAIN = "AND seen.state NOT IN ('expired', 'returned')"
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
        FROM lane WHERE lane.rank IS NOT NULL{beyond}
    ),
    best AS (
        SELECT start.* FROM start WHERE EXISTS (
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
    beyond = [*[""] * (len(shelves) - 1), " AND {position} > %(beyond)s"]
    parts = [
        _part(*each, count, from_origin=from_origin and each[0] == Shelf.WORK)
        for each in zip(shelves, beyond, strict=True)
    ]
    return Statement(" UNION ALL ".join(f"SELECT * FROM ({part}) AS part_{n}" for n, part in enumerate(parts)))  # noqa: S608


def _part(shelf: str, beyond: str, count: int, *, from_origin: bool) -> str:
    position = "lane.position" if from_origin else "lane.rank"
    return _CANDIDATES.format(
        shelf=shelf,
        lanes=_LANES_FROM_ORIGIN.format(lanes=RANDOM_LANES) if from_origin else _LANES.format(shelf=shelf),
        position=position,
        beyond=beyond.format(position=position),
        unseen=_unseen(shelf),
        count=count,
    )


def _unseen(shelf: str) -> str:
    return _UNSEEN.format(shelf=shelf, again=_AGAIN if shelf == Shelf.WORK else "")


def candidates(
    project: int, worker: int, places: Mapping[str, Place], count: int, origin: int, beyond: int = BEGINNING
) -> dict[str, list[Candidate]]:
    """By shelf, up to `count` open tasks from the worker's best lane of it, in order; all in one statement, which does
    the same work whatever chance has decided.

    `origin` is the lane at which this worker begins where the order is random; of the last shelf, only lanes at
    positions after `beyond` are looked at.
    """
    shelves = tuple(places)
    from_origin = places[shelves[-1]].order == Order.RANDOM
    found: dict[str, list[Candidate]] = {shelf: [] for shelf in shelves}
    where = chain.from_iterable(_where(shelf, place).items() for shelf, place in places.items())
    parameters = {"project": project, "worker": worker, "beyond": beyond, **dict(where)}
    if from_origin:
        parameters["origin"] = origin
    for row in _candidates(shelves, count, from_origin=from_origin).rows(**parameters):
        found[row[0]].append(Candidate(*row))
    return found


def _where(shelf: str, place: Place) -> dict[str, Any]:
    marks = [[rank, *mark] for rank, mark in place.marks.items()]
    return {
        f"{shelf}_marks": json.dumps(marks),
        f"{shelf}_reached": place.reached,
        f"{shelf}_since": place.since,
        f"{shelf}_floor": place.floor,
    }


_CLAIMED = """
    WITH free AS MATERIALIZED (
        SELECT task.id FROM tasks_task AS task
        WHERE {unseen} AND task.rank = %(rank)s AND (task.ticket, task.id) >= (%(ticket)s, %(task)s)
        ORDER BY task.ticket, task.id LIMIT {count} {{skip_locked}}
    )
    UPDATE tasks_task SET leases_live = leases_live + 1{fallen_back} WHERE id IN (SELECT id FROM free)
    RETURNING id, data, image_id"""
_LEASED = """
    INSERT INTO tasks_assignment
        (token, task_id, worker_id, state, skip_reason, leased_at, expires_at, exam_attempt)
    SELECT drawn.token, numbered.id, %(worker)s, 'live', '', %(from)s, %(until)s, %(attempt)s
    FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS number FROM {claimed} AS claimed) AS numbered
    JOIN (SELECT {number_0} AS number, {text_1} AS token FROM {rows_of}%(tokens)s{end_of_rows}) AS drawn
    ON drawn.number = numbered.number RETURNING id, token, task_id"""
_RESULT = """
    SELECT leased.id, leased.token, claimed.id, claimed.data, claimed.image_id
    FROM {leased} AS leased JOIN {claimed} AS claimed ON claimed.id = leased.task_id"""


@cache
def _claim(shelf: str, count: int, *, falls_back: bool) -> Chain:
    fallen_back = ", rank = rank + 1, ticket = {microseconds}" if falls_back else ""
    claimed = _CLAIMED.format(unseen=_unseen(shelf), count=count, fallen_back=fallen_back)
    return Chain(_RESULT, claimed=claimed, leased=_LEASED)


def claim(visit: Visit, lane: Sequence[Candidate], count: int) -> list[Assignment]:
    """Lease up to `count` tasks of this lane, from the first candidate on, passing over those that others are claiming
    at this moment."""
    first, project = lane[0], visit.project
    ends = visit.now + project.lease
    attempt = visit.exam.attempt if visit.exam else None
    rows = _claim(first.shelf, count, falls_back=falls_back(project.ranked_order, first.shelf)).rows(
        project=project.pk,
        worker=visit.desk.pk,
        rank=first.rank,
        ticket=first.ticket,
        task=first.task_id,
        attempt=attempt,
        tokens=json.dumps([[number, new_token()] for number in range(1, count + 1)]),
        **{"from": stored(visit.now), "until": stored(ends)},
    )
    return [
        Assignment(
            pk=pk,
            token=token,
            task=Task(pk=task, data=json.loads(data), image_id=image, shelf=first.shelf),
            worker=visit.desk.worker,
            leased_at=visit.now,
            expires_at=ends,
            exam_attempt=attempt,
        )
        for pk, token, task, data, image in rows
    ]
