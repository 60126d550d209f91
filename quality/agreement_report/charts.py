"""The geometry of the charts of agreement: a curve over time, and maps of classes and of
workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from quality.charts import heat, percent

CLASSES_DRAWN = 20
WORKERS_DRAWN = 16
GOOD = 0.8
"""From here on agreement beyond chance counts as good (K. Krippendorff, 2004, Content analysis,
chapter 11)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a map: the figure that is written in it, and the step of its colour; neither where
    there is none."""

    value: float | None
    step: int | None


NOTHING = Cell(None, None)


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure over days in a box of 100 by 100: its line, the band of its intervals, and its last
    point, as text."""

    line: str
    band: str
    last_x: str
    last_y: str
    good_y: str
    first: date
    last: date
    latest: float


def curve(days: Sequence[tuple[date, Mapping[str, Any]]]) -> Curve | None:
    """The curve through the days on which the figure is defined; None if there are none. Below 0 it
    runs along the bottom."""
    defined = [(day, figure) for day, figure in days if figure["value"] is not None]
    if not defined:
        return None
    first, last = defined[0][0], defined[-1][0]
    span = max((last - first).days, 1)
    across = [percent((day - first).days / span if last > first else 1.0) for day, _figure in defined]

    def points(part: str) -> list[str]:
        ends = (figure["value"] if figure[part] is None else figure[part] for _day, figure in defined)
        return [f"{x},{percent(1 - end)}" for x, end in zip(across, ends, strict=True)]

    values = points("value")
    last_x, last_y = values[-1].split(",")
    return Curve(
        line=" ".join(values),
        band=" ".join(points("low") + points("high")[::-1]),
        last_x=last_x,
        last_y=last_y,
        good_y=percent(1 - GOOD),
        first=first,
        last=last,
        latest=defined[-1][1]["value"],
    )


def class_map(
    classes: Sequence[Mapping[str, Any]], disagreements: Sequence[Sequence[int]]
) -> tuple[list[int], list[list[Cell]]]:
    """The classes by place, at most `CLASSES_DRAWN` of those that answers disagree about most, and
    a row of cells for each: where somebody gave the class of the row, how often others gave that of
    the column to the same task."""
    disagreeing = [each["disagreeing_pairs"] for each in classes]
    most = sorted(range(len(classes)), key=lambda code: -disagreeing[code])[:CLASSES_DRAWN]
    pairs = np.diag([2.0 * each["agreeing_pairs"] for each in classes]) if classes else np.zeros((0, 0))
    for one, other, count, _tasks in disagreements:
        if other < len(classes):
            pairs[one, other] = pairs[other, one] = count
    met = [2 * each["agreeing_pairs"] + each["disagreeing_pairs"] for each in classes]
    shown = sorted(most)
    return shown, [[_share(pairs[row, column], met[row]) for column in shown] for row in shown]


def _share(count: float, total: int) -> Cell:
    return Cell(count / total, heat(count / total)) if total else NOTHING


def worker_map(workers: Sequence[int], pairs: Sequence[Mapping[str, Any]]) -> tuple[list[int], list[list[Cell]]]:
    """The workers by key, at most `WORKERS_DRAWN`, and a row of cells for each: the kappa with each
    of the others."""
    shown = list(workers[:WORKERS_DRAWN])
    kappas: dict[frozenset[int], float] = {
        frozenset(each["id"] for each in pair["workers"]): pair["cohen_kappa"]["value"] for pair in pairs
    }

    def cell(row: int, column: int) -> Cell:
        kappa = kappas.get(frozenset((row, column)))
        return NOTHING if kappa is None else Cell(kappa, heat(max(kappa, 0.0)))

    return shown, [[cell(row, column) for column in shown] for row in shown]
