"""Rows of votes that name the two items: by `a` and `b`, or by `left` and `right` as the command
line has them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from crowd.projects.answer_kinds import Answer, InvalidData, VotedOn
from quality.kinds.pairwise import items
from quality.kinds.pairwise.answers import ALIASES, NAMES, SWAPPED

COLUMNS = (("a", "b"), ("left", "right"))
ANSWERS = ("answer", "label")
EMPTY = ("", None)


def voted_on(cells: Mapping[str, Any]) -> VotedOn | None:
    """The row as one on a task of these two items; None if it names none. Where it names no task,
    the task is called by the items, the first by name before the other. Raises InvalidData."""
    columns = next((each for each in COLUMNS if all(cells.get(name) not in EMPTY for name in each)), None)
    if columns is None:
        return None
    data = items.checked({side: cells[name] for side, name in zip(items.SIDES, columns, strict=True)})
    named = {**cells, **{name: _answer(cells[name], data, columns) for name in ANSWERS if name in cells}}
    if cells.get("task") not in EMPTY:
        return VotedOn(named, data)
    one, other = (data[side]["id"] for side in items.SIDES)
    if one > other:
        data = {"a": data["b"], "b": data["a"]}
        named |= {name: _swapped(named[name]) for name in ANSWERS if name in named}
    return VotedOn({**named, "task": " | ".join(sorted((one, other)))}, data)


def _answer(cell: Any, data: Mapping[str, Any], columns: tuple[str, ...]) -> Any:
    """As the service calls it; the name of the better item is as good. Where the columns are those
    of the service, so are the answers, whatever the items are called."""
    if not isinstance(cell, str) or (columns == items.SIDES and cell in NAMES):
        return cell
    named = {data[side]["id"]: side for side in items.SIDES}
    return named.get(cell, ALIASES.get(cell, cell))


def _swapped(name: Any) -> Any:
    return NAMES[SWAPPED[NAMES.index(name)]] if name in NAMES else name


def moved(answer: Answer, given: Mapping[str, Any], data: Mapping[str, Any]) -> Answer:
    """An answer to `given` as one to a task whose data are these. Raises InvalidData where the
    items are others."""
    wanted, there = ([each[side]["id"] for side in items.SIDES] for each in (given, data))
    if wanted == there:
        return answer
    if wanted != there[::-1]:
        message = _("The task compares {there}, and not {wanted}.")
        raise InvalidData(message.format(there=_both(there), wanted=_both(wanted)), field="a")
    return SWAPPED[answer]


def _both(names: list[str]) -> str:
    return _("{one} and {other}").format(one=names[0][:100], other=names[1][:100])
