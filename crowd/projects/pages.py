"""Pages that make a project, change its settings, and say who is in it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crowd.errors import CrowdError
from crowd.people.accounts import invitation_path
from crowd.people.models import User
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects import ownership
from crowd.projects.api import project_to_staff
from crowd.projects.forms import NewMemberForm, ProjectForm
from crowd.projects.models import MANAGERS, OWNERS, REVIEWERS, Membership, Project, Role, project_for, role_of

MEMBERS_A_PAGE = 100


def rights(user: User, project: Project) -> dict[str, Any]:
    """What the templates of a project's pages ask: the project, and what this person may do in it."""
    role = role_of(user, project)
    return {"project": project, "may_manage": role in MANAGERS, "may_own": role in OWNERS}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_project(request: PersonRequest) -> HttpResponse:
    form = ProjectForm(request.POST or None)
    if form.is_valid():
        project = ownership.create_project(owner=request.user, **form.validated)
        return redirect("imports", project.slug)
    return render(request, "projects/new.html", {"form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PersonRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, MANAGERS)
    form = ProjectForm(request.POST or None, project=project)
    if form.is_valid():
        try:
            ownership.change_project(project=project, actor=request.user, changes=form.validated)
        except ownership.ClassesInUse as error:
            form.add_error("classes", error.detail)
        else:
            messages.success(request, _("The settings are saved. Labels follow in a moment."))
            return redirect("settings", slug)
    return render(request, "projects/settings.html", {"form": form, **rights(request.user, project)})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: PersonRequest, slug: str) -> HttpResponse:
    """The people of a project, and the form that adds one."""
    project = project_for(request.user, slug, REVIEWERS)
    may = rights(request.user, project)
    roles = frozenset(Role) if may["may_own"] else frozenset({Role.WORKER})
    form = NewMemberForm(request.POST or None, roles=roles)
    if form.is_valid():
        project_to_staff(request.user, slug, {form.validated["role"]})
        try:
            member, invited = ownership.add_member(project=project, actor=request.user, **form.validated)
        except ownership.AlreadyMember as error:
            form.add_error("email", error.detail)
        else:
            _announce(request, member, invited)
            return redirect("members", slug)
    people = project.memberships.filter(user__isnull=False).select_related("user").order_by("pk")
    page = Paginator(people, MEMBERS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(member, _invitation(request, member)) for member in page]
    return render(request, "projects/members.html", {"form": form, "page": page, "members": rows, **may})


def _announce(request: PersonRequest, member: Membership, invited: bool) -> None:
    """Say that somebody was added. The link of a new account stays with whoever invited, while they are signed in."""
    if invited and member.user:
        request.session[f"invitation-{member.pk}"] = request.build_absolute_uri(invitation_path(member.user))
    messages.success(request, _("{name} is now a member.").format(name=member.display_name))


def _invitation(request: PersonRequest, member: Membership) -> str | None:
    unused = member.user is not None and not member.user.has_usable_password()
    return request.session.get(f"invitation-{member.pk}") if unused else None


@signed_in
@require_POST
def change_member(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Pause or resume a worker, or end a membership, and go back to the page where this was asked."""
    project = project_for(request.user, slug, MANAGERS)
    member: Membership = get_object_or_404(project.memberships.select_related("user", "project"), pk=pk)
    project_to_staff(request.user, slug, {member.role})
    done = {
        "pause": _("{name} is paused and gets no more tasks."),
        "resume": _("{name} gets tasks again."),
        "remove": _("{name} is no longer a member."),
    }
    action = request.POST.get("action", "")
    if action not in done:
        return redirect("members", slug)
    try:
        _apply(action, member, request.user)
    except CrowdError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, done[action].format(name=member.display_name))
    return redirect("project" if request.POST.get("back") == "project" else "members", slug)


def _apply(action: str, member: Membership, actor: User) -> None:
    if action == "remove":
        ownership.remove_member(membership=member, actor=actor)
    else:
        status = Membership.Status.PAUSED if action == "pause" else Membership.Status.ACTIVE
        ownership.change_member(membership=member, actor=actor, status=status)
