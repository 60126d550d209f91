"""Invite links: whoever is given one may make themselves a worker of the project."""

import secrets
from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.accounts import save_newcomer
from crowd.people.models import User, audit
from crowd.projects.allow_list import refuse_unless_listed
from crowd.projects.membership import have_wait
from crowd.projects.models import InviteLink, Membership, Project, Role, WaitingMember


# Owners see their links again, so what is stored is not a hash; but a copy of the table alone opens
# nothing either.
def _signer() -> Signer:
    return Signer(salt="crowd.projects.invite_link", sep=".")


class LinkNotFound(CrowdError):
    status, code = 404, "link_not_found"


class LinkClosed(CrowdError):
    status, code = 410, "link_closed"


@transaction.atomic
def make_link(*, project: Project, actor: User, expires_days: int, uses: int | None) -> InviteLink:
    """A new link, for so many days and so many people; None is any number."""
    expires_at = Now() + timedelta(days=expires_days)
    nonce = secrets.token_urlsafe(16)
    made = InviteLink.objects.create(
        project=project, nonce=nonce, created_by=actor, expires_at=expires_at, uses_left=uses
    )
    audit(actor, "invite_link.made", project.slug, link=made.pk, expires_days=expires_days, uses=uses)
    return InviteLink.objects.with_state().get(pk=made.pk)


@transaction.atomic
def revoke_link(*, link: InviteLink, actor: User) -> None:
    """Close the link for good. Who joined by it stays."""
    if InviteLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=Now()):
        audit(actor, "invite_link.revoked", link.project.slug, link=link.pk)


def link_path(link: InviteLink) -> str:
    return reverse("join", kwargs={"token": _signer().sign(link.nonce)})


def find_link(token: str) -> InviteLink:
    """The link with this token, whatever its state. Raises LinkNotFound."""
    try:
        nonce = _signer().unsign(token)
    except BadSignature:
        nonce = ""
    link = InviteLink.objects.with_state().select_related("project").filter(nonce=nonce).first()
    if link is None:
        raise LinkNotFound(_("There is no such invite link. See that you have the whole of it."))
    return link


def refuse_if_closed(link: InviteLink) -> None:
    """Raises LinkClosed, which says why and what to do."""
    reasons: dict[str, str] = {
        InviteLink.State.EXPIRED: _("This invite link has expired. Ask whoever gave it to you for a new one."),
        InviteLink.State.USED_UP: _(
            "This invite link has been used by as many people as it was for. Ask whoever gave it to you for a new one."
        ),
        InviteLink.State.REVOKED: _("This invite link was withdrawn. Ask whoever gave it to you for a new one."),
    }
    reason = reasons.get(InviteLink.objects.with_state().get(pk=link.pk).state)  # type: ignore[attr-defined]
    if reason:
        raise LinkClosed(reason)


def join(*, link: InviteLink, user: User) -> Membership | WaitingMember:
    """Make a person a worker of the link's project, or have them wait for it. Who is or waits
    already uses nothing up.

    Raises LinkClosed, NotAllowed.
    """
    if found := standing_of(user, link.project):
        return found
    try:
        return _use(link, user)
    except (IntegrityError, LinkClosed):
        # The same person a moment ago, in another window?
        if found := standing_of(user, link.project):
            return found
        raise


def standing_of(user: User, project: Project) -> Membership | WaitingMember | None:
    """What this person is in the project, or waits to be."""
    member: Membership | None = project.memberships.filter(user=user).first()
    return member or project.waiting_members.filter(user=user).first()


@transaction.atomic
def _use(link: InviteLink, user: User) -> Membership | WaitingMember:
    project = link.project
    refuse_unless_listed(project, user.email)
    if not InviteLink.objects.open().filter(pk=link.pk).update(uses_left=F("uses_left") - 1):
        refuse_if_closed(link)
        raise LinkClosed(_("This invite link has just closed. Open it again to see why."))
    if project.allow_list and not user.address_confirmed:  # whoever types in an address of the list is not its holder
        return have_wait(project=project, user=user, role=Role.WORKER, actor=link.created_by)
    membership: Membership = Membership.objects.create(project=project, user=user, role=Role.WORKER)
    audit(user, "member.joined", project.slug, email=user.email, link=link.pk)
    return membership


def join_as_newcomer(*, link: InviteLink, newcomer: User) -> Membership | WaitingMember:
    """Make the account and the membership, or neither. Raises LinkClosed, NotAllowed,
    AddressTaken."""
    refuse_unless_listed(link.project, newcomer.email)
    with transaction.atomic():
        save_newcomer(newcomer)
        return join(link=link, user=newcomer)
