"""All that is known of one task: who said what and when, what models say, how the label came to be,
and what people have done about it."""

from dataclasses import dataclass
from typing import Any

from crowd.people.models import AuditEvent
from crowd.projects.answer_kinds import Answer, is_right, kind_of
from crowd.projects.models import Project
from quality.disputes.adjudication import history_of
from quality.models import Adjudication, AdjudicationEvent, GoldAnswer
from tasks.models import PreLabel, Response, Task
from tasks.queue.exhaustion import PassedOn, passed_on

ANSWERS_SHOWN = 1000
EVENTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What one worker said, and whether it is right, where that is known."""

    response: Response
    right: bool | None

    @property
    def standing(self) -> str:
        """What became of it."""
        if self.response.replaced_at:
            return "replaced"
        if self.response.voided_at:
            return "voided"
        return "counted" if self.response.counted else "surplus"


@dataclass(frozen=True, slots=True)
class TaskFile:
    """Everything about one task, the latest first."""

    task: Task
    answers: list[GivenAnswer]
    predictions: list[tuple[PreLabel, Answer | None]]
    gold: GoldAnswer | None
    adjudication: Adjudication | None
    decisions: list[AdjudicationEvent]
    audited: list[AuditEvent]
    why: PassedOn

    @classmethod
    def of(cls, task: Task) -> "TaskFile":
        project = task.project
        gold = GoldAnswer.objects.filter(task=task).first()
        adjudication = Adjudication.objects.filter(task=task).select_related("reviewer").first()
        known = adjudication or gold
        return cls(
            task=task,
            answers=_answers(task, known.answer if known else None, is_known=known is not None),
            predictions=_predictions(project, task),
            gold=gold,
            adjudication=adjudication,
            decisions=history_of(task, EVENTS_SHOWN),
            audited=_audited(task),
            why=passed_on([task.pk])[task.pk],
        )


def _answers(task: Task, known: Answer, *, is_known: bool) -> list[GivenAnswer]:
    given = task.responses.select_related("worker__user").order_by("-pk")[:ANSWERS_SHOWN]
    return [GivenAnswer(each, is_right(task.project, each.answer, known) if is_known else None) for each in given]


def _predictions(project: Project, task: Task) -> list[tuple[PreLabel, Any]]:
    predicted = kind_of(project).predicted
    return [(each, predicted(each.prediction)) for each in task.prelabels.order_by("model")]


def _audited(task: Task) -> list[AuditEvent]:
    """Of this task, and not of one that had the same name before."""
    subject = f"{task.project.slug}/{task.external_id}"
    events = AuditEvent.objects.filter(subject=subject, at__gte=task.created_at)
    return list(events.select_related("actor").order_by("-pk")[:EVENTS_SHOWN])
