"""The gold of a project as owners look through it: where each piece comes from, and how workers do
on it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from crowd.cursors import Place, after
from crowd.projects.answer_kinds import is_right
from crowd.projects.models import Project
from quality.gold.suspects import ANSWERS_TO_SUSPECT, suspect_gold
from quality.models import GoldAnswer
from quality.models.labels import SUSPECT_FROM
from tasks.models import Response, Task, TaskQuerySet


@dataclass(frozen=True, slots=True)
class GoldRow:
    """One piece of gold: how many answers it got, and how many of them are right."""

    task: Task
    gold: GoldAnswer
    right: int
    seen: int

    @property
    def suspect(self) -> bool:
        """Whether trusted workers contradict it, and nobody has confirmed it since."""
        doubted = self.gold.doubt is not None and self.gold.doubt >= SUSPECT_FROM
        return doubted and self.gold.confirmed_at is None and self.seen >= ANSWERS_TO_SUSPECT


def gold_tasks(project: Project, origin: str | None = None) -> TaskQuerySet:
    """The project's gold in the order of the tasks, by the index of what is not ordinary work."""
    tasks = Task.objects.for_project(project).exclude(purpose=Task.Purpose.WORK).select_related("gold")
    tasks = tasks.filter(gold__origin=origin) if origin else tasks.filter(gold__isnull=False)
    return tasks.order_by("pk")


def suspects(project: Project, place: Place | None = None, origin: str | None = None) -> Any:
    """Suspect gold with its tasks, the most doubtful first, from after a place on."""
    golds = suspect_gold(project).select_related("task")
    golds = golds.filter(origin=origin) if origin else golds
    return after(golds, ("doubt", "task_id"), place, descending=True)


def gold_rows(project: Project, golds: Sequence[GoldAnswer]) -> list[GoldRow]:
    """These pieces of the project's gold, which come with their tasks, and their tallies: one query
    over their answers."""
    right_answer = {gold.task_id: gold.answer for gold in golds}
    answers = Response.objects.current().filter(task__in=list(right_answer))
    seen: Counter[int] = Counter()
    right: Counter[int] = Counter()
    for task_id, answer, count in answers.values_list("task_id", "answer").annotate(Count("pk")).order_by():
        seen[task_id] += count
        right[task_id] += count * is_right(project, answer, right_answer[task_id])
    return [GoldRow(gold.task, gold, right[gold.task_id], seen[gold.task_id]) for gold in golds]
