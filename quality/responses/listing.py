"""Reading answers: every response of a project that stands or was voided, by the names of their
tasks, some at a time.

Each step begins behind the last row of the one before it and is found by the index of the names, so
that neither memory nor the cost of a step grows with the project. What a worker took back or
replaced is history, and left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from crowd.cursors import LARGEST_KEY
from crowd.projects.answer_kinds import kind_of, shown_of
from crowd.projects.models import Project
from quality.exports import Export, Row, at_leisure
from quality.formats.columns import CellType, Layout
from quality.responses.pseudonyms import Pseudonyms
from tasks.models import Response, Task

STEP = 1000  # rows
READ = (
    "task__external_id",
    "pk",
    "worker_id",
    "worker__name",
    "worker__user__email",
    "answer",
    "seconds",
    "received_at",
    "counted",
    "voided_at",
    "task__purpose",
)
TYPES: Mapping[str, CellType] = {
    "task": "text",
    "worker": "text",
    "answer": "json",
    "seconds": "number",
    "received_at": "time",
    "counted": "truth",
    "voided": "truth",
    "gold": "truth",
}

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a response stands in the list. As text it goes into addresses."""

    task: str
    key: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError."""
        key, comma, task = text.partition(",")
        place = cls(task, int(key))
        if not comma or not 0 <= place.key < LARGEST_KEY or "\x00" in task:
            raise ValueError(f"no place in a list: {text[:50]}")
        return place

    def __str__(self) -> str:
        return f"{self.key},{self.task}"


class ResponseRows:
    """The responses of a project as rows; `pseudonyms` stand for the names of workers."""

    def __init__(self, project: Project, *, pseudonyms: bool = False) -> None:
        self._project, self._shown = project, shown_of(project)
        self._told = kind_of(project).told_of_tasks
        self._pseudonyms = Pseudonyms(project) if pseudonyms else None

    def export(self) -> Export:
        """All of them, for a file."""
        told: Mapping[str, CellType] = dict.fromkeys(self._told, "text")
        layout = Layout({**TYPES, **told}, for_spreadsheets=True)
        return Export(layout, at_leisure([self._row(values) for values in step] for step in self._steps()))

    def page(self, place: Place | None, at_most: int) -> tuple[list[Row], Place | None]:
        """So many after a place, and where they end if there are more."""
        found = list(_after(self._project, place)[: at_most + 1])
        shown = found[:at_most]
        return [self._row(values) for values in shown], _place_of(shown) if len(found) > at_most else None

    def _steps(self) -> Iterator[list[Values]]:
        place: Place | None = None
        while step := list(_after(self._project, place)[:STEP]):
            yield step
            place = _place_of(step)

    def _row(self, values: Values) -> Row:
        """From what `READ` names."""
        task, _key, worker_id, name, email, answer, seconds, received_at, counted, voided_at, purpose = values[
            : len(READ)
        ]
        return {
            "task": task,
            "worker": self._pseudonyms.of(worker_id) if self._pseudonyms else email or name,
            "answer": self._shown(answer),
            "seconds": seconds,
            "received_at": received_at,
            # What is given in training says nothing about the task.
            "counted": counted and purpose != Task.Purpose.TRAINING,
            "voided": voided_at is not None,
            "gold": purpose != Task.Purpose.WORK,
            **dict(zip(self._told, values[len(READ) :], strict=True)),
        }


def _after(project: Project, place: Place | None) -> QuerySet[Response, Values]:
    rows = Response.objects.filter(task__project=project, replaced_at=None)
    if place is not None:
        same_or_later = rows.filter(task__external_id__gte=place.task)
        rows = same_or_later.filter(Q(task__external_id__gt=place.task) | Q(pk__gt=place.key))
    told = [_text_at(path) for path in kind_of(project).told_of_tasks.values()]
    return rows.order_by("task__external_id", "pk").values_list(*READ, *told)


def _text_at(path: tuple[str, ...]) -> KeyTextTransform:
    """What the data of the task have at this path."""
    *parents, last = path
    there: Any = F("task__data")
    for name in parents:
        there = KeyTransform(name, there)
    return KeyTextTransform(last, there)


def _place_of(step: list[Values]) -> Place:
    return Place(*step[-1][:2])
