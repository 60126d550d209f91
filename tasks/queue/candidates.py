"""Finding a worker's next tasks: one statement, for which no project is too large.

What this worker was shown and let go comes first, even if others have given all answers meanwhile.
If it came only while it is open, work would stop coming and gold, which is always open, would not:
that would give gold away. Whether a task comes again depends only on what its worker did, so
nothing can be learnt from it. Then come tasks that the worker has never seen, from the buckets.

The best bucket with anything beyond the worker's cursor is found by one probe of the index for each
bucket that has open tasks, and the tasks in it by one more; docs/candidates.sql shows the
statement. The SQL leaves PostgreSQL no slow plan to choose, even before it knows anything of the
tables. `OFFSET 0` keeps it from turning probes into joins over all tasks, or over all that a worker
has seen. `ORDER BY` with `LIMIT`, in place of `MIN`, keeps it from reading a whole index.
Subqueries, in place of a join, keep the order of the buckets, and keep it from sorting tasks that
the index gives in order. For the same reason no index of assignments begins with the worker alone.
Limits are written out: with a limit that is a parameter PostgreSQL would plan anew at every call,
which takes longer than all the rest.
"""

import json
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

from crowd.projects.models import Order
from crowd.sql import Statement
from tasks.models import Task
from tasks.queue.buckets import RANDOM_BUCKETS
from tasks.queue.cursors import BEGINNING, Candidate, Cursor
from tasks.queue.visits import Visit

Purpose = Task.Purpose
HELD, LET_GO, DONE = "held", "let_go", "done"
# The buckets that have open tasks, hopping from each to the next; or all there are, from the
# worker's own on.
_BUCKETS = """
    SELECT CAST({beyond} AS BIGINT), 0
    UNION ALL
    SELECT (SELECT task.bucket FROM tasks_task AS task WHERE project_id = %(project)s AND purpose = '{purpose}'
            AND is_open AND task.bucket > buckets.number ORDER BY task.bucket, task.queued_at, task.id LIMIT 1), 0
    FROM buckets WHERE number IS NOT NULL"""
_BUCKETS_FROM_ORIGIN = """
    SELECT CAST(%(origin)s AS BIGINT), 0
    UNION ALL
    SELECT (number + 1) %% {buckets}, position + 1 FROM buckets WHERE position + 1 < {buckets}"""
UNSEEN = """
    project_id = %(project)s AND purpose = '{purpose}' AND is_open
    AND NOT EXISTS (SELECT 1 FROM tasks_assignment WHERE worker_id = %(worker)s AND task_id = task.id
                    LIMIT 1 OFFSET 0)"""
# What the worker was shown and had not finished when last seen, with what has become of it. What is
# taught meanwhile is not handed out, and remembered.
_UNFINISHED = """
    SELECT (SELECT CASE MAX(CASE state WHEN 'live' THEN 1 WHEN 'submitted' THEN 2 WHEN 'skipped' THEN 2 ELSE 0 END)
                   WHEN 0 THEN CASE task.purpose WHEN 'training' THEN 'held' ELSE 'let_go' END
                   WHEN 1 THEN 'held' ELSE 'done' END
            FROM tasks_assignment WHERE worker_id = %(worker)s AND task_id = task.id),
        {number_0}, 0, 0, task.id
    FROM {rows_of}%(unfinished)s{end_of_rows} JOIN tasks_task AS task ON task.id = {number_1}"""
