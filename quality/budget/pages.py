"""The page of a project's budget: bought, saved, still to come, and what another policy would have
made of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models.functions import Now
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from crowd.errors import CrowdError, Fault
from crowd.people.quotas import spend
from crowd.people.signin import PersonRequest, signed_in, takes_files
from crowd.projects.answer_kinds import kind_of
from crowd.projects.knobs import MAX_RESPONSES
from crowd.projects.models import Order, Project
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from quality.budget.measuring import read_budget
from quality.budget.rehearsals import sentence
from quality.budget.replay_votes import table_text
from quality.budget.replays import request_replay
from quality.charts import Interval, percent
from quality.models import Replay

REPLAYS_SHOWN = 5
SAYS_SOMETHING = 0.05  # of a replay, before it is said how long the rest takes


class ReplayForm(forms.Form):
    """The policy to be tried, and where the answers come from."""

    min_responses = forms.IntegerField(label=_("Answers a task gets at least"), min_value=1, max_value=MAX_RESPONSES)
    max_responses = forms.IntegerField(label=_("Answers a task gets at most"), min_value=1, max_value=MAX_RESPONSES)
    target_confidence = forms.FloatField(
        label=_("Confidence that settles a task"),
        min_value=0.5,
        max_value=1.0,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    method = forms.ChoiceField(label=_("Method"))
    order = forms.ChoiceField(
        label=_("Which task comes next"),
        choices=Order.choices,
        help_text=_("With one answer for every task first, fewer are asked for: by then more is known of the workers."),
    )
    table = forms.FileField(
        label=_("Answers gathered elsewhere"),
        required=False,
        help_text=_(
            "A CSV file with the columns task, worker and answer, and truth where you know it. Without a file the "
            "answers of this project are played. Nothing is stored but what comes out."
        ),
    )
    faults: list[Fault]

    def __init__(self, *args: Any, methods: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["method"].choices = [(name, name) for name in methods]  # type: ignore[attr-defined]

    def add_refusal(self, error: CrowdError) -> None:
        """Show why it was not taken, and what is wrong where."""
        self.add_error(None, error.detail)
        self.faults = error.errors


@takes_files
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: PersonRequest, slug: str) -> HttpResponse:
    """What the answers have cost and will cost; by POST, try another policy on them."""
    project = project_for(request.user, slug, Permission.MANAGE if request.method == "POST" else Permission.READ)
    form = _form(request, project)
    if form.is_valid():
        policy = dict(form.cleaned_data)
        try:
            table = policy.pop("table")
            votes = table_text(table) if table else None
            spend("replays", request.user, project.pk)
            request_replay(project=project, actor=request.user, policy=policy, votes=votes)
        except CrowdError as error:
            form.add_refusal(error)
    latest = _replays(project).order_by("-pk")[:REPLAYS_SHOWN]
    context = {
        "form": form,
        "can_replay": kind_of(project).codes(project.schema) is not None,
        "replays": [_shown(each) for each in latest],
        **charts(read_budget(project)),
    }
    return render(request, "quality/budget.html", {**context, **rights(request.user, project)})


def _form(request: PersonRequest, project: Project) -> ReplayForm:
    names = ("min_responses", "max_responses", "target_confidence", "method", "order")
    initial = {name: getattr(project, name) for name in names}
    return ReplayForm(request.POST or None, request.FILES or None, initial=initial, methods=kind_of(project).methods)


@signed_in
@require_GET
def replay(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """The part of the page that says how far a replay is."""
    project = project_for(request.user, slug, Permission.READ)
    found = get_object_or_404(_replays(project), pk=pk)
    return render(request, "quality/budget_replay.html", {"project": project, **_shown(found)})


def _replays(project: Project) -> Any:
    return project.replays.defer("votes").annotate(now=Now())


def _shown(found: Any) -> dict[str, Any]:
    done = found.state == Replay.State.DONE
    return {"replay": found, "sentence": sentence(found.result) if done else "", "left": time_left(found)}


def time_left(replay: Any) -> timedelta | None:
    """How long a replay will go on at its pace so far; None before that says much."""
    if not replay.total or replay.done < SAYS_SOMETHING * replay.total:
        return None
    elapsed: timedelta = replay.now - replay.requested_at
    return elapsed * (replay.total - replay.done) / replay.done


def charts(budget: Mapping[str, Any]) -> dict[str, Any]:
    """The stored figures as the page draws them."""
    fixed, forecast = budget["fixed"], budget["forecast"]
    most = max((row["settled"] + row["disputed"] for row in budget["by_answers"]), default=1)
    pace = forecast["pace"]
    return {
        "budget": budget,
        "percent_saved": 100 * budget["saved"] // fixed if fixed else 0,
        "bought_width": percent(budget["decided_bought"] / fixed) if fixed else "0",
        "a_task": budget["decided_bought"] / budget["decided"] if budget["decided"] else None,
        "rows": [_row(row, most) for row in budget["by_answers"]],
        "to_come": _axis(budget["bought"], forecast["answers"]),
        "pace_since": datetime.fromisoformat(pace["since"]) if pace else None,
    }


def _row(row: Mapping[str, int], most: int) -> dict[str, Any]:
    """Tasks that were decided with so many answers: the settled first, beside them the disputed."""
    widths = {"settled_width": percent(row["settled"] / most), "disputed_width": percent(row["disputed"] / most)}
    return {**row, **widths}


def _axis(bought: int, to_come: Mapping[str, float] | None) -> Interval | None:
    """All answers there will be, on an axis that ends where the interval does."""
    if not to_come:
        return None
    longest = max(bought + to_come["high"], 1.0)
    return Interval(*((bought + to_come[part]) / longest for part in ("value", "low", "high")))
