"""Leasing the tasks that were found, as far as nobody else is claiming them at this moment: one
statement."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from crowd.sql import Chain, Step, stored
from tasks.models import Assignment, Task, new_token
from tasks.queue.buckets import is_demoted
from tasks.queue.candidates import UNSEEN
from tasks.queue.cursors import Candidate
from tasks.queue.visits import Visit

Purpose = Task.Purpose
_LEASE = ("id", "token", "task_id")
_CLAIMED = """
    WITH free AS MATERIALIZED (
        SELECT task.id FROM tasks_task AS task
        WHERE {unseen} AND task.bucket = %(bucket)s AND (task.queued_at, task.id) >= (%(queued_at)s, %(task)s)
        ORDER BY task.queued_at, task.id LIMIT {count} {{skip_locked}}
    )
    UPDATE tasks_task SET leases_live = leases_live + 1{demoted} WHERE id IN (SELECT id FROM free)
    RETURNING id, data, frames"""
_LEASED = """
    INSERT INTO tasks_assignment
        (token, task_id, worker_id, state, skip_reason, leased_at, expires_at, exam_attempt)
    SELECT drawn.token, numbered.id, %(worker)s, 'live', '', %(from)s, %(until)s, %(attempt)s
    FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS number FROM {claimed} AS claimed) AS numbered
    JOIN (SELECT {number_0} AS number, {text_1} AS token FROM {rows_of}%(tokens)s{end_of_rows}) AS drawn
    ON drawn.number = numbered.number RETURNING id, token, task_id"""
_RESULT = """
    SELECT leased.id, leased.token, claimed.id, claimed.data, claimed.frames, '{purpose}', 1
    FROM {{leased}} AS leased JOIN {{claimed}} AS claimed ON claimed.id = leased.task_id"""


@cache
def _claim(purpose: str, count: int, *, is_demoted: bool) -> Chain:
    demoted = ", bucket = bucket + 1, queued_at = {microseconds}" if is_demoted else ""
    claimed = _CLAIMED.format(unseen=UNSEEN.format(purpose=purpose), count=count, demoted=demoted)
    return Chain(
        _RESULT.format(purpose=purpose), claimed=Step(claimed, ["id", "data", "frames"]), leased=Step(_LEASED, _LEASE)
    )


def claim(visit: Visit, first: Candidate, count: int) -> list[Assignment]:
    """Lease up to `count` tasks of a bucket, from this candidate on, passing over those that others
    are claiming at this moment."""
    order = visit.project.applied_order
    tokens = [[number, new_token()] for number in range(1, count + 1)]
    statement = _claim(first.purpose, count, is_demoted=is_demoted(order, first.purpose))
    return _lease(visit, statement, tokens, bucket=first.bucket, queued_at=first.queued_at, task=first.task_id)


# A slot is taken where one is free; a task that somebody is at in this moment gets its slot when
# the answer comes.
_SLOTS_TAKEN = """
    WITH free AS MATERIALIZED (
        SELECT task.id FROM tasks_task AS task
        WHERE task.id IN (SELECT {{number_0}} FROM {{rows_of}}%(tokens)s{{end_of_rows}}) AND task.is_open
        ORDER BY task.id {{skip_locked}}
    )
    UPDATE tasks_task SET leases_live = leases_live + 1{demoted} WHERE id IN (SELECT id FROM free) RETURNING id"""
_LEASED_AGAIN = """
    INSERT INTO tasks_assignment
        (token, task_id, worker_id, state, skip_reason, leased_at, expires_at, exam_attempt, holds_slot)
    SELECT {text_1}, {number_0}, %(worker)s, 'live', '', %(from)s, %(until)s, %(attempt)s,
           {number_0} IN (SELECT id FROM {taken} AS taken)
    FROM {rows_of}%(tokens)s{end_of_rows} RETURNING id, token, task_id, holds_slot"""
_RESULT_AGAIN = """
    SELECT leased.id, leased.token, task.id, task.data, task.frames, task.purpose, leased.holds_slot
    FROM {leased} AS leased JOIN tasks_task AS task ON task.id = leased.task_id"""
_DEMOTED = """,
    bucket = bucket + CASE WHEN purpose = 'work' THEN 1 ELSE 0 END,
    queued_at = CASE WHEN purpose = 'work' THEN {microseconds} ELSE queued_at END"""


@cache
def _claim_again(*, is_demoted: bool) -> Chain:
    taken = _SLOTS_TAKEN.format(demoted=_DEMOTED if is_demoted else "")
    return Chain(_RESULT_AGAIN, taken=Step(taken, ["id"]), leased=Step(_LEASED_AGAIN, [*_LEASE, "holds_slot"]))


def claim_again(visit: Visit, let_go: Sequence[Candidate]) -> list[Assignment]:
    """Lease these tasks, which the worker had let go, whether or not they have a slot."""
    statement = _claim_again(is_demoted=is_demoted(visit.project.applied_order, Purpose.WORK))
    return _lease(visit, statement, [[each.task_id, new_token()] for each in let_go])


def _lease(visit: Visit, statement: Chain, tokens: Sequence[Any], **where: Any) -> list[Assignment]:
    ends = visit.now + visit.project.lease
    attempt = visit.exam.attempt if visit.exam else None
    rows = statement.rows(
        project=visit.project.pk,
        worker=visit.queue_state.pk,
        attempt=attempt,
        tokens=json.dumps(tokens),
        **where,
        **{"from": stored(visit.now), "until": stored(ends)},
    )
    return [
        Assignment(
            pk=pk,
            token=token,
            task=Task(pk=task, data=json.loads(data), frames=json.loads(frames or "null"), purpose=purpose),
            worker=visit.queue_state.worker,
            leased_at=visit.now,
            expires_at=ends,
            holds_slot=bool(holds_slot),
            exam_attempt=attempt,
        )
        for pk, token, task, data, frames, purpose, holds_slot in rows
    ]
