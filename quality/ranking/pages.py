"""The page of a ranking: each item with the interval of its score."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Min
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from crowd.people.signin import PersonRequest, signed_in
from crowd.projects.pages import rights
from crowd.projects.permissions import Permission, project_for
from quality.charts import Interval
from quality.formats.registry import FORMATS
from quality.models import RankedItem
from quality.ranking.listing import ranked_items, require_ranking
from tasks.models import Task

SHOWN = 100
TASKS_SHOWN = 2  # of an item


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the page: its place on the common axis, and the names of a few of its tasks."""

    item: RankedItem
    bar: Interval
    tasks: list[str]


@signed_in
@require_GET
def ranking(request: PersonRequest, slug: str) -> HttpResponse:
    """The items of a project, best first."""
    project = project_for(request.user, slug, Permission.READ)
    require_ranking(project)
    after = request.GET.get("after", "")
    items = ranked_items(project)
    ends = items.aggregate(low=Min("low"), high=Max("high"))
    found = list(items.filter(place__gt=int(after[:9]) if after.isdecimal() else 0)[: SHOWN + 1])
    shown = found[:SHOWN]
    context = {
        "lines": _lines(shown, ends["low"] or 0.0, ends["high"] or 0.0),
        "next": shown[-1].place if len(found) > SHOWN else None,
        "files": [(each.title, reverse(f"ranking-{name}", args=[slug])) for name, each in FORMATS.items()],
        **rights(request.user, project),
    }
    return render(request, "quality/ranking.html", context)


def _lines(items: Sequence[RankedItem], low: float, high: float) -> list[Line]:
    keys = {key for item in items for key in item.tasks}
    names = dict(Task.objects.filter(pk__in=list(keys)).values_list("pk", "external_id"))
    width = (high - low) or 1.0

    def bar(item: RankedItem) -> Interval:
        return Interval(*((score - low) / width for score in (item.score, item.low, item.high)))

    return [Line(item, bar(item), [names[key] for key in item.tasks if key in names][:TASKS_SHOWN]) for item in items]
