"""What the page gets that has people pick from a list of very many classes
(`tasks/static/tasks/class_picker.js`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _


def listed(classes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Name, title and colour of each."""
    return [{"text": each["name"], "title": each["title"], "color": each.get("color", "")} for each in classes]


def list_keys() -> dict[str, str]:
    """The keys of a list, each with what it does in words."""
    return {
        "1 … 0": _("one of the classes that were used last"),
        "/": _("search the classes"),
        "Esc": _("leave the search"),
    }
