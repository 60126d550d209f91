"""Pages of tasks: all of them, narrowed down and sorted; and one with all that is known of it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crowd.errors import CrowdError
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.answer_kinds import text_of
from crowd.projects.models import Project
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from quality.browser.asking import ask_again
from quality.browser.deletion import delete_tasks, delete_wanted, under_way
from quality.browser.everything import TaskFile
from quality.browser.forms import ChangeForm, DecisionForm, WantedForm
from quality.browser.history import history
from quality.browser.rows import TaskRows, tasks_in_order
from quality.browser.walking import ORDERS, Order, Place, cursor_of, place_of, step_of, walk
from quality.browser.wanted import Wanted
from quality.browser.why import why
from quality.charts import percent
from quality.disputes.adjudication import adjudicate, withdraw_adjudication
from quality.disputes.waiting import plain
from quality.gold.giving import give_gold, withdraw_gold
from quality.labels.options import likely_answers
from quality.labels.requests import wake_refresh
from quality.models import Consensus, TaskDeletion
from tasks.faces import TaskFace
from tasks.models import Task

ROWS_A_PAGE = 50
SORTED_BY = ("confidence", "answers", "updated")

State = Consensus.State


def address_of(project: Project, external_id: str) -> str:
    """The page of a task."""
    return f"{reverse('task', args=[project.slug])}?{urlencode({'id': external_id})}"


@signed_in
@require_GET
def tasks(request: PersonRequest, slug: str) -> HttpResponse:
    """The tasks of a project that are asked for, some at a time."""
    project = project_for(request.user, slug, Permission.READ)
    form = WantedForm(project, request.GET)
    order = ORDERS[form.order]
    after = request.GET.get("cursor", "")
    wanted = Wanted.of(project, form.asked)
    stretch = walk(wanted, order, _place(after, order), ROWS_A_PAGE)
    asked = {**form.asked, "sort": form.order}
    context: dict[str, Any] = {
        "form": form,
        "narrowed": bool(form.asked),
        "rows": _rows(project, [found.key for found in stretch.found]),
        "asked": _words(asked),
        "again": _address(project, asked),
        "later": bool(after),
        "following": stretch.end and _address(project, {**asked, "cursor": cursor_of(stretch.end)}),
        "full": len(stretch.found) == ROWS_A_PAGE,
        "step": step_of(wanted, order),
        "sorts": {name: _sorted_by(project, asked, name) for name in ("id", *SORTED_BY)},
        **rights(request.user, project),
    }
    if Permission.MANAGE in context["may"]:
        context["deletions"] = under_way(project)
    return render(request, "quality/tasks.html", context)


def _place(cursor: str, order: Order) -> Place | None:
    """What can't be read is the beginning."""
    try:
        return place_of(cursor, order) if cursor else None
    except ValueError:
        return None


def _address(project: Project, asked: dict[str, Any]) -> str:
    return f"{reverse('tasks', args=[project.slug])}?{urlencode(_words(asked))}"


def _words(asked: dict[str, Any]) -> dict[str, str]:
    """What is asked for, as forms and addresses say it."""
    words = {name: str(each).lower() if isinstance(each, bool) else str(each) for name, each in asked.items()}
    return {name: each for name, each in words.items() if (name, each) != ("sort", "id")}


def _sorted_by(project: Project, asked: dict[str, Any], name: str) -> dict[str, str]:
    """Where a press on the head of a column leads, and how it is sorted now."""
    first, other = (name, f"-{name}") if name in ("id", "confidence") else (f"-{name}", name)
    now = asked["sort"]
    direction = "" if now.lstrip("-") != name else "descending" if now.startswith("-") else "ascending"
    return {"address": _address(project, {**asked, "sort": other if now == first else first}), "direction": direction}


def _rows(project: Project, keys: list[int]) -> list[dict[str, Any]]:
    text = text_of(project)
    return [_row(task, getattr(task, "consensus", None), text) for task in tasks_in_order(keys)]


def _row(task: Task, label: Consensus | None, text: Any) -> dict[str, Any]:
    return {
        "face": TaskFace.of(task),
        "task": task,
        "label": text(label.label) if label else "",
        "confidence": percent(label.confidence) if label else None,
        "responses": label.responses if label else task.answers_counted,
        "state": _state(task, label),
    }


def _state(task: Task, label: Consensus | None) -> State:
    state = State(label.state) if label else State.OPEN
    return State.EXHAUSTED if state == State.OPEN and task.is_exhausted else state


