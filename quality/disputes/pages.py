"""The reviewers' queue: one task at a time, the least sure first, decided by one key press.

The page holds no state but its address: which tasks it is about, after which place of their list it
goes on, and which task was decided last. It works without its script.
"""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from crowd.cursors import Place
from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.answer_kinds import InvalidAnswer, kind_of, shown_of, text_of
from crowd.projects.models import Project
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from quality.disputes.adjudication import DecidedMeanwhile, NoAdjudication, adjudicate, withdraw_adjudication
from quality.disputes.waiting import Case, next_case, place_in
from quality.kinds.protocol import consensus_kind
from quality.labels.options import likely_answers
from quality.labels.progress import progress_of
from quality.labels.requests import wake_refresh
from quality.models import Adjudication, Consensus, Summary
from tasks.models import Task

IN_THEIR_ORDER = 12  # answers up to which they stand in the schema's order; of more the likeliest come first
OPINIONS_SHOWN = 100
UNDO_KEY, OTHER_UNDO_KEY = "u", "Backspace"

State = Consensus.State


class PlaceForm(forms.Form):
    """Where in the queue a reviewer is."""

    of = forms.ChoiceField(
        choices=[(state, "") for state in (State.DISPUTED, State.EXHAUSTED, State.OPEN)], required=False
    )
    after = forms.CharField(max_length=60, required=False)
    task = forms.CharField(max_length=300, strip=False, required=False)
    decided = forms.CharField(max_length=300, strip=False, required=False)


class DecisionForm(PlaceForm):
    """`seen` is the decision that the page showed, if there was one."""

    answer = forms.CharField(required=False, strip=False)
    seen = forms.CharField(required=False)
    gold = forms.BooleanField(required=False)
    explanation = forms.CharField(max_length=5000, required=False)


@signed_in
@require_GET
def review(request: PersonRequest, slug: str) -> HttpResponse:
    """The task that is decided next, with who said what."""
    project = project_for(request.user, slug, Permission.REVIEW)
    where = _where(request.GET)
    state, place = where["of"], _place(where["after"])
    case = _asked_for(project, where["task"]) or next_case(project, state, place)
    context: dict[str, Any] = {
        "where": where,
        "progress": progress_of(Summary.objects.filter(project=project).first()),
        "last": _last(project, where["decided"]),
        **rights(request.user, project),
    }
    if case is not None:
        context |= _case(case, project)
        # What was asked for by name may stand anywhere: the queue goes on from where it was, and
        # never to the same.
        following = next_case(project, state, place) if where["task"] else case
        elsewhere = following is not None and following.task.pk != case.task.pk
        after = where["after"] if elsewhere else str(place_in(state, case.task))
        context["skip"] = _address(project, {**where, "task": "", "after": after})
    return render(request, "quality/review.html", context)


def _where(data: QueryDict) -> dict[str, str]:
    """The place as it is said in an address; what can't be read is the beginning."""
    form = PlaceForm(data)
    form.is_valid()
    where = {name: form.cleaned_data.get(name, "") for name in form.fields}
    return {**where, "of": where["of"] or State.DISPUTED.value}


def _place(text: str) -> Place | None:
    try:
        return Place.parse(text)
    except ValueError:
        return None


def _address(project: Project, where: dict[str, str]) -> str:
    return f"{reverse('review', args=[project.slug])}?{urlencode({name: each for name, each in where.items() if each})}"


def _asked_for(project: Project, external_id: str) -> Case | None:
    task = Task.objects.for_project(project).filter(external_id=external_id).first() if external_id else None
    return Case.of(task) if task else None


def _last(project: Project, external_id: str) -> Adjudication | None:
    """The decision that can be undone by one key."""
    decisions = Adjudication.objects.filter(task__project=project, task__external_id=external_id)
    return decisions.select_related("task").first() if external_id else None


def _case(case: Case, project: Project) -> dict[str, Any]:
    text = text_of(project)
    choices = likely_answers(project, case.consensus, [opinion.answer for opinion in case.opinions])
    if len(choices) > IN_THEIR_ORDER:
        choices.sort(key=lambda choice: -choice.share)
    undo_key = UNDO_KEY if all(each.key != UNDO_KEY for each in choices) else OTHER_UNDO_KEY
    opinions = [(each, text(each.answer)) for each in case.opinions[:OPINIONS_SHOWN]]
    decided = text(case.adjudication.answer) if case.adjudication else ""
    of_kind = {} if consensus_kind(project).options(project.schema) else _own_answer(case, project)
    shown = {"case": case, "choices": choices, "opinions": opinions, "decided": decided, "undo_key": undo_key}
    return {**shown, **of_kind}


def _own_answer(case: Case, project: Project) -> dict[str, Any]:
    """Where answers can't be counted up a reviewer gives one by the control that workers have,
    which begins with the label."""
    kind, shown = kind_of(project), shown_of(project)
    label = shown(case.consensus.label) if case.consensus else None
    name = project.schema["type"]
    control = {"input": f"kinds/{name}/input.html", "script": f"kinds/{name}/control.js"}
    told = {"data": case.task.data, "label": label, "answers": [shown(each.answer) for each in case.opinions]}
    return {"control": {**control, "schema": kind.asked(project.schema)}, "told": told, "texts": {}}


@signed_in
@require_POST
def decide(request: PersonRequest, slug: str) -> HttpResponse:
    """Decide a task, or without an answer take the decision back and show it again; then go on."""
    project = project_for(request.user, slug, Permission.REVIEW)
    form = DecisionForm(request.POST)
    where = _where(request.POST)
    if not form.is_valid() or not form.cleaned_data["task"]:
        return redirect(_address(project, where))
    task = Task.objects.for_project(project).named(form.cleaned_data["task"])
    try:
        if "answer" in request.POST:  # which may be empty, and an answer all the same
            _decide(request, project, task, form.cleaned_data)
            where = {**where, "task": "", "decided": task.external_id}
        else:
            withdraw_adjudication(task=task, reviewer=request.user, seen=form.cleaned_data["seen"])
            where = {**where, "decided": ""}
    except InvalidAnswer as fault:
        messages.warning(request, fault.detail)
        where = {**where, "task": task.external_id}
    except (DecidedMeanwhile, NoAdjudication) as news:
        messages.warning(request, news.detail)
        where = {**where, "task": ""}
    wake_refresh(project.pk)
    return redirect(_address(project, where))


def _decide(request: PersonRequest, project: Project, task: Task, data: dict[str, Any]) -> None:
    if data["gold"]:
        project_for(request.user, project.slug, Permission.MANAGE)
    words = {name: data[name] for name in ("answer", "gold", "explanation", "seen")}
    adjudicate(task=task, reviewer=request.user, **words)
