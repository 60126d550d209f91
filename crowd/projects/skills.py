"""Skills: one project grants them, another asks for them before it gives out tasks."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User, audit
from crowd.projects.models import Membership, Project, SkillGrant
from crowd.projects.permissions import Permission, projects_where


class NoGrantedSkill(CrowdError):
    status, code = 409, "no_granted_skill"


class NotAMember(CrowdError):
    status, code = 409, "not_a_member"


def has_skill(user: User | int, name: str) -> bool:
    """Whether this person has the skill of this full name, "slug/name". For a query:
    `SkillGrant.objects.held`."""
    return SkillGrant.objects.held(user, name).exists()


@transaction.atomic
def grant_skill(*, worker: Membership, actor: User | None) -> SkillGrant | None:
    """Give the worker the skill that the project grants; again changes nothing.

    None where there is nothing to grant, or nobody to have it: a voter without an account.
    """
    project = worker.project
    if not project.granted_skill or worker.user is None:
        return None
    # Two at once: the constraint lets one through, and the other reads what that one made.
    grant, new = SkillGrant.objects.get_or_create(
        user=worker.user, name=project.full_granted_skill, revoked_at=None, defaults={"project": project}
    )
    if new:
        audit(actor, "skill.granted", project.slug, email=worker.user.email, skill=grant.name)
    return grant


def grant_skill_by_hand(*, project: Project, actor: User, email: str) -> SkillGrant:
    """Give a member the project's skill without an exam. Raises NoGrantedSkill, NotAMember."""
    if not project.granted_skill:
        raise NoGrantedSkill(_("This project grants no skill. Name one in its settings first."))
    member = project.memberships.select_related("user", "project").filter(user__email=email.lower()).first()
    grant = grant_skill(worker=member, actor=actor) if member else None
    if grant is None:
        raise NotAMember(_("{email} is not a member of this project. Add them first.").format(email=email))
    return grant


@transaction.atomic
def revoke_skill(*, grant: SkillGrant, actor: User | None) -> None:
    """Take the skill away; it may be granted again. Tasks that the worker holds already are not
    taken back."""
    if SkillGrant.objects.standing().filter(pk=grant.pk).update(revoked_at=Now()):
        slug = grant.name.partition("/")[0]
        audit(actor, "skill.revoked", slug, email=grant.user.email, skill=grant.name)


def requirable_skills(user: User) -> list[str]:
    """The skills that this person may have a project require: those of projects they are more than
    a worker in.

    So nobody's project depends on strangers, and nobody learns by trying which projects there are.
    """
    projects = projects_where(user, Permission.READ).exclude(granted_skill="").only("slug", "granted_skill")
    return [project.full_granted_skill for project in projects.order_by("slug")]
