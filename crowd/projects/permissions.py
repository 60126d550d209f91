"""What each role may do in a project, in one table, and whether a person may do it."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.models import User
from crowd.people.needs import note
from crowd.projects.models import Membership, Project, Role


class Permission(StrEnum):
    SEE = "see"  # the project's name, instructions and classes
    WORK = "work"  # get tasks, answer them, and look at one's own work
    READ = "read"  # tasks, labels, figures, settings and people
    REVIEW = "review"  # decide what is disputed
    MANAGE = "manage"  # settings, tasks, gold, webhooks; workers, and how they join
    OWN = "own"  # people who are more than a worker, and the end of the project


PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    Role.WORKER: frozenset({Permission.SEE, Permission.WORK}),
    Role.REVIEWER: frozenset({Permission.SEE, Permission.READ, Permission.REVIEW}),
    Role.MANAGER: frozenset({Permission.SEE, Permission.READ, Permission.REVIEW, Permission.MANAGE}),
    Role.OWNER: frozenset({Permission.SEE, Permission.READ, Permission.REVIEW, Permission.MANAGE, Permission.OWN}),
}


class ProjectNotFound(CrowdError):
    status, code = 404, "project_not_found"


class RoleRequired(CrowdError):
    status, code = 403, "role_required"


def roles_with(permission: Permission) -> list[Role]:
    return [role for role in Role if permission in PERMISSIONS[role]]


def needed_to_handle(*roles: str) -> Permission:
    """What it takes to handle members with these roles."""
    return Permission.MANAGE if set(roles) <= {Role.WORKER} else Permission.OWN


def permissions_of(user: User, project: Project) -> frozenset[Permission]:
    """What this person may do in the project."""
    return permissions_in([project], user)[project.pk]


def permissions_in(projects: Collection[Project], user: User) -> dict[int, frozenset[Permission]]:
    """What this person may do in each of these. A superuser without a membership is as good as an
    owner."""
    roles = dict(Membership.objects.filter(user=user, project__in=projects).values_list("project", "role"))
    otherwise = PERMISSIONS[Role.OWNER] if user.is_superuser else frozenset()
    return {each.pk: PERMISSIONS[roles[each.pk]] if each.pk in roles else otherwise for each in projects}


def project_for(user: User, slug: str, permission: Permission) -> Project:
    """The project, if this person has the permission in it. To outsiders it does not exist.

    Raises ProjectNotFound, RoleRequired.
    """
    project = Project.objects.filter(slug=slug).first()
    permissions = permissions_of(user, project) if project else frozenset()
    if project is None or not permissions:
        raise ProjectNotFound(_("There is no project {slug}, or you are not a member of it.").format(slug=slug))
    if permission not in permissions:
        names = ", ".join(roles_with(permission))
        raise RoleRequired(_("This needs one of these roles in the project: {roles}.").format(roles=names))
    note(slug, permission)
    return project


def refuse_without(user: User, slug: str, needed: str | list[str]) -> None:
    """Raises what `project_for` raises. Replies of earlier versions name the roles that had the
    permission."""
    if not isinstance(needed, str):
        needed = next(each for each in reversed(Permission) if all(each in PERMISSIONS[role] for role in needed))
    project_for(user, slug, Permission(needed))


def worker_for(user: User, slug: str) -> Membership:
    """This person as a worker of the project. Raises ProjectNotFound, RoleRequired."""
    workers = Membership.objects.workers().select_related("project")
    worker = workers.filter(user=user, project__slug=slug).first()
    if worker:
        note(slug, Permission.WORK)
    return worker or workers.get(user=user, project=project_for(user, slug, Permission.WORK))


def projects_where(user: User, permission: Permission) -> QuerySet[Project]:
    """The projects in which this person has the permission; a superuser has it in all."""
    projects: QuerySet[Project] = Project.objects.all()
    if user.is_superuser:
        return projects
    return projects.filter(memberships__user=user, memberships__role__in=roles_with(permission))


def may_make_projects(user: User) -> bool:
    """Whether a person may make projects of their own, as the site's setting has it. Their owner
    has to be known."""
    if user.is_superuser or not user.address_confirmed or settings.PROJECT_MAKERS == "superusers":
        return user.is_superuser
    return settings.PROJECT_MAKERS == "confirmed" or projects_where(user, Permission.READ).exists()
