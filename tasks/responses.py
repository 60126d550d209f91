"""What workers do with an assignment: answer it or skip it."""

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from tasks.answers import Answer, answer_type
from tasks.errors import AssignmentClosed
from tasks.models import Assignment, Response, Task
from tasks.queue import release_slots
from tasks.signals import answers_arrived

State = Assignment.State


def submit_response(*, assignment: Assignment, answer: Answer, seconds: float | None = None) -> tuple[Response, bool]:
    """Record a worker's answer and close the assignment; says whether it is new.

    The same answer again gets the response that is stored. An answer that comes after its lease ended counts if the
    slot is still free, and is kept as surplus if not. Raises InvalidAnswer, AssignmentClosed.
    """
    answer = answer_type(assignment.worker.project).parse(answer, assignment.worker.project)
    try:
        with transaction.atomic():
            response = _record(assignment, answer, seconds)
    except IntegrityError:  # this worker has answered this task by another assignment
        response = None
    if response is not None:
        return response, True
    stored = Response.objects.filter(task=assignment.task_id, worker=assignment.worker_id, replaced_at=None).first()
    if stored is not None and stored.answer == answer:
        return stored, False
    raise AssignmentClosed(_("This assignment is closed: it was answered, skipped or handed back. Ask for the next."))


def _record(assignment: Assignment, answer: Answer, seconds: float | None) -> Response | None:
    task = Task.objects.filter(pk=assignment.task_id)
    if _close(Q(pk=assignment.pk, state=State.LIVE), State.SUBMITTED):
        counted = True
        task.update(
            leases_live=F("leases_live") - 1, answers_counted=F("answers_counted") + 1, revision=F("revision") + 1
        )
    elif _close(Q(pk=assignment.pk, state=State.EXPIRED), State.SUBMITTED):
        counted = _count_late(assignment)
    else:
        return None
    response = Response.objects.create(
        task_id=assignment.task_id,
        worker_id=assignment.worker_id,
        assignment=assignment,
        answer=answer,
        seconds=seconds,
        counted=counted,
    )
    project_id = assignment.worker.project_id
    transaction.on_commit(lambda: answers_arrived.send(sender=Response, project_id=project_id), robust=True)
    return response


def _close(which: Q, state: Assignment.State) -> bool:
    return Assignment.objects.filter(which).update(state=state, closed_at=Now()) == 1


def _count_late(assignment: Assignment) -> bool:
    """Take a slot for an answer whose lease has ended: one this worker holds by a newer lease, or a free one."""
    task = Task.objects.filter(pk=assignment.task_id)
    counted_now = {"answers_counted": F("answers_counted") + 1, "revision": F("revision") + 1}
    newer = Q(task=assignment.task_id, worker=assignment.worker_id, state=State.LIVE)
    if _close(newer, State.SUBMITTED):
        return task.update(leases_live=F("leases_live") - 1, **counted_now) == 1
    free = Q(is_gold=True) | Q(answers_needed__gt=F("answers_counted") + F("leases_live"))
    return task.filter(free).update(**counted_now) == 1


@transaction.atomic
def skip(*, assignment: Assignment, reason: str = "") -> None:
    """Give a task back unanswered; it does not come to this worker again. Raises AssignmentClosed."""
    skipped = Assignment.objects.filter(pk=assignment.pk, state=State.LIVE)
    if skipped.update(state=State.SKIPPED, skip_reason=reason, closed_at=Now()):
        release_slots([assignment.task_id])
    elif not Assignment.objects.filter(pk=assignment.pk, state=State.SKIPPED).exists():
        raise AssignmentClosed(_("This assignment is closed: it was answered, or its time is over."))
