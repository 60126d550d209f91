"""What owners do with a project. Every verb here is recorded in the audit trail."""

from itertools import count
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.people.accounts import how_to_confirm
from crowd.people.models import User, audit
from crowd.projects.answer_kinds import Schema, kind_of, registered
from crowd.projects.models import Membership, Order, Project, Role, SkillGrant
from crowd.projects.permissions import may_make_projects

RESERVED = {"new"}  # addresses of pages that stand beside the projects


class SlugTaken(CrowdError):
    status, code = 409, "slug_taken"


class NoProjectMaker(CrowdError):
    status, code = 403, "may_not_make_projects"


def refuse_unless_maker(user: User) -> None:
    """Raises NoProjectMaker, which says what to do."""
    if may_make_projects(user):
        return
    if not user.address_confirmed:
        message = _("Only an account whose address is confirmed can make projects.")
        raise NoProjectMaker(f"{message} {how_to_confirm(user.email)}")
    raise NoProjectMaker(
        _("You may not make projects on this site. Whoever runs it can let you: CROWD_PROJECT_MAKERS.")
    )


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
    """A new project, with its creator as owner. Without a slug one is made from the name. Raises
    SlugTaken."""
    slug = slug or _free_slug(name)
    if slug in RESERVED or _names_skills(slug):
        raise SlugTaken(_("No project can be called {slug}. Choose another slug.").format(slug=slug))
    try:
        with transaction.atomic():
            project = Project.objects.create(
                slug=slug,
                name=name,
                instructions=instructions,
                schema=registered()[schema["type"]].schema.stored(schema),
                allow_list=allow_list or [],
                applied_order=(quality or {}).get("order", Order.PRIORITY),
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
    """Whether skills go by this slug. Its project may be gone, but nobody else may come to grant
    them."""
    return (
        Project.objects.filter(required_skill__startswith=f"{slug}/").exists()
        or SkillGrant.objects.filter(name__startswith=f"{slug}/").exists()
    )


@transaction.atomic
def change_project(*, project: Project, actor: User, changes: dict[str, Any]) -> Project:
    """Change what is given: name, instructions, schema, allow-list, or single quality settings.
    Raises what the kind of answer raises at a schema that would rob answers of their meaning."""
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    quality = changes.pop("quality", {})
    if "schema" in changes:
        changes["schema"] = kind_of(project).schema.stored(changes["schema"], before=project.schema)
    for field, value in {**changes, **quality}.items():
        setattr(project, field, value)
    if quality or "schema" in changes:
        project.policy_revision += 1
    project.save()
    audit(actor, "project.changed", project.slug, fields=sorted([*changes, *quality]))
    return project
