"""Who is in a project, and as what. Every verb here is recorded in the audit trail.

A role that somebody is given *by their address* is theirs only once the address is confirmed:
whoever invited them first, or joined by a link under that name, may hold the account. Until then
they wait.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people import mailing
from crowd.people.accounts import AddressNotConfirmed, get_or_invite, how_to_confirm, renewed_invitation_path
from crowd.people.models import Mail, User, audit
from crowd.projects.allow_list import allows, refuse_unless_listed
from crowd.projects.models import Membership, Project, Role, WaitingMember
from crowd.projects.pausing import pause, resume
from crowd.projects.permissions import needed_to_handle, permissions_of


class AlreadyMember(CrowdError):
    status, code = 409, "already_member"


class LastOwner(CrowdError):
    status, code = 409, "last_owner"


class NoAccount(CrowdError):
    status, code = 409, "no_account"


class AccountInUse(CrowdError):
    status, code = 409, "account_in_use"


class MemberHasAnswers(CrowdError):
    status, code = 409, "member_has_answers"


@transaction.atomic
def add_member(
    *, project: Project, actor: User | None, email: str, role: str
) -> tuple[Membership | WaitingMember, bool]:
    """Make a person a member, or have them wait for it; an account is made where there is none.
    Says whether it was.

    Raises AlreadyMember; NotAllowed for a worker who is not on the list.
    """
    if role == Role.WORKER:
        refuse_unless_listed(project, email)
    user, invited = get_or_invite(email)
    if project.memberships.filter(user=user).exists():
        raise _already_member(user)
    # An account made now is nobody else's, and whoever is handed its invitation may work, as by any
    # link.
    if user.address_confirmed or (invited and role == Role.WORKER and not project.allow_list):
        return _admit(project, user, role, actor), invited
    return have_wait(project=project, user=user, role=role, actor=actor), invited


def _already_member(user: User) -> AlreadyMember:
    return AlreadyMember(_("{email} is already a member of this project.").format(email=user.email))


def _admit(project: Project, user: User, role: str, actor: User | None) -> Membership:
    try:
        with transaction.atomic():
            membership: Membership = Membership.objects.create(project=project, user=user, role=role)
    except IntegrityError as error:
        raise _already_member(user) from error
    audit(actor, "member.added", project.slug, email=user.email, role=role)
    return membership


def have_wait(*, project: Project, user: User, role: str, actor: User | None) -> WaitingMember:
    """Keep a role for somebody until their address is confirmed; another one replaces it."""
    waiting, _new = WaitingMember.objects.update_or_create(
        project=project, user=user, defaults={"role": role, "added_by": actor}
    )
    audit(actor, "member.waits", project.slug, email=user.email, role=role)
    mailing.write(user.email, Mail.Reason.ADDED)
    return waiting


@transaction.atomic
def withdraw_waiting(*, waiting: WaitingMember, actor: User) -> None:
    """Let the role wait no longer."""
    waiting.delete()
    audit(actor, "member.waits_no_longer", waiting.project.slug, email=waiting.user.email, role=waiting.role)


@transaction.atomic
def admit_waiting(user: User) -> None:
    """Give a person whose address is now confirmed what waits for them, where it would be given
    today as well."""
    for waiting in user.waits_for.select_related("project", "added_by"):
        waiting.delete()
        project, role = waiting.project, waiting.role
        if _still_given(waiting):
            membership = project.memberships.filter(user=user).first()
            if membership is None:
                _admit(project, user, role, waiting.added_by)
            elif membership.role == Role.WORKER != role:
                change_member(membership=membership, actor=waiting.added_by, role=role)


def _still_given(waiting: WaitingMember) -> bool:
    """Whether who gave the role may still give it, and a worker is still on the list."""
    giver, project, role = waiting.added_by, waiting.project, waiting.role
    listed = role != Role.WORKER or allows(project.allow_list, waiting.user.email)
    return listed and (giver is None or needed_to_handle(role) in permissions_of(giver, project))


@transaction.atomic
def change_member(
    *,
    membership: Membership,
    actor: User | None,
    role: str | None = None,
    status: str | None = None,
    pause_reason: str | None = None,
) -> Membership:
    """Give another role; pause, with a reason that the worker reads, or resume.

    Raises LastOwner, NoAccount; AddressNotConfirmed for a role above worker.
    """
    membership = _locked(membership)
    if role is not None and role != Role.WORKER:
        _refuse_unknown(membership.user)
    if role is not None and role != Role.OWNER:
        _keep_an_owner(membership)
    if role is not None or status is None:
        Membership.objects.filter(pk=membership.pk).update(role=role or membership.role)
        detail = {"role": role, "status": None, "reason": None}
        audit(actor, "member.changed", membership.project.slug, member=membership.display_name, **detail)
    if status == Membership.Status.PAUSED:
        pause(member=membership, actor=actor, reason=pause_reason)
    elif status is not None:
        resume(member=membership, actor=actor)
    membership.refresh_from_db(fields=["role", "status", "pause_reason", "paused_at"])
    return membership


def _refuse_unknown(user: User | None) -> None:
    if user is None:
        raise NoAccount(_("This voter has no account here, and can be nothing but a worker."))
    if not user.address_confirmed:
        message = _("Nobody knows yet that {email} is who holds this account: its address is not confirmed.")
        raise AddressNotConfirmed(f"{message.format(email=user.email)} {how_to_confirm(user.email)}")


@transaction.atomic
def give_role(*, project: Project, user: User, role: str) -> None:
    """On an operator's word: make a person a member, or give the member another role.

    Raises LastOwner; AddressNotConfirmed for a role above worker.
    """
    if role != Role.WORKER:
        _refuse_unknown(user)
    membership = project.memberships.filter(user=user).first()
    if membership is None:
        _admit(project, user, role, None)
    elif membership.role != role:
        change_member(membership=membership, actor=None, role=role)


@transaction.atomic
def renew_invitation(*, membership: Membership, actor: User) -> str:
    """The path of a new invitation link, in place of one that was lost. Raises AccountInUse."""
    user = User.objects.unclaimed().select_for_update(of=("self",)).filter(memberships=membership).first()
    if user is None or not _all_handled_by(actor, user):
        raise AccountInUse(
            _("{name} needs no invitation from you: the account has an owner, or is a member elsewhere.").format(
                name=membership.display_name
            )
        )
    audit(actor, "invitation.renewed", membership.project.slug, email=user.email)
    return renewed_invitation_path(user)


def _all_handled_by(actor: User, user: User) -> bool:
    """Whether the actor handles every membership of this account: its link opens them all."""
    return all(
        needed_to_handle(membership.role) in permissions_of(actor, membership.project)
        for membership in user.memberships.select_related("project")
    )


@transaction.atomic
def remove_member(*, membership: Membership, actor: User) -> None:
    """End a membership. Raises LastOwner; MemberHasAnswers for a worker whose answers the labels
    rest on."""
    membership = _locked(membership)
    _keep_an_owner(membership)
    project, name = membership.project, membership.display_name
    if membership.user is None:
        raise MemberHasAnswers(_("Labels rest on the answers of this voter. Declare them worthless instead."))
    try:
        with transaction.atomic():
            membership.delete()
    except IntegrityError as error:
        raise MemberHasAnswers(_("This worker has answered tasks. Pause the worker instead.")) from error
    audit(actor, "member.removed", project.slug, member=name)


def _locked(membership: Membership) -> Membership:
    """The membership as it is now. The lock on its project makes two owners who leave at once take
    turns."""
    Project.objects.select_for_update(no_key=True).get(pk=membership.project_id)
    members: Any = Membership.objects.select_related("project", "user")
    return members.get(pk=membership.pk)


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(project=membership.project_id, role=Role.OWNER)
    if membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner(_("A project needs an owner. Make somebody else owner first."))
