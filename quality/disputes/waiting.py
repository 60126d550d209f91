"""What reviewers decide: the tasks that are least sure, each with what is believed of it and who said what."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from crowd.projects.models import Membership, Project
from quality.charts import Interval
from quality.disputes.keysets import Place, after
from quality.models import Adjudication, Consensus
from quality.workers.rows import score_of
from tasks.answers import Answer
from tasks.models import Response, Task

ORDER = ("confidence", "task_id")

State = Consensus.State


def undecided(project: Project, state: str = State.DISPUTED, place: Place | None = None) -> QuerySet[Consensus]:
    """What nobody has decided, the least sure first, from after a place on; found by an index."""
    waiting = Consensus.objects.filter(project=project, state=state, task__adjudication=None)
    rows: QuerySet[Consensus] = after(waiting.select_related("task"), ORDER, place)
    return rows


def place_of(consensus: Consensus) -> Place:
    return Place(consensus.confidence, consensus.task_id)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one worker says of a task, and how far that worker can be trusted, as of the last refresh."""

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

    @classmethod
    def of(cls, task: Task) -> "Case":
        return cls(
            task=task,
            consensus=Consensus.objects.filter(task=task).first(),
            adjudication=Adjudication.objects.filter(task=task).select_related("reviewer").first(),
            opinions=opinions_on([task.pk]).get(task.pk, []),
        )

    @property
    def place(self) -> Place | None:
        return place_of(self.consensus) if self.consensus else None

    @property
    def text(self) -> str:
        """What is read before all else."""
        return _plain(self.task.data.get("text", ""))

    @property
    def more(self) -> list[tuple[str, str]]:
        """Whatever else there is to the task, by name."""
        return [(name, _plain(value)) for name, value in self.task.data.items() if name != "text"]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def next_case(project: Project, state: str, place: Place | None) -> Case | None:
    """The least sure of what nobody has decided, after a place."""
    consensus = undecided(project, state, place).first()
    return Case.of(consensus.task) if consensus else None
