"""Appeals: a worker who is paused objects, once at a time, and the owner replies."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User, audit
from crowd.projects import pausing
from crowd.projects.models import Appeal, Membership, Project

MAX_TEXT = 2000

Status = Membership.Status


class NotPaused(CrowdError):
    status, code = 409, "not_paused"


class NoAppeal(CrowdError):
    status, code = 404, "no_appeal"


class AppealOpen(CrowdError):
    status, code = 409, "appeal_open"


class AppealAnswered(CrowdError):
    status, code = 409, "appeal_answered"


def standing_of(worker: Membership) -> dict[str, Any]:
    """What a worker may know of their own pause: `reason` and `at`, empty and None where there is
    none, and the latest `appeal` with its answer, None before the first. Who answered is not
    told."""
    latest = worker.appeals.order_by("-pk").values("text", "created_at", "answered_at", "answer").first()
    return {"reason": worker.pause_reason, "at": worker.paused_at, "appeal": latest}


@transaction.atomic
def appeal(*, worker: Membership, text: str) -> Appeal:
    """Object to being paused. Raises NotPaused; AppealOpen until the one before is answered."""
    paused = Membership.objects.select_for_update(no_key=True).filter(pk=worker.pk, status=Status.PAUSED)
    if not paused.exists():
        raise NotPaused(_("You are not paused: there is nothing to object to."))
    try:
        with transaction.atomic():
            return Appeal.objects.create(worker=worker, text=text)
    except IntegrityError as error:
        raise AppealOpen(_("The owner has not answered what you wrote before. Wait for that.")) from error


@transaction.atomic
def answer_appeal(*, appeal: Appeal, actor: User, answer: str, resume: bool = False) -> Appeal:
    """Reply to a worker, and give them tasks again if `resume`. Raises AppealAnswered."""
    open_still = Appeal.objects.filter(pk=appeal.pk, answered_at=None)
    if not open_still.update(answer=answer, answered_at=Now(), answered_by=actor):
        raise AppealAnswered(_("Somebody has answered this already."))
    worker = Membership.objects.select_related("project", "user").get(pk=appeal.worker_id)
    audit(actor, "appeal.answered", worker.project.slug, member=worker.display_name, resumed=resume)
    if resume:
        pausing.resume(member=worker, actor=actor)
    appeal.refresh_from_db()
    return appeal


def appeals_in(project: Project) -> QuerySet[Appeal]:
    return Appeal.objects.filter(worker__project=project).select_related("worker__user", "answered_by")


def open_appeals(project: Project) -> QuerySet[Appeal]:
    """Those that wait for an answer, the longest waiting first."""
    return appeals_in(project).filter(answered_at=None).order_by("pk")
