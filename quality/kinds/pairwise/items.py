"""The two items of a task: what its data must say, and what a worker sees of them."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from crowd.projects.answer_kinds import InvalidData

SIDES = ("a", "b")
CONTENT = ("text", "picture")
LONGEST_ID = 300
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Data = Mapping[str, Any]


def checked(data: Data) -> Data:
    """The data of a task, with an object for each item. Raises InvalidData naming the side at
    fault."""
    sides = {side: _item(data, side) for side in SIDES}
    if sides["a"]["id"] == sides["b"]["id"]:
        raise InvalidData(_("An item can't be compared with itself."), field="data.b.id")
    return {**data, **sides}


def _item(data: Data, side: str) -> dict[str, Any]:
    """A text alone is an item that is called so."""
    item, field = _read(data.get(side)), f"data.{side}"
    if not isinstance(item, Mapping):
        message = _('A task is two items, a and b, each as {{"id", "text" or "picture"}}; {side} is none.')
        raise InvalidData(message.format(side=side), field=field)
    name = name_of(item.get("id"))
    if name is None:
        message = _("An item needs an id of one line, of at most {n} characters.")
        raise InvalidData(message.format(n=LONGEST_ID), field=f"{field}.id")
    if "text" in item and not isinstance(item["text"], str):
        raise InvalidData(_("The text of an item must be a text."), field=f"{field}.text")
    return {**item, "id": name}


def _read(item: Any) -> Any:
    """An item as a cell of a table may hold it."""
    if not isinstance(item, str):
        return item
    if item.lstrip().startswith("{"):
        try:
            return json.loads(item)
        except ValueError:
            return None
    return {"id": item}


def name_of(value: Any) -> str | None:
    """The id of an item as text; None if it is none. Tables of numbered items may give numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    name = str(value).strip()
    return name if 0 < len(name) <= LONGEST_ID and BREAKS.search(name) is None else None


def presented(data: Data, *, swapped: bool) -> Data:
    """What a worker sees, always in the same order. Ids may tell who made an item, so they show
    only where there is nothing else."""
    one, other = SIDES[::-1] if swapped else SIDES
    rest = {name: value for name, value in data.items() if name not in SIDES}
    return {**rest, "a": _face(data.get(one)), "b": _face(data.get(other))}


def _face(item: Any) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        return {}
    shown = {name: item[name] for name in sorted(item) if name != "id"}
    return shown if any(name in shown for name in CONTENT) else {**shown, "text": str(item.get("id", ""))}
