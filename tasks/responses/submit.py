"""Recording a worker's answer, on time or late."""

from contextlib import nullcontext
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.projects.answer_kinds import Answer, reclassed_of
from crowd.projects.models import Membership
from tasks.errors import AssignmentClosed
from tasks.models import Assignment, Response, Task
from tasks.queue.leases import return_leases
from tasks.queue.leasing import Leased, lease_at, lease_tasks
from tasks.queue.presenting import given_by_worker
from tasks.responses.store import Stored, fill_slot, store
from tasks.signals import Correction, announce_answers, correct

State = Assignment.State


class Submitted(NamedTuple):
    """What became of an answer: the stored response, whether it is new, in training what is right
    and why, and what was leased along with it."""

    response: Response
    new: bool
    correction: Correction | None = None
    leased: Leased | None = None


def submit_response(
    *, assignment: Assignment, answer: Answer, seconds: float | None = None, lease_next: bool = False
) -> Submitted:
    """Record a worker's answer and close the assignment; with `lease_next` lease the next task in
    one transaction.

    The same answer again gets the response that is stored. An answer that comes after its lease
    ended counts if the slot is still free, and is kept as surplus if not; so is what comes from a
    worker who is paused. Raises InvalidAnswer, AssignmentClosed.
    """
    answer = given_by_worker(assignment.worker, assignment.task, answer)
    if _is_paused(assignment):
        return_leases(assignment.worker_id)
    stored, leased = _store(assignment, answer, seconds, lease_next=lease_next)
    if stored is not None:
        announce_answers(assignment.worker.project_id)
        return Submitted(stored.response, True, _correction(assignment, answer), leased)
    standing = _standing(assignment)
    if standing is not None and reclassed_of(assignment.worker.project)(standing.answer) == answer:
        leased = _leased_since(standing) if lease_next else None
        return Submitted(standing, False, _correction(assignment, answer), leased)
    raise AssignmentClosed(_("This assignment is closed: it was answered or skipped. Ask for the next."))


def _store(
    assignment: Assignment, answer: Answer, seconds: float | None, *, lease_next: bool
) -> tuple[Stored | None, Leased | None]:
    """Store the answer and lease what comes next. Nothing happens if the assignment is closed, or
    if the worker's answer to the task stands already: a late one may have come in just while this
    lease was made."""
    try:
        with transaction.atomic(savepoint=False) if lease_next else nullcontext():  # to store it is one statement
            stored = fill_slot(assignment, answer, seconds) or _record_late(assignment, answer, seconds)
            return stored, _lease_next(assignment, stored) if lease_next and stored else None
    except IntegrityError:
        if _standing(assignment) is None:
            raise
        return None, None


def _standing(assignment: Assignment) -> Response | None:
    """The worker's answer to this task, by whichever lease."""
    return Response.objects.filter(task=assignment.task_id, worker=assignment.worker_id, replaced_at=None).first()


def _is_paused(assignment: Assignment) -> bool:
    return assignment.worker.status == Membership.Status.PAUSED


def _lease_next(assignment: Assignment, stored: Stored) -> Leased:
    stored.queue_state.worker = assignment.worker
    return lease_at(stored.queue_state, stored.response.received_at)


def _leased_since(response: Response) -> Leased:
    """What the first reply to this answer leased, if it is still open: the retry gets it again, and
    no other."""
    held = Assignment.objects.filter(worker=response.worker_id, state=State.LIVE, leased_at__gte=response.received_at)
    lost = held.select_related("task").order_by("pk").first()
    return ([lost], None) if lost else lease_tasks(worker=response.worker)


def _record_late(assignment: Assignment, answer: Answer, seconds: float | None) -> Stored | None:
    """The answer to a lease that ended; None if it was answered or skipped, or the worker has
    answered the task by another lease."""
    try:
        with transaction.atomic():
            if not _close(Q(pk=assignment.pk, state__in=[State.EXPIRED, State.RETURNED]), State.SUBMITTED):
                return None
            counted, held = _count_late(assignment)
            return store(assignment, answer, seconds, counted=counted, held=held)
    except IntegrityError:
        return None


def _close(which: Q, state: Assignment.State) -> bool:
    return Assignment.objects.filter(which).update(state=state, closed_at=Now()) == 1


def _count_late(assignment: Assignment) -> tuple[bool, bool]:
    """Take a slot for an answer whose lease has ended: one this worker holds by a newer lease, or a
    free one; none if the worker is paused. Says whether the answer counts, and whether a live lease
    was used up."""
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
    if assignment.task.purpose != Task.Purpose.TRAINING:
        return None
    return correct(assignment.worker.project, {assignment.task_id: answer}).get(assignment.task_id)
