"""What owners do with a project and its members. Every verb here is recorded in the audit trail."""

from itertools import count
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.accounts import get_or_invite, renewed_invitation_path
from crowd.people.models import User, audit
from crowd.projects.admission.allow_list import refuse_unless_allowed
from crowd.projects.models import MANAGERS, OWNERS, Membership, Order, Project, Role, SkillGrant, role_of
from crowd.projects.schema import Schema, class_names
from crowd.projects.signals import member_paused

RESERVED = {"new"}  # addresses of pages that stand beside the projects


class SlugTaken(CrowdError):
    status, code = 409, "slug_taken"


class AlreadyMember(CrowdError):
    status, code = 409, "already_member"


class LastOwner(CrowdError):
    status, code = 409, "last_owner"


class ClassesInUse(CrowdError):
    status, code = 409, "classes_in_use"


class NoAccount(CrowdError):
    status, code = 409, "no_account"


class AddressNotConfirmed(CrowdError):
    status, code = 409, "address_not_confirmed"


class AccountInUse(CrowdError):
    status, code = 409, "account_in_use"


class MemberHasAnswers(CrowdError):
    status, code = 409, "member_has_answers"


@transaction.atomic
def create_project(
    *,
    owner: User,
    name: str,
    schema: Schema,
    slug: str = "",
    instructions: str = "",
    quality: dict[str, Any] | None = None,
    allow_list: list[str] | None = None,
) -> Project:
    """A new project, with its creator as owner. Without a slug one is made from the name. Raises SlugTaken."""
    slug = slug or _free_slug(name)
    if slug in RESERVED or _names_skills(slug):
        raise SlugTaken(_("No project can be called {slug}. Choose another slug.").format(slug=slug))
    try:
        with transaction.atomic():
            project = Project.objects.create(
                slug=slug,
                name=name,
                instructions=instructions,
                schema=schema,
                allow_list=allow_list or [],
                ranked_order=(quality or {}).get("order", Order.PRIORITY),
                **(quality or {}),
            )
    except IntegrityError as error:
        raise SlugTaken(_("There is already a project {slug}. Choose another slug.").format(slug=slug)) from error
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    audit(owner, "project.created", slug)
    return project