_CANDIDATES = """
    WITH RECURSIVE buckets(number, position) AS ({buckets}),
    mark(bucket, queued_at, task_id) AS (
        SELECT {{number_0}}, {{number_1}}, {{number_2}} FROM {{rows_of}}%({purpose}_marks)s{{end_of_rows}}),
    start AS (
        SELECT {position} AS position, number,
            COALESCE((SELECT task_id FROM mark WHERE bucket = number), 0) AS task_id,
            COALESCE((SELECT queued_at FROM mark WHERE bucket = number),
                     CASE WHEN {position} < %({purpose}_reached)s
                     THEN CAST(%({purpose}_since)s AS BIGINT) ELSE %({purpose}_floor)s END) AS queued_at
        FROM buckets WHERE {position} > {beyond}
    ),
    best AS (
        SELECT * FROM start WHERE EXISTS (
            SELECT 1 FROM tasks_task AS task
            WHERE {unseen} AND task.bucket = number AND (task.queued_at, task.id) > (start.queued_at, task_id)
            ORDER BY task.queued_at, task.id LIMIT 1 OFFSET 0)
        LIMIT 1
    )
    SELECT '{purpose}', (SELECT position FROM best), task.bucket, task.queued_at, task.id FROM tasks_task AS task
    WHERE {unseen} AND task.bucket = (SELECT number FROM best)
    AND (task.queued_at, task.id) > ((SELECT queued_at FROM best), (SELECT task_id FROM best))
    ORDER BY task.queued_at, task.id LIMIT {count}"""


@cache
def statement_for(purposes: tuple[str, ...], count: int, *, from_origin: bool) -> Statement:
    """The statement that finds up to `count` tasks for each purpose; with `from_origin`, in the
    random order."""
    beyond = [*[str(BEGINNING)] * (len(purposes) - 1), "%(beyond)s"]
    parts = [
        _part(*each, count, from_origin=from_origin and each[0] == Purpose.WORK)
        for each in zip(purposes, beyond, strict=True)
    ]
    selects = [f"SELECT * FROM ({part}) AS part_{n}" for n, part in enumerate(parts)]  # noqa: S608 (all of it is ours)
    return Statement(" UNION ALL ".join(selects + [_UNFINISHED] * (len(purposes) > 1)))


def _part(purpose: str, beyond: str, count: int, *, from_origin: bool) -> str:
    buckets = _BUCKETS_FROM_ORIGIN if from_origin else _BUCKETS
    return _CANDIDATES.format(
        purpose=purpose,
        buckets=buckets.format(buckets=RANDOM_BUCKETS, purpose=purpose, beyond=beyond),
        position="position" if from_origin else "number",
        beyond=beyond,
        unseen=UNSEEN.format(purpose=purpose),
        count=count,
    )


def candidates(visit: Visit, count: int, origin: int, beyond: int = BEGINNING) -> dict[str, list[Candidate]]:
    """By purpose, up to `count` open tasks from the worker's best bucket, in order; at work also
    what is unfinished, by whether it is held or was let go. All of it is one statement, which does
    the same work whatever chance decided.

    `origin` is the bucket at which this worker begins where the order is random; of the last
    purpose, only buckets at positions after `beyond` are looked at.
    """
    purposes = tuple(visit.cursors)
    from_origin = visit.cursors[purposes[-1]].order == Order.RANDOM
    found: dict[str, list[Candidate]] = {each: [] for each in (*purposes, HELD, LET_GO, DONE)}
    where = chain.from_iterable(_where(purpose, cursor).items() for purpose, cursor in visit.cursors.items())
    parameters = {"project": visit.project.pk, "worker": visit.queue_state.pk, "beyond": beyond, **dict(where)}
    if visit.at_work:
        parameters["unfinished"] = json.dumps([*enumerate(visit.queue_state.unfinished)])
    if from_origin:
        parameters["origin"] = origin
    for row in statement_for(purposes, count, from_origin=from_origin).rows(**parameters):
        found[row[0]].append(Candidate(*row))
    found[LET_GO].sort(key=attrgetter("position"))  # a join may bring them in any order
    return found


def _where(purpose: str, cursor: Cursor) -> dict[str, Any]:
    marks = [[bucket, *mark] for bucket, mark in cursor.marks.items()]
    return {
        f"{purpose}_marks": json.dumps(marks),
        f"{purpose}_reached": cursor.reached,
        f"{purpose}_since": cursor.since,
        f"{purpose}_floor": cursor.floor,
    }
