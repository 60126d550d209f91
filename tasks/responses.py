"""What workers do with an assignment: answer it, take the answer back, or skip it."""

from contextlib import nullcontext
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext as _

from crowd.projects.models import Membership
from tasks.answers import Answer, answer_type
from tasks.desks import note_skipped, note_unskipped
from tasks.errors import AssignmentClosed, UndoClosed
from tasks.keeping import Kept, fill_slot, keep
from tasks.models import Assignment, Desk, Response, Task
from tasks.queue import Leased, hand_back, lease_at, lease_tasks, return_leases
from tasks.signals import Correction, answers_arrived, correct
from tasks.slots import release_slots, take_slot

State = Assignment.State


class Submitted(NamedTuple):
    """What became of an answer: the stored response, whether it is new, in training what is right and why, and what was
    leased along with it."""

    response: Response
    new: bool
    correction: Correction | None = None
    leased: Leased | None = None


def submit_response(
    *, assignment: Assignment, answer: Answer, seconds: float | None = None, lease_next: bool = False
) -> Submitted:
    """Record a worker's answer and close the assignment; with `lease_next` lease the next task in one transaction.

    The same answer again gets the response that is stored. An answer that comes after its lease ended counts if the
    slot is still free, and is kept as surplus if not; so is what comes from a worker who is paused. Raises
    InvalidAnswer, AssignmentClosed.
    """
    answer = answer_type(assignment.worker.project).parse(answer, assignment.worker.project)
    if _is_paused(assignment):
        return_leases(assignment.worker_id)
    kept, leased = _store(assignment, answer, seconds, lease_next=lease_next)
    if kept is not None:
        _announce(assignment)
        return Submitted(kept.response, True, _correction(assignment, answer), leased)
    stored = _standing(assignment)
    if stored is not None and stored.answer == answer:
        leased = _leased_since(stored) if lease_next else None
        return Submitted(stored, False, _correction(assignment, answer), leased)
    raise AssignmentClosed(_("This assignment is closed: it was answered or skipped. Ask for the next."))


def _store(
    assignment: Assignment, answer: Answer, seconds: float | None, *, lease_next: bool
) -> tuple[Kept | None, Leased | None]:
    """Store the answer and lease what comes next; nothing if the assignment is closed, or the worker's answer to the
    task stands already: a late one may have come in just while this lease was made."""
    try:
        with transaction.atomic(savepoint=False) if lease_next else nullcontext():  # to store it is one statement
            kept = fill_slot(assignment, answer, seconds) or _record_late(assignment, answer, seconds)
            return kept, _lease_next(assignment, kept) if lease_next and kept else None
    except IntegrityError:
        if _standing(assignment) is None:
            raise
        return None, None


def _standing(assignment: Assignment) -> Response | None:
    """The worker's answer to this task, by whichever lease."""
    return Response.objects.filter(task=assignment.task_id, worker=assignment.worker_id, replaced_at=None).first()


def _is_paused(assignment: Assignment) -> bool:
    return assignment.worker.status == Membership.Status.PAUSED


def _lease_next(assignment: Assignment, kept: Kept) -> Leased:
    kept.desk.worker = assignment.worker
    return lease_at(kept.desk, kept.response.received_at)


def _leased_since(response: Response) -> Leased:
    """What the first reply to this answer leased, if it is still open: the retry gets it again, and no other."""
    held = Assignment.objects.filter(worker=response.worker_id, state=State.LIVE, leased_at__gte=response.received_at)
    lost = held.select_related("task").order_by("pk").first()
    return ([lost], None) if lost else lease_tasks(worker=response.worker)


def _record_late(assignment: Assignment, answer: Answer, seconds: float | None) -> Kept | None:
    """The answer to a lease that ended; None if it was answered or skipped, or the worker has answered the task by
    another lease."""
    try:
        with transaction.atomic():
            if not _close(Q(pk=assignment.pk, state__in=[State.EXPIRED, State.RETURNED]), State.SUBMITTED):
                return None
            counted, held = _count_late(assignment)
            return keep(assignment, answer, seconds, counted=counted, held=held)
    except IntegrityError:
        return None


def _announce(assignment: Assignment) -> None:
    """After the commit, let whoever listens know that there is something new."""
    project_id = assignment.worker.project_id
    transaction.on_commit(lambda: answers_arrived.send(sender=Response, project_id=project_id), robust=True)


