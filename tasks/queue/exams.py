"""The exam: gold that a worker answers before real work, and what becomes of the score."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Count, Q

from crowd.projects.models import Project
from crowd.projects.skills import grant_skill
from tasks.models import Assignment, QueueState, Response
from tasks.signals import correct

State = Assignment.State
ExamState = Literal["not_begun", "under_way", "to_be_repeated", "failed", "passed"]


@dataclass(frozen=True, slots=True)
class Exam:
    """An attempt under way, and how many tasks of it are still to be handed out."""

    attempt: int
    left: int


def exam_state(queue_state: QueueState, project: Project) -> ExamState:
    """How far a worker is with the exam. One to be repeated may still have to wait."""
    if queue_state.exam_passed_at is not None:
        return "passed"
    if queue_state.exam_attempt == 0:
        return "not_begun"
    if queue_state.exam_again_at is None:
        return "under_way"
    return "failed" if queue_state.exam_attempt >= project.exam_attempts else "to_be_repeated"


def needs_exam(queue_state: QueueState, project: Project) -> bool:
    return project.exam_tasks > 0 and queue_state.exam_passed_at is None


def sit_exam(queue_state: QueueState, project: Project, now: datetime) -> Exam | None:
    """The attempt that this worker is at, graded if it is over; None while there is nothing to do
    but wait, or after the last attempt. Changes the queue state, which the caller stores."""
    if queue_state.exam_again_at is not None or queue_state.exam_attempt == 0:
        if (queue_state.exam_again_at or now) > now or queue_state.exam_attempt >= project.exam_attempts:
            return None
        queue_state.exam_attempt, queue_state.exam_again_at = queue_state.exam_attempt + 1, None
        return Exam(queue_state.exam_attempt, project.exam_tasks)
    sheet = Assignment.objects.filter(worker=queue_state.pk, exam_attempt=queue_state.exam_attempt)
    handed_out = sheet.aggregate(all=Count("pk"), live=Count("pk", filter=Q(state=State.LIVE)))
    left = project.exam_tasks - handed_out["all"]
    if left <= 0 and not handed_out["live"]:
        grade(queue_state, project, now)
        return None
    return Exam(queue_state.exam_attempt, max(left, 0))


def grade(queue_state: QueueState, project: Project, now: datetime) -> None:
    """Score the attempt: the share of right answers, where a skipped or forgotten task is a wrong
    one."""
    sheet = Assignment.objects.filter(worker=queue_state.pk, exam_attempt=queue_state.exam_attempt)
    standing = Response.objects.filter(assignment__in=sheet, replaced_at=None)
    corrections = correct(project, dict(standing.values_list("task_id", "answer")))
    right = sum(correction.right for correction in corrections.values())
    queue_state.exam_score = right / max(sheet.count(), 1)
    if queue_state.exam_score >= project.exam_score:
        queue_state.exam_passed_at = now
        grant_skill(worker=queue_state.worker, actor=None)
    else:
        queue_state.exam_again_at = now + timedelta(seconds=project.exam_cooldown_seconds)
