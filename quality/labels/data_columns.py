"""The tasks' own columns beside those of their labels.

A file's columns are known before its first row, so all tasks are gone through for their names
first, a step at a time, with nothing kept but the names.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crowd.projects.models import Project
from quality.exports import ROWS_A_STEP, at_leisure, in_steps
from tasks.models import Task

MOST = 500  # columns of their own; what else tasks have stands together in one
REST = "data"
PREFIX = "data."
MEANT = ("answer", "worker", REST)  # names that mean something to whoever reads tables of labels, beside its own


@dataclass(frozen=True, slots=True)
class DataColumns:
    """titles: of columns, by what each is called in the data. rest: whether there is more than has
    a column."""

    titles: Mapping[str, str]
    rest: bool

    @property
    def names(self) -> list[str]:
        return [*self.titles.values(), *([REST] if self.rest else [])]

    def cells(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """One task's; None where it has nothing."""
        cells = {title: data.get(key) for key, title in self.titles.items()}
        if self.rest:
            cells[REST] = {key: value for key, value in data.items() if key not in self.titles} or None
        return cells


def data_columns(project: Project, taken: Collection[str]) -> DataColumns:
    """Those of all tasks of a project, in the order of the alphabet, beside the columns that are
    `taken`."""
    tasks = Task.objects.for_project(project).order_by("pk").values_list("data", flat=True)
    steps = at_leisure(in_steps(tasks.iterator(chunk_size=ROWS_A_STEP)))
    keys, rest = _keys(steps)
    return DataColumns({key: title_of(key, {*taken, *MEANT}) for key in keys}, rest)


def _keys(steps: Iterable[list[dict[str, Any]]]) -> tuple[list[str], bool]:
    """The first of all names, and whether there are more."""
    keys: set[str] = set()
    rest = False
    for step in steps:
        keys.update(*step)
        if len(keys) > MOST:
            keys, rest = set(sorted(keys)[:MOST]), True
    return sorted(keys), rest


def title_of(key: str, taken: Collection[str]) -> str:
    """What a column is called: as in the data, or behind `data.` where that would be taken for
    another column."""
    plain = "_".join(key.casefold().split())
    return f"{PREFIX}{key}" if not plain or plain in taken or plain.startswith(PREFIX) else key