def _close(which: Q, state: Assignment.State) -> bool:
    return Assignment.objects.filter(which).update(state=state, closed_at=Now()) == 1


def _count_late(assignment: Assignment) -> tuple[bool, bool]:
    """Take a slot for an answer whose lease has ended: one this worker holds by a newer lease, or a free one; none for
    who is paused. Says whether the answer counts, and whether a live lease was used up."""
    if _is_paused(assignment):
        return False, False
    task = Task.objects.filter(pk=assignment.task_id)
    counted_now = {
        "answers_counted": F("answers_counted") + 1,
        "revision": F("revision") + 1,
        "exhausted_at": None,
    }
    newer = Q(task=assignment.task_id, worker=assignment.worker_id, state=State.LIVE)
    if _close(newer & Q(holds_slot=True), State.SUBMITTED):
        return task.update(leases_live=F("leases_live") - 1, **counted_now) == 1, True
    held = _close(newer, State.SUBMITTED)
    return task.with_slot().update(**counted_now) == 1, held


def _correction(assignment: Assignment, answer: Answer) -> Correction | None:
    """In training a worker is told at once; never otherwise."""
    if assignment.task.shelf != Task.Shelf.TRAINING:
        return None
    return correct({assignment.task_id: answer}).get(assignment.task_id)


@transaction.atomic
def skip(*, assignment: Assignment, reason: str = "") -> None:
    """Give a task back unanswered; it does not come to this worker again. Raises AssignmentClosed."""
    skipped = Assignment.objects.filter(pk=assignment.pk, state=State.LIVE)
    if skipped.update(state=State.SKIPPED, skip_reason=reason, closed_at=Now()):
        if assignment.holds_slot:
            release_slots([assignment.task_id], assignment.worker.project.ranked_order)
        Task.objects.filter(pk=assignment.task_id).update(passed_on=True)
        note_skipped(assignment)
    elif not Assignment.objects.filter(pk=assignment.pk, state=State.SKIPPED).exists():
        raise AssignmentClosed(_("This assignment is closed: it was answered, or its time is over."))


@transaction.atomic
def take_back(*, assignment: Assignment) -> Assignment:
    """Undo the last thing that the worker did, an answer or a skip: the worker holds a new lease on the task.

    Asking again gives the same lease. Raises UndoClosed when something was done after it, or when the project's time
    for second thoughts is over.
    """
    worker = assignment.worker
    Task.objects.filter(pk=assignment.task_id).lock()
    desk = Desk.objects.filter(pk=worker.pk).select_related("last_response").first() or Desk(worker=worker)
    since = Now() - timedelta(seconds=worker.project.undo_seconds)
    if desk.last_done != assignment.pk:
        raise UndoClosed(_("Only the last thing you did can be taken back, and only for a short while."))
    take = _take_back_skip if desk.last_skip_id else _take_back_answer
    holds_slot = take(assignment, since)
    if holds_slot is not None:
        return _lease_again(assignment, holds_slot=holds_slot)
    held = _live_of(assignment).select_related("task", "worker__project").first()
    if held is None:
        raise UndoClosed(_("It is too late to take this back."))
    return held


def _take_back_skip(skip: Assignment, since: Any) -> bool | None:
    """As if the task had been handed back. Says whether there is a slot for the new lease; None if it is no skip any
    more, or too old. Whether others have given all answers meanwhile makes no difference, as it does to no gold."""
    skipped = Assignment.objects.filter(pk=skip.pk, state=State.SKIPPED, closed_at__gte=since)
    if not skipped.update(state=State.RETURNED, exam_attempt=None):
        return None
    holds_slot = take_slot(skip.task_id, skip.worker.project.ranked_order)
    note_unskipped(skip)
    return holds_slot


def _take_back_answer(assignment: Assignment, since: Any) -> bool | None:
    """The answer is kept as history. Says whether it counted, and so the new lease holds its slot; None if it does not
    stand any more, or is too old.

    Whether it counted makes no difference: one that came late counts if the task is gold, of which there is never
    enough.
    """
    if assignment.task.shelf == Task.Shelf.TRAINING:
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
    Desk.objects.filter(pk=assignment.worker_id).update(
        answered=F("answered") - 1, answered_today=Greatest(F("answered_today") - 1, 0), held=F("held") + 1
    )
    Assignment.objects.filter(pk=assignment.pk).update(exam_attempt=None)
    _announce(assignment)
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
