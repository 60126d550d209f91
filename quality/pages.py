"""Pages that show how good the data is: my projects, a project's overview, and what is disputed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from crowd.people.accounts import how_to_confirm
from crowd.people.models import User
from crowd.people.quotas import spend
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.appeals import open_appeals
from crowd.projects.models import Project
from crowd.projects.pages import rights
from crowd.projects.permissions import PERMISSIONS, Permission, may_make_projects, project_for
from quality.dashboard import digest, read_board, read_disputes
from quality.disputes.adjudication import DecidedMeanwhile, NoAdjudication, adjudicate, withdraw_adjudication
from quality.formats.registry import FORMATS
from quality.labels.progress import progress_of
from quality.labels.requests import request_refresh, wake_refresh
from quality.notices import read_notices
from tasks.models import Task
from tasks.pages import UploadForm

PROJECTS_SHOWN = 200
APPEALS_SHOWN = 20


@signed_in
@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """The projects I work in, and those I answer for."""
    mine = request.user.memberships.select_related("project__summary").order_by("-pk")[:PROJECTS_SHOWN]
    to_work_in = [member for member in mine if Permission.WORK in PERMISSIONS[member.role]]
    answered_for = [member.project for member in mine if Permission.READ in PERMISSIONS[member.role]]
    if request.user.is_superuser:
        others = Project.objects.exclude(memberships__user=request.user).select_related("summary")
        answered_for += others.order_by("-pk")[:PROJECTS_SHOWN]
    shown = [(project, progress_of(getattr(project, "summary", None))) for project in answered_for]
    context = {"to_work_in": to_work_in, "answered_for": shown, "may_make_projects": may_make_projects(request.user)}
    if not request.user.address_confirmed:
        waits = request.user.waits_for.select_related("project").order_by("pk")[:PROJECTS_SHOWN]
        context |= {"waits_for": waits, "how_to_confirm": how_to_confirm(request.user.email, mailed=True)}
    return render(request, "quality/home.html", context)


@signed_in
@require_GET
def project(request: PersonRequest, slug: str) -> HttpResponse:
    """The overview of a project, which keeps itself up to date by asking for `board` and
    `disputes`."""
    project = project_for(request.user, slug, Permission.READ)
    has_tasks = Task.objects.for_project(project).exists()
    context = {"has_tasks": has_tasks, "form": UploadForm(), **_board(request, project), **_disputes(project)}
    for files, table in (("label_files", "labels"), ("response_files", "responses")):
        context[files] = [(each.title, reverse(f"{table}-{name}", args=[slug])) for name, each in FORMATS.items()]
    if Permission.MANAGE in context["may"]:
        context |= {"notices": read_notices(project), "appeals": open_appeals(project)[:APPEALS_SHOWN]}
    return render(request, "quality/project.html", context)


@signed_in
@require_GET
def board(request: PersonRequest, slug: str) -> HttpResponse:
    return _part(request, "quality/board.html", _board(request, project_for(request.user, slug, Permission.READ)))


@signed_in
@require_GET
def disputes(request: PersonRequest, slug: str) -> HttpResponse:
    return _part(request, "quality/disputes.html", _disputes(project_for(request.user, slug, Permission.READ)))


def _board(request: PersonRequest, project: Project) -> dict[str, Any]:
    board = read_board(project)
    return {"board": board, "board_digest": digest(board), **rights(request.user, project)}


def _disputes(project: Project) -> dict[str, Any]:
    disputes = read_disputes(project)
    return {"project": project, "disputes": disputes, "disputes_digest": digest(disputes)}


def _part(request: PersonRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A part of the overview, or nothing if that is what the reader has."""
    seen = request.GET.get("seen", "none")
    if seen in (context.get("board_digest"), context.get("disputes_digest")):
        return HttpResponse(status=204)
    return render(request, template, context)


@signed_in
@require_POST
def refresh(request: PersonRequest, slug: str) -> HttpResponse:
    """Have the labels worked out now."""
    project = project_for(request.user, slug, Permission.MANAGE)
    spend("refreshes", request.user, project.pk)
    request_refresh(project)
    if request.htmx:
        return render(request, "quality/board.html", _board(request, project))
    return redirect("project", slug)


class DecisionForm(forms.Form):
    """`seen` is the decision that the page showed, if there was one."""

    task = forms.CharField(max_length=300, strip=False)
    answer = forms.CharField(required=False, strip=False)
    seen = forms.CharField(required=False)


@signed_in
@require_POST
def decide(request: PersonRequest, slug: str) -> HttpResponse:
    """Decide a disputed task, or, without an answer, let consensus decide again."""
    project = project_for(request.user, slug, Permission.REVIEW)
    form, news = DecisionForm(request.POST), ""
    if form.is_valid():
        task = Task.objects.for_project(project).named(form.cleaned_data["task"])
        try:
            _decide(request.user, task, form.cleaned_data["answer"], form.cleaned_data["seen"])
        except (DecidedMeanwhile, NoAdjudication) as error:
            news = error.detail
        wake_refresh(project.pk)
    if request.htmx:
        return render(request, "quality/disputes.html", {**_disputes(project), "news": news})
    if news:
        messages.warning(request, news)
    return redirect(reverse("project", args=[slug]) + "#disputes")


def _decide(reviewer: User, task: Task, answer: str, seen: str) -> None:
    if answer:
        adjudicate(task=task, reviewer=reviewer, answer=answer, seen=seen)
    else:
        withdraw_adjudication(task=task, reviewer=reviewer, seen=seen)
