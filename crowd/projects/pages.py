"""Pages that make a project, change its settings, and say who is in it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crowd.errors import CrowdError
from crowd.people.accounts import how_to_confirm, invitation_path, invitation_works
from crowd.people.models import User
from crowd.people.quotas import spend
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects import membership, ownership, pausing
from crowd.projects.allow_list import NotAllowed
from crowd.projects.answer_kinds import AnswerKind, kind_of, registered
from crowd.projects.api import membership_for_staff, project_to_staff, waiting_for_staff
from crowd.projects.forms import NewLinkForm, NewMemberForm, ProjectForm
from crowd.projects.invite_links import link_path
from crowd.projects.models import Membership, Project, Role, WaitingMember
from crowd.projects.permissions import Permission, needed_to_handle, permissions_of, project_for

MEMBERS_A_PAGE = 100


def rights(user: User, project: Project) -> dict[str, Any]:
    """What the templates of a project's pages ask: the project, and what this person may do in
    it."""
    return {"project": project, "may": permissions_of(user, project), "ranks": kind_of(project).ranks}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_project(request: PersonRequest) -> HttpResponse:
    ownership.refuse_unless_maker(request.user)
    kind = _chosen_kind(request)
    form = ProjectForm(request.POST or None, user=request.user, kind=kind)
    if form.is_valid():
        spend("projects", request.user)
        project = ownership.create_project(owner=request.user, **form.validated)
        return redirect("imports", project.slug)
    return render(request, "projects/new.html", {"form": form, "kinds": registered().values()})


def _chosen_kind(request: PersonRequest) -> AnswerKind:
    """The kind of answer of a new project: the first there is, unless the address names one."""
    kinds = registered()
    kind = kinds.get(request.GET.get("type", next(iter(kinds))))
    if kind is None:
        raise Http404
    return kind


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PersonRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, Permission.MANAGE)
    form = ProjectForm(request.POST or None, user=request.user, kind=kind_of(project), project=project)
    if form.is_valid():
        try:
            ownership.change_project(project=project, actor=request.user, changes=form.validated)
        except CrowdError as error:
            form.add_refusal(error)
        else:
            messages.success(request, _("The settings are saved. Labels follow in a moment."))
            return redirect("settings", slug)
    return render(request, "projects/settings.html", {"form": form, **rights(request.user, project)})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: PersonRequest, slug: str) -> HttpResponse:
    """The people of a project, the links by which more come, and the forms that add both."""
    project = project_for(request.user, slug, Permission.READ)
    # Who handles nobody is refused below, for want of a permission and not of a choice.
    roles = _handled_by(request.user, project) or [Role.WORKER]
    form = NewMemberForm(request.POST or None, roles=roles)
    if form.is_valid():
        project_to_staff(request.user, slug, {form.validated["role"]})
        try:
            member, invited = membership.add_member(project=project, actor=request.user, **form.validated)
        except (membership.AlreadyMember, NotAllowed) as error:
            form.add_error("email", error.detail)
        else:
            _say_what_follows(request, member, invited)
            return redirect("members", slug)
    return members_page(request, project, form=form)


def _say_what_follows(request: PersonRequest, member: Membership | WaitingMember, invited: bool) -> None:
    name = member.display_name
    if isinstance(member, WaitingMember):
        message = _("{name} becomes a member as soon as the address is confirmed.").format(name=name)
        messages.success(request, f"{message} {how_to_confirm(name, mailed=True)}")
        return
    if invited and member.user:
        _keep_invitation(request, member, invitation_path(member.user))
    messages.success(request, _("{name} is now a member.").format(name=name))


def members_page(
    request: PersonRequest, project: Project, *, form: NewMemberForm | None = None, link_form: NewLinkForm | None = None
) -> HttpResponse:
    """The page of members, with one of its forms as it was sent."""
    people = project.memberships.filter(user__isnull=False).select_related("user").order_by("pk")
    page = Paginator(people, MEMBERS_A_PAGE).get_page(request.GET.get("page"))
    unclaimed = set(User.objects.unclaimed().filter(memberships__in=list(page)).values_list("pk", flat=True))
    rows = [(member, _invitation(request, member), member.user_id in unclaimed) for member in page]
    links = [
        (link, request.build_absolute_uri(link_path(link))) for link in project.invite_links.standing().order_by("-pk")
    ]
    handled = _handled_by(request.user, project)
    context = {
        "form": form or NewMemberForm(roles=handled),
        "handled": handled,
        "link_form": link_form or NewLinkForm(),
        "page": page,
        "members": rows,
        "waiting": _waiting(project),
        "links": links,
    }
    return render(request, "projects/members.html", {**context, **rights(request.user, project)})


def _waiting(project: Project) -> list[tuple[WaitingMember, str]]:
    """Who waits for a role, and what has to happen."""
    waiting = project.waiting_members.select_related("user").order_by("pk")[:MEMBERS_A_PAGE]
    return [(member, how_to_confirm(member.user.email, mailed=True)) for member in waiting]


def _handled_by(user: User, project: Project) -> list[Role]:
    """The roles of the members whom this person may change, or make."""
    may = permissions_of(user, project)
    return [role for role in Role if needed_to_handle(role) in may]


def _keep_invitation(request: PersonRequest, member: Membership, path: str) -> None:
    """The link of a new account stays with whoever invited, while they are signed in."""
    request.session[f"invitation-{member.pk}"] = request.build_absolute_uri(path)


def _invitation(request: PersonRequest, member: Membership) -> str | None:
    link: str | None = request.session.get(f"invitation-{member.pk}")
    return link if link and member.user and invitation_works(member.user, link) else None


@signed_in
@require_POST
def renew_invitation(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Make a new link for a member who lost theirs, and show it where the first one was."""
    member = membership_for_staff(request.user, slug, pk)
    try:
        path = membership.renew_invitation(membership=member, actor=request.user)
    except membership.AccountInUse as error:
        messages.error(request, error.detail)
    else:
        _keep_invitation(request, member, path)
        messages.success(
            request, _("There is a new link for {name}. Earlier ones work no longer.").format(name=member.display_name)
        )
    return redirect("members", slug)


@signed_in
@require_POST
def withdraw_waiting(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    waiting = waiting_for_staff(request.user, slug, pk)
    membership.withdraw_waiting(waiting=waiting, actor=request.user)
    messages.success(request, _("{name} waits no longer to become a member.").format(name=waiting.display_name))
    return redirect("members", slug)


@signed_in
@require_POST
def change_member(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Pause or resume a worker, or end a membership, and go back to the page where this was
    asked."""
    member = membership_for_staff(request.user, slug, pk)
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
        membership.remove_member(membership=member, actor=actor)
    elif action == "pause":
        pausing.pause(member=member, actor=actor)
    else:
        pausing.resume(member=member, actor=actor)
