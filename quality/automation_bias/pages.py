"""The part of the agreement page that says how far workers follow the model that they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crowd.projects.models import Project
from quality.automation_bias.measuring import UNMEASURED
from quality.charts import Interval

MUCH = 0.05
"""Of answers that seeing the prediction moves: from here on, where it is sure, a warning is due."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What workers answer with the prediction in view, and blind: numbers of answers, and the
    `shares` of them that are the model's. `bias` is the difference in points."""

    title: str
    shown: int
    blind: int
    shares: tuple[Interval | None, Interval | None]
    bias: dict[str, float] | None


@dataclass(frozen=True, slots=True)
class Following:
    """All of it, and whether it calls for a warning."""

    rows: list[Compared]
    much: bool


def following_of(project: Project, stored: Mapping[str, Any]) -> Following | None:
    """What to show; None where no model is shown, and none was."""
    if not (project.shown_model or stored):
        return None
    titles = {"all": _("All tasks"), "when_wrong": _("Test tasks on which the model is wrong")}
    rows = [_compared(title, stored.get(name, UNMEASURED)) for name, title in titles.items()]
    return Following(rows, any(row.bias is not None and row.bias["low"] > 100 * MUCH for row in rows))


def _compared(title: str, stored: Mapping[str, Any]) -> Compared:
    shown, blind, bias = stored["shown"], stored["blind"], stored["bias"]
    return Compared(
        title,
        shown["answers"],
        blind["answers"],
        (_interval(shown), _interval(blind)),
        {part: 100 * value for part, value in bias.items()} if bias else None,
    )


def _interval(stored: Mapping[str, Any]) -> Interval | None:
    return Interval.of(stored["share"]) if stored["share"] else None
