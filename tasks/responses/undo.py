"""Skipping a task, and taking back what was done last: an answer or a skip."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext as _

from tasks.errors import AssignmentClosed, UndoClosed
from tasks.models import Assignment, QueueState, Response, Task
from tasks.queue.leases import hand_back
from tasks.queue.queue_states import note_skipped, note_unskipped
from tasks.queue.slots import release_slots, take_slot
from tasks.signals import announce_answers

State = Assignment.State


@transaction.atomic
def skip(*, assignment: Assignment, reason: str = "") -> None:
    """Give a task back unanswered; it does not come to this worker again. Raises
    AssignmentClosed."""
    skipped = Assignment.objects.filter(pk=assignment.pk, state=State.LIVE)
    if skipped.update(state=State.SKIPPED, skip_reason=reason, closed_at=Now()):
        if assignment.holds_slot:
            release_slots([assignment.task_id], assignment.worker.project.applied_order)
        Task.objects.filter(pk=assignment.task_id).update(passed_on=True)
        note_skipped(assignment)
    elif not Assignment.objects.filter(pk=assignment.pk, state=State.SKIPPED).exists():
        raise AssignmentClosed(_("This assignment is closed: it was answered, or its time is over."))


@transaction.atomic
def take_back(*, assignment: Assignment) -> Assignment:
    """Undo the last thing that the worker did, an answer or a skip: the worker holds a new lease on
    the task.

    Asking again gives the same lease. Raises UndoClosed when something was done after it, or when
    the project's time for second thoughts is over.
    """
    worker = assignment.worker
    Task.objects.filter(pk=assignment.task_id).lock()
    queue_state = QueueState.objects.filter(pk=worker.pk).select_related("last_response").first() or QueueState(
        worker=worker
    )
    since = Now() - timedelta(seconds=worker.project.undo_seconds)
    if queue_state.last_done != assignment.pk:
        raise UndoClosed(_("Only the last thing you did can be taken back, and only for a short while."))
    take = _take_back_skip if queue_state.last_skip_id else _take_back_answer
    holds_slot = take(assignment, since)
    if holds_slot is not None:
        return _lease_again(assignment, holds_slot=holds_slot)
    held = _live_of(assignment).select_related("task", "worker__project").first()
    if held is None:
        raise UndoClosed(_("It is too late to take this back."))
    return held


def _take_back_skip(skip: Assignment, since: Any) -> bool | None:
    """As if the task had been handed back. Says whether there is a slot for the new lease; None if
    it is no skip any more, or too old. It can be taken back even if others have given all answers
    meanwhile: with gold, which is always open, it can, too."""
    skipped = Assignment.objects.filter(pk=skip.pk, state=State.SKIPPED, closed_at__gte=since)
    if not skipped.update(state=State.RETURNED, exam_attempt=None):
        return None
    holds_slot = take_slot(skip.task_id, skip.worker.project.applied_order)
    note_unskipped(skip)
    return holds_slot


def _take_back_answer(assignment: Assignment, since: Any) -> bool | None:
    """The answer is kept as history. Says whether it counted, so that the new lease holds its slot;
    None if it does not stand any more, or is too old.

    An answer that did not count can be taken back, too: late answers to gold always count, so a
    difference would give gold away.
    """
    if assignment.task.purpose == Task.Purpose.TRAINING:
        raise UndoClosed(_("An answer given in training can't be taken back: you have been told what is right."))
    standing = Response.objects.filter(assignment=assignment, replaced_at=None, voided_at=None, received_at__gte=since)
    answer = standing.select_for_update().first()
    if answer is None:
        return None
    for beside in _live_of(assignment).select_related("worker__project"):  # made while the answer came in late
        hand_back(assignment=beside)
    standing.update(replaced_at=Now())
    counts = int(answer.counted)
    Task.objects.filter(pk=assignment.task_id).update(
        leases_live=F("leases_live") + counts,
        answers_counted=F("answers_counted") - counts,
        revision=F("revision") + counts,
        passed_on=True,
    )
    QueueState.objects.filter(pk=assignment.worker_id).update(
        answered=F("answered") - 1, answered_today=Greatest(F("answered_today") - 1, 0), held=F("held") + 1
    )
    Assignment.objects.filter(pk=assignment.pk).update(exam_attempt=None)
    announce_answers(assignment.worker.project_id)
    return answer.counted


def _live_of(assignment: Assignment) -> QuerySet[Assignment]:
    """The worker's lease on this task, if there is one."""
    return Assignment.objects.filter(task=assignment.task_id, worker=assignment.worker_id, state=State.LIVE)


def _lease_again(assignment: Assignment, *, holds_slot: bool) -> Assignment:
    lease = Assignment.objects.create(
        task=assignment.task,
        worker=assignment.worker,
        expires_at=Now() + assignment.worker.project.lease,
        holds_slot=holds_slot,
        exam_attempt=assignment.exam_attempt,
        predicted=assignment.predicted,
        blind=assignment.blind,
    )
    lease.refresh_from_db(fields=["expires_at"])
    return lease
