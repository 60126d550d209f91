"""Whether a person may do something in a project."""

from django.conf import settings
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User
from crowd.people.needs import note
from crowd.projects.models.members import REVIEWERS, WORKERS, Membership, Role
from crowd.projects.models.projects import Project


class ProjectNotFound(CrowdError):
    status, code = 404, "project_not_found"


class RoleRequired(CrowdError):
    status, code = 403, "role_required"


def role_of(user: User, project: Project) -> Role | None:
    """What this person is in the project, a superuser without a membership being as good as its owner."""
    role = project.memberships.filter(user=user).values_list("role", flat=True).first()
    return Role(role) if role else Role.OWNER if user.is_superuser else None


def project_for(user: User, slug: str, roles: frozenset[Role]) -> Project:
    """The project, if this person has one of these roles in it. To outsiders it does not exist.

    Raises ProjectNotFound, RoleRequired.
    """
    project = Project.objects.filter(slug=slug).first()
    role = role_of(user, project) if project else None
    if project is None or role is None:
        raise ProjectNotFound(_("There is no project {slug}, or you are not a member of it.").format(slug=slug))
    if role not in roles:
        names = ", ".join(name for name in Role if name in roles)
        raise RoleRequired(_("This needs one of these roles in the project: {roles}.").format(roles=names))
    note(slug, roles)
    return project


def worker_for(user: User, slug: str) -> Membership:
    """This person as a worker of the project. Raises ProjectNotFound, RoleRequired."""
    workers = Membership.objects.workers().select_related("project")
    worker = workers.filter(user=user, project__slug=slug).first()
    if worker:
        note(slug, WORKERS)
    return worker or workers.get(user=user, project=project_for(user, slug, WORKERS))


def may_make_projects(user: User) -> bool:
    """Whether a person may make projects of their own, as the site's setting has it. Their owner has to be known."""
    if user.is_superuser or not user.address_confirmed or settings.PROJECT_MAKERS == "superusers":
        return user.is_superuser
    return settings.PROJECT_MAKERS == "confirmed" or user.memberships.filter(role__in=REVIEWERS).exists()
