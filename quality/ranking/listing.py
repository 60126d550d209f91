"""Reading a ranking: the items of its edition, best first."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.projects.models import Project
from quality.exports import ROWS_A_STEP, Export, Row, at_leisure
from quality.formats.columns import CellType, Layout
from quality.kinds.protocol import consensus_kind
from quality.labels.editions import edition_of_figures
from quality.models import RankedItem, Ranking

TYPES: Mapping[str, CellType] = {
    "item": "text",
    "rank": "number",
    "score": "number",
    "low": "number",
    "high": "number",
    "comparisons": "count",
}


class NoRanking(CrowdError):
    status, code = 409, "no_ranking"


def require_ranking(project: Project) -> None:
    """Raises NoRanking where the project's tasks compare no items."""
    if not consensus_kind(project).ranks:
        raise NoRanking(_("Only projects in which two items are compared have a ranking."))


def ranked_items(project: Project) -> "QuerySet[RankedItem]":
    """Those of the newest edition, which stays as it is while another one is made; none before the
    first fit."""
    edition = Ranking.objects.filter(project=project).values_list("edition", flat=True).first()
    return RankedItem.objects.filter(project=project, edition=edition or 0).order_by("place")


def edition_of_ranking(project: Project) -> tuple[object, ...]:
    """Another one whenever the ranking is."""
    edition = Ranking.objects.filter(project=project).values_list("edition", flat=True).first()
    return (*edition_of_figures(project), edition)


def row_of(item: RankedItem) -> dict[str, Any]:
    """As programs get it."""
    return {
        "item": item.item,
        "rank": item.rank,
        "score": {"value": item.score, "low": item.low, "high": item.high},
        "comparisons": item.comparisons,
    }


def export_ranking(project: Project) -> Export:
    """All items, for a file."""
    return Export(Layout(TYPES, for_spreadsheets=True), at_leisure(_steps(project)))


def _steps(project: Project) -> Iterator[list[Row]]:
    place, items = 0, ranked_items(project)
    while step := list(items.filter(place__gt=place)[:ROWS_A_STEP]):
        yield [{name: getattr(item, name) for name in TYPES} for item in step]
        place = step[-1].place
