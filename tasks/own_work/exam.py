"""How a worker stands with the exam, as the worker may know it: never which answers were right,
only the score."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crowd.projects.models import Project
from tasks.models import QueueState, Response
from tasks.queue.exams import exam_state

OwnExamState = Literal["due", "under_way", "waiting", "passed", "failed"]


@dataclass(frozen=True, slots=True)
class OwnExam:
    """Where a worker stands with the exam. `score` is of the last attempt that is over."""

    state: OwnExamState
    tasks: int
    answered: int
    score_to_pass: float
    score: float | None
    attempts_left: int
    cooldown_seconds: int
    again_at: datetime | None

    @property
    def percent_to_pass(self) -> int:
        return math.ceil(100 * self.score_to_pass)

    @property
    def score_percent(self) -> int | None:
        """Rounded down, so that what did not reach the score does not look as if it had."""
        return None if self.score is None else math.floor(100 * self.score + 1e-9)


def exam_of(queue_state: QueueState, project: Project, now: datetime) -> OwnExam:
    state = _own_exam_state(queue_state, project, now)
    return OwnExam(
        state=state,
        tasks=project.exam_tasks,
        answered=_answered_in_exam(queue_state, project) if state == "under_way" else 0,
        score_to_pass=project.exam_score,
        score=queue_state.exam_score,
        attempts_left=max(project.exam_attempts - queue_state.exam_attempt, 0),
        cooldown_seconds=project.exam_cooldown_seconds,
        again_at=queue_state.exam_again_at if state == "waiting" else None,
    )


def _own_exam_state(queue_state: QueueState, project: Project, now: datetime) -> OwnExamState:
    """The state as the worker is told it: an exam that may be begun, or begun again, is due."""
    state = exam_state(queue_state, project)
    if state == "to_be_repeated":
        return "waiting" if queue_state.exam_again_at is not None and queue_state.exam_again_at > now else "due"
    return "due" if state == "not_begun" else state


def _answered_in_exam(queue_state: QueueState, project: Project) -> int:
    """Answers of the attempt under way. They are the worker's newest: no more than an exam can have
    are looked through."""
    newest = Response.objects.filter(worker=queue_state.worker_id).order_by("-pk")[: 2 * project.exam_tasks]
    attempts = newest.values_list("assignment__exam_attempt", "replaced_at")
    return sum(attempt == queue_state.exam_attempt and taken_back is None for attempt, taken_back in attempts)
