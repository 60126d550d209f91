"""How far workers lean to one side where two items are compared, in words for owners."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crowd.projects.models import Membership, Project
from quality.charts import Interval

EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Leaning:
    """How often the first side was chosen; `key` and `name` of the worker, where it is of one.
    side: the one that is leaned to, by more than chance: first, second or none."""

    first: Interval
    answers: int
    key: int = 0
    name: str = ""

    @property
    def side(self) -> str:
        low, high = self.first.low, self.first.high
        if low is None or high is None or low <= EVEN <= high:
            return ""
        return "first" if low > EVEN else "second"


@dataclass(frozen=True, slots=True)
class Position:
    """Of all, and of those workers who lean to a side."""

    whole: Leaning
    leaning: list[Leaning]


def position_of(project: Project, agreement: Mapping[str, Any]) -> Position | None:
    """As a fit has stored it; None where it says nothing."""
    stored = agreement.get("position")
    if not stored or not stored["answers"]:
        return None
    keys = [each["id"] for each in stored["workers"]]
    members = Membership.objects.filter(project=project, pk__in=keys).select_related("user")
    names = {member.pk: member.display_name for member in members}
    rows = [_leaning(each, each["id"], names[each["id"]]) for each in stored["workers"] if each["id"] in names]
    return Position(_leaning(stored), [row for row in rows if row.side])


def _leaning(stored: Mapping[str, Any], key: int = 0, name: str = "") -> Leaning:
    return Leaning(Interval.of(stored["first"]), stored["answers"], key, name)
