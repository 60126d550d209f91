"""Pages about gold: what there is, what is doubtful about it, and how there comes to be more."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from crowd.errors import CrowdError
from crowd.people.signin import PersonRequest, signed_in, takes_files
from crowd.projects.answer_kinds import text_of
from crowd.projects.models import Project
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from quality.gold import giving
from quality.gold.listing import GoldRow, gold_rows, gold_tasks, suspects
from quality.gold.promotion import MOST_PROMOTED, SURE, candidates, promote_gold
from quality.gold.tables import import_gold, read_gold
from quality.kinds.protocol import Option, consensus_kind
from quality.labels.requests import wake_refresh
from quality.models import GoldAnswer
from tasks.faces import TaskFace
from tasks.models import Task

ROWS_A_PAGE = 50
BIGGEST_KEY = 19  # digits
FAULTS_SHOWN = 5
OPTIONS_IN_A_MENU = 30  # of more there is one list for the whole page

Origin = GoldAnswer.Origin


class FilterForm(forms.Form):
    origin = forms.ChoiceField(
        label=gettext_lazy("Where it comes from"),
        choices=[("", gettext_lazy("anywhere")), *Origin.choices],
        required=False,
    )
    suspect = forms.BooleanField(label=gettext_lazy("Only what may be wrong"), required=False)


class PromotionForm(forms.Form):
    count = forms.IntegerField(label=gettext_lazy("How many tasks"), min_value=1, max_value=MOST_PROMOTED, initial=50)
    min_confidence = forms.FloatField(
        label=gettext_lazy("Labels at least as sure as"), min_value=0.5, max_value=1, initial=SURE
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed of the choice"), min_value=0, max_value=2**31 - 1, initial=0, required=False
    )


class TableForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Table (CSV)"),
        help_text=gettext_lazy("The first line names the columns: task, answer and, if you like, explanation."),
    )


class ChangeForm(forms.Form):
    task = forms.CharField(max_length=300, strip=False)
    action = forms.ChoiceField(choices=[("confirm", ""), ("correct", ""), ("withdraw", "")])
    answer = forms.CharField(required=False, strip=False)


@signed_in
@require_GET
def gold_page(request: PersonRequest, slug: str) -> HttpResponse:
    """All gold, or what is asked for of it; and, if asked, how much more there could be by
    promotion."""
    project = project_for(request.user, slug, Permission.MANAGE)
    form = FilterForm(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {"origin": "", "suspect": False}
    options = consensus_kind(project).options(project.schema)
    promotion = PromotionForm(request.GET if "preview" in request.GET else None)
    context: dict[str, Any] = {
        "filter_form": form,
        "suspect_only": wanted["suspect"],
        "suspects": list(suspects(project)[:1]),
        "promotion_form": promotion,
        "table_form": TableForm(),
        "options": options,
        "in_a_menu": 0 < len(options) <= OPTIONS_IN_A_MENU,
        "has_promoted": gold_tasks(project, Origin.PROMOTED).exists(),
        **_rows(project, wanted["origin"], request.GET.get("after", ""), suspect=wanted["suspect"]),
        **rights(request.user, project),
    }
    if promotion.is_valid():
        found = candidates(project, promotion.cleaned_data["min_confidence"])
        context |= {
            "preview": [
                (each.title, len(found.by_class.get(each.cell, [])))
                for each in options or [Option(None, "", _("Tasks"), "")]
            ],
            "more_candidates": found.more,
        }
    return render(request, "quality/gold.html", context)


def _rows(project: Project, origin: str, after: str, *, suspect: bool) -> dict[str, Any]:
    """Some gold, and where the next begins; of suspect gold the most doubtful."""
    if suspect:
        golds = list(suspects(project, origin=origin)[:ROWS_A_PAGE])
        return {"rows": _shown(project, gold_rows(project, golds))}
    tasks = gold_tasks(project, origin)
    if after.isdecimal() and len(after) < BIGGEST_KEY:
        tasks = tasks.filter(pk__gt=int(after))
    page = list(tasks[: ROWS_A_PAGE + 1])
    shown = page[:ROWS_A_PAGE]
    rows = _shown(project, gold_rows(project, [task.gold for task in shown]))
    return {"rows": rows, "next": shown[-1].pk if page[ROWS_A_PAGE:] else None, "later": bool(after)}


def _shown(project: Project, rows: list[GoldRow]) -> list[dict[str, Any]]:
    options = consensus_kind(project).options(project.schema)[:OPTIONS_IN_A_MENU]
    text = text_of(project)
    return [
        {
            "face": TaskFace.of(row.task),
            "row": row,
            "title": text(row.gold.answer),
            "percent_doubt": None if row.gold.doubt is None else round(100 * row.gold.doubt),
            "others": [each for each in options if each.answer != row.gold.answer],
        }
        for row in rows
    ]


@signed_in
@require_POST
def change_gold(request: PersonRequest, slug: str) -> HttpResponse:
    """Say of a piece of gold that it is right, give it another answer, or make its task ordinary
    again."""
    project = project_for(request.user, slug, Permission.MANAGE)
    form = ChangeForm(request.POST)
    if form.is_valid():
        task = Task.objects.for_project(project).named(form.cleaned_data["task"])
        try:
            messages.success(request, _changed(request, task, form.cleaned_data))
        except CrowdError as error:
            messages.error(request, error.detail)
        wake_refresh(project.pk)
    return _back(request, slug)


def _changed(request: PersonRequest, task: Task, data: dict[str, Any]) -> str:
    if data["action"] == "confirm":
        giving.confirm_gold(task=task, actor=request.user)
        return _("{task} is right: nobody is asked about it again.").format(task=task.external_id)
    if data["action"] == "correct":
        giving.correct_gold(task=task, actor=request.user, answer=data["answer"])
        text = _("{task} has another answer now. Everybody is scored anew in a moment.")
        return text.format(task=task.external_id)
    giving.withdraw_gold(task=task, actor=request.user)
    text = _("{task} is ordinary work again. Everybody is scored in a moment as if it had never been a test.")
    return text.format(task=task.external_id)


def _back(request: PersonRequest, slug: str) -> HttpResponse:
    """To the list, narrowed down as it was."""
    reply = redirect("gold", slug)
    if request.POST.get("suspect_only"):
        reply["Location"] += "?suspect=on"
    return reply


@signed_in
@require_POST
def promote(request: PersonRequest, slug: str) -> HttpResponse:
    """Turn very sure labels into hidden gold."""
    project = project_for(request.user, slug, Permission.MANAGE)
    form = PromotionForm(request.POST)
    if form.is_valid():
        data = {**form.cleaned_data, "seed": form.cleaned_data["seed"] or 0}
        n = sum(promote_gold(project=project, actor=request.user, **data).values())
        text = ngettext("{n} task is a hidden test task now.", "{n} tasks are hidden test tasks now.", n)
        messages.success(request, text.format(n=n))
    else:
        messages.error(request, _first_error(form))
    return redirect("gold", slug)


@takes_files
@signed_in
@require_POST
def upload_gold(request: PersonRequest, slug: str) -> HttpResponse:
    """Right answers from a table, all of them or none."""
    project = project_for(request.user, slug, Permission.MANAGE)
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _first_error(form))
        return redirect("gold", slug)
    try:
        imported = import_gold(project, request.user, read_gold(form.cleaned_data["file"], project))
    except CrowdError as error:
        messages.error(request, error.detail)
        for fault in error.errors[1:FAULTS_SHOWN]:
            messages.error(request, _("Line {line}: {detail}").format(line=fault["line"], detail=fault["detail"]))
    else:
        text = _("{created} test tasks are new, {changed} have changed, {unchanged} were there already.")
        counts = {name: getattr(imported, name) for name in ("created", "changed", "unchanged")}
        messages.success(request, text.format(**counts))
    return redirect("gold", slug)


@signed_in
@require_POST
def withdraw_promoted(request: PersonRequest, slug: str) -> HttpResponse:
    """Make everything ordinary again that was promoted."""
    project = project_for(request.user, slug, Permission.MANAGE)
    n = giving.withdraw_promoted(project=project, actor=request.user)
    text = ngettext("{n} task is ordinary work again.", "{n} tasks are ordinary work again.", n)
    messages.success(request, text.format(n=n))
    return redirect("gold", slug)


def _first_error(form: forms.Form) -> str:
    name, errors = next(iter(form.errors.items()))
    return f"{form.fields[name].label}: {errors[0]}"
