"""Storing an answer: the lease is closed, its slot filled, the answer stored and counted in the
worker's queue state.

Rows are locked in one order everywhere: the assignment, its task, the worker's queue state. Each
step reads what the one before it returned, so that they happen in this order, and none of them
where the lease was not live any more.
"""

import json
from typing import Any, NamedTuple

from crowd.projects.answer_kinds import Answer
from crowd.sql import Chain, Columns, Step, moment
from tasks.models import Assignment, QueueState, Response, Task
from tasks.queue.limits import interval_of

_QUEUE_STATE = Columns(QueueState, "tasks_queuestate")
_CLOSED = """
    UPDATE tasks_assignment SET state = 'submitted', closed_at = {now}
    WHERE id = %(assignment)s AND state = 'live' RETURNING task_id"""
# A lease without a slot fills one if there is one now.
_FILLED = """
    UPDATE tasks_task SET leases_live = leases_live - %(holds_slot)s, answers_counted = answers_counted + 1,
    revision = revision + 1, exhausted_at = NULL
    WHERE id IN (SELECT task_id FROM {closed} AS closed) AND (%(holds_slot)s = 1 OR is_open OR purpose <> 'work')
    RETURNING id"""
_STORED = """
    INSERT INTO tasks_response (task_id, worker_id, assignment_id, answer, seconds, counted, received_at)
    SELECT task_id, %(worker)s, %(assignment)s, %(answer)s, %(seconds)s, {counts}, {{now}} FROM {{closed}} AS closed
    RETURNING id, received_at, counted"""
_STORED_COLUMNS = ("id", "received_at", "counted")
_STORED_IF_FILLED = _STORED.format(counts="(SELECT COUNT(*) FROM {filled} AS filled) = 1")
_STORED_AS_SAID = _STORED.format(counts="%(counted)s")
# The same whatever the task was.
_NOTED = """
    UPDATE tasks_queuestate SET answered = answered + 1, held = held - %(held)s, trained = trained + %(trained)s,
    last_response_id = (SELECT id FROM {stored} AS stored), last_skip_id = NULL, day = {today},
    answered_today = CASE WHEN day = {today} THEN answered_today + 1 ELSE 1 END, let_go_in_a_row = 0,
    let_go_today = CASE WHEN day = {today} THEN let_go_today ELSE 0 END,
    paced_until = CASE WHEN {microseconds} > paced_until THEN {microseconds} ELSE paced_until END + %(interval)s
    WHERE worker_id = %(worker)s AND EXISTS (SELECT 1 FROM {stored} AS stored) RETURNING """
_NOTED += _QUEUE_STATE.select
_RESULT = """
    SELECT stored.id, stored.received_at, stored.counted, noted.*
    FROM {stored} AS stored LEFT JOIN {noted} AS noted ON 1 = 1"""
_FILL = Chain(
    _RESULT,
    closed=Step(_CLOSED, ["task_id"]),
    filled=Step(_FILLED, ["task_id"]),
    stored=Step(_STORED_IF_FILLED, _STORED_COLUMNS),
    noted=Step(_NOTED, _QUEUE_STATE.columns),
)
_STORE = Chain(
    _RESULT,
    closed=Step("SELECT id FROM tasks_task WHERE id = %(task)s", ["task_id"]),
    stored=Step(_STORED_AS_SAID, _STORED_COLUMNS),
    noted=Step(_NOTED, _QUEUE_STATE.columns),
)


class Stored(NamedTuple):
    """A stored response, and the worker's queue state, which is locked where a transaction goes
    on."""

    response: Response
    queue_state: QueueState


def fill_slot(assignment: Assignment, answer: Answer, seconds: float | None) -> Stored | None:
    """Store the answer to a live lease. Nothing happens, and the result is None, if the lease is
    live no more."""
    holds_slot = int(assignment.holds_slot)
    return _run(_FILL, assignment, answer=json.dumps(answer), seconds=seconds, holds_slot=holds_slot, held=1)


def store(assignment: Assignment, answer: Answer, seconds: float | None, *, counted: bool, held: bool) -> Stored | None:
    """Store an answer whose assignment is closed and whose slot is filled, if it counts; `held`
    says whether a live lease was used up."""
    return _run(_STORE, assignment, answer=json.dumps(answer), seconds=seconds, counted=counted, held=int(held))


def _run(chain: Chain, assignment: Assignment, **values: Any) -> Stored | None:
    rows = chain.rows(
        task=assignment.task_id,
        assignment=assignment.pk,
        worker=assignment.worker_id,
        trained=int(assignment.task.purpose == Task.Purpose.TRAINING),
        interval=interval_of(assignment.worker.project),
        **values,
    )
    if not rows:
        return None
    (pk, received_at, counted, *queue_state) = rows[0]
    response = Response(
        pk=pk,
        task_id=assignment.task_id,
        worker_id=assignment.worker_id,
        assignment_id=assignment.pk,
        answer=json.loads(values["answer"]),
        seconds=values["seconds"],
        counted=bool(counted),
        received_at=moment(received_at),
    )
    return Stored(response, _QUEUE_STATE.build(queue_state))