@signed_in
@require_POST
def delete_some(request: PersonRequest, slug: str) -> HttpResponse:
    """Delete the tasks that are selected, or all that the filter finds."""
    project = project_for(request.user, slug, Permission.MANAGE)
    form = WantedForm(project, request.POST)
    try:
        if request.POST.get("action") == "all":
            deletion = delete_wanted(project=project, actor=request.user, asked=form.asked)
        else:
            deletion = delete_tasks(project=project, actor=request.user, names=request.POST.getlist("id"))
        messages.success(request, _deleted(deletion))
    except CrowdError as error:
        messages.error(request, error.detail)
    return redirect(_address(project, {**form.asked, "sort": form.order}))


def _deleted(deletion: TaskDeletion) -> str:
    if deletion.state == TaskDeletion.State.QUEUED:
        return _("They are being deleted. That goes on in the background.")
    n = deletion.deleted
    return ngettext("{n} task is deleted.", "{n} tasks are deleted.", n).format(n=n)


@signed_in
@require_GET
def task(request: PersonRequest, slug: str) -> HttpResponse:
    """All that is known of one task."""
    project = project_for(request.user, slug, Permission.READ)
    if "id" not in request.GET:
        return redirect("tasks", slug)
    task = Task.objects.for_project(project).select_related("image").named(request.GET.get("id", ""))
    file = TaskFile.of(task)
    label = Consensus.objects.filter(task=task).first()
    text, pictures = text_of(project), TaskRows(project).pictures(task)
    context = {
        "file": file,
        "task": task,
        "text": plain(task.data.get("text", "")),
        "more": [(name, plain(value)) for name, value in task.data.items() if name not in ("text", *pictures)],
        "pictures": pictures,
        "label": label,
        "label_text": text(label.label) if label else "",
        "state": _state(task, label),
        "choices": likely_answers(project, label, [each.response.answer for each in file.answers]),
        "why": why(file, label),
        "answers": [(each, text(each.response.answer)) for each in file.answers],
        "predictions": [(each, text(answer)) for each, answer in file.predictions],
        "gold_text": text(file.gold.answer) if file.gold else "",
        "history": history(file, text),
        **rights(request.user, project),
    }
    return render(request, "quality/task.html", context)


@signed_in
@require_POST
def decide(request: PersonRequest, slug: str) -> HttpResponse:
    """Decide a task, or without an answer take the decision back."""
    project = project_for(request.user, slug, Permission.REVIEW)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return redirect("tasks", slug)
    task, answer = Task.objects.for_project(project).named(form.cleaned_data["id"]), form.cleaned_data["answer"]
    seen = form.cleaned_data["seen"]
    try:
        if "answer" in request.POST:  # which may be empty, and an answer all the same
            adjudicate(task=task, reviewer=request.user, answer=answer, seen=seen)
        else:
            withdraw_adjudication(task=task, reviewer=request.user, seen=seen)
    except CrowdError as error:
        messages.error(request, error.detail)
    wake_refresh(project.pk)
    return redirect(address_of(project, task.external_id))


@signed_in
@require_POST
def change(request: PersonRequest, slug: str) -> HttpResponse:
    """Make a task gold or ordinary, ask for more answers to it, or delete it."""
    project = project_for(request.user, slug, Permission.MANAGE)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That could not be read. Nothing is changed."))
        name = request.POST.get("id", "")
        return redirect(address_of(project, name) if name else reverse("tasks", args=[slug]))
    task = Task.objects.for_project(project).named(form.cleaned_data["id"])
    action = form.cleaned_data["action"]
    try:
        messages.success(request, _changed(request, task, form.cleaned_data))
    except CrowdError as error:
        messages.error(request, error.detail)
        action = ""
    wake_refresh(project.pk)
    return redirect(reverse("tasks", args=[slug]) if action == "delete" else address_of(project, task.external_id))


def _changed(request: PersonRequest, task: Task, data: dict[str, Any]) -> str:
    name, actor = task.external_id, request.user
    if data["action"] == "gold":
        given = {word: data[word] for word in ("answer", "explanation", "training")}
        give_gold(task=task, actor=actor, **given)
        return _("{task} is a test task now.").format(task=name)
    if data["action"] == "withdraw":
        withdraw_gold(task=task, actor=actor)
        return _("{task} is ordinary work again.").format(task=name)
    if data["action"] == "more":
        answers = data["answers"] or 1
        ask_again(task=task, actor=actor, answers=answers)
        text = ngettext("{n} more answer is asked for.", "{n} more answers are asked for.", answers)
        return text.format(n=answers)
    delete_tasks(project=task.project, actor=actor, names=[name])
    return _("{task} is deleted.").format(task=name)
