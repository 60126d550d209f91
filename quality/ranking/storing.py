"""Storing a ranking, in steps: whoever reads it has the one before until all of the new one is
there."""

from collections.abc import Callable

import numpy as np
from django.db import transaction

from crowd.batches import BATCH, batches
from crowd.projects.models import Project
from quality.kinds.ranked import Ranked
from quality.models import RankedItem, Ranking
from quality.models.projects import new_edition


def store_ranking(project: Project, ranked: Ranked, renew: Callable[[], None]) -> None:
    """Replace the project's ranking. `renew` is called within each step, and raises where somebody
    else is at it by now."""
    before = Ranking.objects.filter(project=project).values_list("edition", flat=True).first()
    edition = new_edition()
    order = np.lexsort((np.arange(len(ranked.items)), -ranked.score))
    rows = [_row(project, ranked, edition, place, int(code)) for place, code in enumerate(order, 1)]
    for batch in batches(rows):
        with transaction.atomic():
            renew()
            RankedItem.objects.bulk_create(batch)
    with transaction.atomic():
        renew()
        Ranking.objects.update_or_create(project=project, defaults={"edition": edition})
    _remove_others(project, {edition, before})


def _row(project: Project, ranked: Ranked, edition: int, place: int, code: int) -> RankedItem:
    return RankedItem(
        project=project,
        edition=edition,
        place=place,
        item=ranked.items[code],
        score=float(ranked.score[code]),
        low=float(ranked.low[code]),
        high=float(ranked.high[code]),
        rank=float(ranked.rank[code]),
        comparisons=int(ranked.compared[code]),
        tasks=list(ranked.tasks[code]),
    )


def _remove_others(project: Project, kept: set[int | None]) -> None:
    """Earlier editions, but for the last one, which somebody may be in the middle of; and what a
    fit that was killed has left."""
    others = RankedItem.objects.filter(project=project).exclude(edition__in=[each for each in kept if each])
    while keys := list(others.values_list("pk", flat=True)[:BATCH]):
        RankedItem.objects.filter(pk__in=keys).delete()