def _free_slug(name: str) -> str:
    stem = slugify(name)[:70] or "project"
    taken = RESERVED | set(Project.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = (stem if n == 1 else f"{stem}-{n}" for n in count(1))
    return next(slug for slug in candidates if slug not in taken and not _names_skills(slug))


def _names_skills(slug: str) -> bool:
    """Whether skills go by this slug. Its project may be gone, but nobody else may come to grant them."""
    return (
        Project.objects.filter(required_skill__startswith=f"{slug}/").exists()
        or SkillGrant.objects.filter(name__startswith=f"{slug}/").exists()
    )


@transaction.atomic
def change_project(*, project: Project, actor: User, changes: dict[str, Any]) -> Project:
    """Change what is given: name, instructions, schema, allow-list, or single quality settings. Raises ClassesInUse."""
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    quality = changes.pop("quality", {})
    if "schema" in changes:
        _refuse_lost_classes(project.class_names, class_names(changes["schema"]))
    for field, value in {**changes, **quality}.items():
        setattr(project, field, value)
    if quality or "schema" in changes:
        project.policy_revision += 1
    project.save()
    audit(actor, "project.changed", project.slug, fields=sorted([*changes, *quality]))
    return project


def _refuse_lost_classes(before: list[str], after: list[str]) -> None:
    """Answers are stored by class name, and distributions by position: classes may be added at the end only."""
    if after[: len(before)] != before:
        raise ClassesInUse(_("Classes can't be removed, renamed or reordered. Add new ones at the end."))


@transaction.atomic
def delete_project(*, project: Project, actor: User) -> None:
    audit(actor, "project.deleted", project.slug, name=project.name)
    project.delete()


@transaction.atomic
def add_member(*, project: Project, actor: User | None, email: str, role: str) -> tuple[Membership, bool]:
    """Make a person a member; an account is made where there is none. Says whether it was.

    Raises AlreadyMember; NotAllowed for a worker who is not on the list; AddressNotConfirmed for staff.
    """
    if role == Role.WORKER:
        refuse_unless_allowed(project, email)
    user, invited = get_or_invite(email)
    if role != Role.WORKER and not user.address_confirmed:
        raise AddressNotConfirmed(
            _(
                "{email} made this account by themselves, and nobody has confirmed that the address is theirs. "
                "Add them as a worker, ask them whether it is they, and change the role then."
            ).format(email=user.email)
        )
    try:
        with transaction.atomic():
            membership = Membership.objects.create(project=project, user=user, role=role)
    except IntegrityError as error:
        raise AlreadyMember(_("{email} is already a member of this project.").format(email=user.email)) from error
    audit(actor, "member.added", project.slug, email=user.email, role=role)
    return membership, invited


@transaction.atomic
def change_member(
    *,
    membership: Membership,
    actor: User,
    role: str | None = None,
    status: str | None = None,
    pause_reason: str | None = None,
) -> Membership:
    """Give another role; pause, with a reason that the worker reads, or resume. Raises LastOwner, NoAccount."""
    if membership.user is None and role not in (None, Role.WORKER):
        raise NoAccount(_("This voter has no account here, and can be nothing but a worker."))
    if role is not None and role != Role.OWNER:
        _keep_an_owner(membership)
    if status is not None:
        _note_pause(membership, paused=status == Membership.Status.PAUSED, reason=pause_reason)
    membership.role, membership.status = role or membership.role, status or membership.status
    membership.save(update_fields=["role", "status", "pause_reason", "paused_at"])
    membership.refresh_from_db(fields=["paused_at"])
    if status == Membership.Status.PAUSED:
        member_paused.send(sender=Membership, worker_id=membership.pk)
    if status is not None and membership.user_id is None:  # a model that is paused has no vote
        Project.objects.filter(pk=membership.project_id).update(policy_revision=F("policy_revision") + 1)
    detail = {"role": role, "status": status, "reason": pause_reason}
    audit(actor, "member.changed", membership.project.slug, member=membership.display_name, **detail)
    return membership


def _note_pause(membership: Membership, *, paused: bool, reason: str | None) -> None:
    """Since when, and why. Pausing again may give another reason, and does not begin anew."""
    if not paused:
        membership.pause_reason, membership.paused_at = "", None
        return
    if membership.status != Membership.Status.PAUSED:
        membership.pause_reason, membership.paused_at = "", Now()
    if reason is not None:
        membership.pause_reason = reason


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
        role_of(actor, membership.project) in (MANAGERS if membership.role == Role.WORKER else OWNERS)
        for membership in user.memberships.select_related("project")
    )


@transaction.atomic
def remove_member(*, membership: Membership, actor: User) -> None:
    """End a membership. Raises LastOwner; MemberHasAnswers for a worker whose answers the labels rest on."""
    _keep_an_owner(membership)
    project, name = membership.project, membership.display_name
    if membership.user is None:
        raise MemberHasAnswers(_("Labels rest on the answers of this voter. Declare them worthless instead."))
    try:
        membership.delete()
    except IntegrityError as error:
        raise MemberHasAnswers(_("This worker has answered tasks. Pause the worker instead.")) from error
    audit(actor, "member.removed", project.slug, member=name)


def _keep_an_owner(membership: Membership) -> None:
    # Locking the project makes two owners who leave at once take turns.
    Project.objects.select_for_update(no_key=True).get(pk=membership.project_id)
    owners = Membership.objects.filter(project=membership.project_id, role=Role.OWNER)
    if membership.role == Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner(_("A project needs an owner. Make somebody else owner first."))
