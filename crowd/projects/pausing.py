"""Pausing a member, who then gets no more tasks, and letting them go on. Nothing else writes who is
paused."""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from crowd.people.models import User, audit
from crowd.projects.models import Membership, Project
from crowd.projects.signals import member_paused

Status = Membership.Status


@transaction.atomic
def pause(*, member: Membership, actor: User | None, reason: str | None = None) -> None:
    """Give a member no more tasks; the reason is what they read. Pausing again may give another
    reason, and does not begin anew. Whoever pauses without an actor writes into the audit trail
    why."""
    _have_labels_worked_out(member)
    row = Membership.objects.filter(pk=member.pk)
    active = row.filter(status=Status.ACTIVE)
    begun = active.update(status=Status.PAUSED, paused_at=Now(), pause_reason=reason or "")
    if not begun and reason is not None:
        row.update(pause_reason=reason)
    member_paused.send(sender=Membership, worker_id=member.pk)
    _note(member, actor, Status.PAUSED, reason)


@transaction.atomic
def resume(*, member: Membership, actor: User | None) -> None:
    """Give a member tasks again."""
    _have_labels_worked_out(member)
    Membership.objects.filter(pk=member.pk).update(status=Status.ACTIVE, paused_at=None, pause_reason="")
    _note(member, actor, Status.ACTIVE, None)


def _have_labels_worked_out(member: Membership) -> None:
    """Where the member is a voter without an account: a model that is paused has no vote. Before
    the member is changed, for all lock the project first."""
    if member.user_id is None:
        Project.objects.filter(pk=member.project_id).update(policy_revision=F("policy_revision") + 1)


def _note(member: Membership, actor: User | None, status: str, reason: str | None) -> None:
    if actor is not None:
        detail = {"role": None, "status": status, "reason": reason}
        audit(actor, "member.changed", member.project.slug, member=member.display_name, **detail)
