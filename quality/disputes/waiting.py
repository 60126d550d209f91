"""What reviewers decide: the tasks that are least sure, or that nobody is left to answer, each with
what is believed of it, who said what, and why it was passed on."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from crowd.cursors import Place, after
from crowd.projects.answer_kinds import Answer
from crowd.projects.models import Membership, Project
from quality.charts import Interval
from quality.models import Adjudication, Consensus
from quality.workers.rows import score_of
from tasks.models import Response, Task
from tasks.queue.exhaustion import PassedOn, passed_on

ORDER = ("confidence", "task_id")

State = Consensus.State


def undecided(project: Project, state: str = State.DISPUTED, place: Place | None = None) -> QuerySet[Consensus]:
    """What nobody has decided, the least sure first, from after a place on; found by an index."""
    waiting = Consensus.objects.filter(project=project, state=state, task__adjudication=None)
    rows: QuerySet[Consensus] = after(waiting.select_related("task"), ORDER, place)
    return rows


def place_of(consensus: Consensus) -> Place:
    return Place(consensus.confidence, consensus.task_id)


def exhausted(project: Project, place: Place | None = None) -> QuerySet[Task]:
    """What nobody has decided and nobody is left to answer, as the tasks came; found by an
    index."""
    still_open = Q(consensus=None) | Q(consensus__state=State.OPEN)
    tasks = Task.objects.for_project(project).filter(still_open, is_exhausted=True, adjudication=None)
    return tasks.filter(pk__gt=place.key if place else 0).select_related("consensus").order_by("pk")


def waiting(project: Project, state: str, place: Place | None, at_most: int) -> list[Task]:
    """The next tasks that wait for a reviewer in this state, each with its label."""
    if state == State.EXHAUSTED:
        return list(exhausted(project, place)[:at_most])
    return [consensus.task for consensus in undecided(project, state, place)[:at_most]]


def place_in(state: str, task: Task) -> Place | None:
    """Where the task stands among those that wait in this state."""
    if state == State.EXHAUSTED:
        return Place(0.0, task.pk)
    consensus = Consensus.objects.filter(task=task).first()
    return place_of(consensus) if consensus else None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one worker says of a task, and how far that worker can be trusted, as of the last
    refresh."""

    worker: Membership
    answer: Answer
    seconds: float | None
    reliability: Interval


def opinions_on(task_ids: Sequence[int]) -> dict[int, list[Opinion]]:
    """The answers that stand on each of these tasks, those of the most reliable workers first."""
    standing = Response.objects.current().filter(task__in=task_ids)
    by_task: defaultdict[int, list[Opinion]] = defaultdict(list)
    for response in standing.select_related("worker__user", "worker__score").order_by("pk"):
        score = score_of(response.worker)
        reliability = Interval(score.reliability, score.reliability_low, score.reliability_high)
        by_task[response.task_id].append(Opinion(response.worker, response.answer, response.seconds, reliability))
    for opinions in by_task.values():
        opinions.sort(key=lambda opinion: -(opinion.reliability.value or 0.0))
    return by_task


@dataclass(frozen=True, slots=True)
class Case:
    """One task before a reviewer."""

    task: Task
    consensus: Consensus | None
    adjudication: Adjudication | None
    opinions: list[Opinion]
    why: PassedOn

    @classmethod
    def of(cls, task: Task) -> "Case":
        return cls(
            task=task,
            consensus=Consensus.objects.filter(task=task).first(),
            adjudication=Adjudication.objects.filter(task=task).select_related("reviewer").first(),
            opinions=opinions_on([task.pk]).get(task.pk, []),
            why=passed_on([task.pk])[task.pk],
        )

    @property
    def text(self) -> str:
        """What is read before all else."""
        return plain(self.task.data.get("text", ""))

    @property
    def more(self) -> list[tuple[str, str]]:
        """Whatever else there is to the task, by name."""
        return [(name, plain(value)) for name, value in self.task.data.items() if name != "text"]


def plain(value: Any) -> str:
    """A field of a task's data as people read it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def next_case(project: Project, state: str, place: Place | None) -> Case | None:
    """The first of what waits in this state, after a place."""
    tasks = waiting(project, state, place, 1)
    return Case.of(tasks[0]) if tasks else None
