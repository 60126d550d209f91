"""All that a worker has answered, declared worthless by the owner; and that taken back.

Few answers are dealt with at once, in one transaction. Many are dealt with by a job in steps, each
a transaction that leaves everything consistent, so that nobody who answers meanwhile has to wait;
killed, it goes on where it was.
"""

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from crowd.claims import ClaimedQuerySet
from crowd.errors import CrowdError
from crowd.people.models import User, audit
from crowd.projects.models import Membership
from crowd.wakeups import wake
from quality.labels.requests import request_refresh
from quality.models import Voiding
from tasks.models import Response, ResponseQuerySet, Task
from tasks.responses.voiding import restore_responses, void_responses

AT_ONCE = 5_000  # answers; so many take less than a second

Action, State = Voiding.Action, Voiding.State


class VoidingUnderWay(CrowdError):
    status, code = 409, "voiding_under_way"


def standing_answers(worker: Membership) -> ResponseQuerySet:
    """What would be declared worthless: surplus too, so that none of it can come to count."""
    return Response.objects.filter(worker=worker, replaced_at=None, voided_at=None)


def voided_answers(worker: Membership) -> ResponseQuerySet:
    return Response.objects.filter(worker=worker, replaced_at=None).exclude(voided_at=None)


def slots_to_reopen(worker: Membership) -> int:
    """How many answers others will be asked for, if this worker's are worthless."""
    return (
        standing_answers(worker).filter(counted=True, task__purpose=Task.Purpose.WORK, task__has_content=True).count()
    )


@transaction.atomic
def request_voiding(*, worker: Membership, actor: User | None, action: str) -> Voiding:
    """Declare a worker's answers worthless, or take that back: done on return if they are few, else
    queued for a job.

    Asking again while it is queued changes nothing. Raises VoidingUnderWay while the opposite is
    queued.
    """
    responses = (standing_answers if action == Action.VOID else voided_answers)(worker).count()
    if not responses and not Voiding.objects.filter(worker=worker, state=State.QUEUED).exists():
        return Voiding(worker=worker, action=action, state=State.DONE, responses=0, finished_at=timezone.now())
    voiding, new = Voiding.objects.get_or_create(
        worker=worker, state=State.QUEUED, defaults={"actor": actor, "action": action, "responses": responses}
    )
    if voiding.action != action:
        raise VoidingUnderWay(_("The opposite is under way. Wait until it is done."))
    if new and responses <= AT_ONCE:
        _change(voiding)
        _finish(voiding)
        voiding.refresh_from_db()
    else:
        transaction.on_commit(lambda: wake("quality.void", voiding.pk))
    return voiding


def carry_out(voiding_id: int) -> None:
    """Do what is queued, unless it is done or another job is at it. Labels and scores follow with
    the next refresh."""
    with _queued().claim(voiding_id) as claim:
        if claim is None:
            return
        left = 1
        while left:
            with transaction.atomic():
                claim.progress()
                left = _change(claim.row)
        with transaction.atomic():
            claim.renew()
            _finish(claim.row)


def _queued() -> ClaimedQuerySet[Voiding]:
    return Voiding.objects.filter(state=State.QUEUED)


def _change(voiding: Voiding) -> int:
    """One step; says how many answers it changed, 0 when there are none left."""
    verb = void_responses if voiding.action == Action.VOID else restore_responses
    return verb(voiding.worker, at_most=AT_ONCE)


@transaction.atomic
def _finish(voiding: Voiding) -> None:
    """Say that it is done, and write down who wanted it; the first who gets here does."""
    queued = Voiding.objects.filter(pk=voiding.pk, state=State.QUEUED)
    if not queued.update(state=State.DONE, finished_at=Now()):
        return
    worker, project = voiding.worker, voiding.worker.project
    action = "answers.voided" if voiding.action == Action.VOID else "answers.restored"
    audit(voiding.actor, action, project.slug, member=worker.display_name, responses=voiding.responses)
    # An owner who did this does not wait until the project has rested.
    transaction.on_commit(lambda: request_refresh(project))


def unfinished() -> list[int]:
    """What nobody is at: its wake-up was lost, or its job was killed."""
    return list(_queued().free_the_dead().free().order_by("pk").values_list("pk", flat=True))
