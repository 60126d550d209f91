"""The exam: gold that a worker answers before real work, and what becomes of the score."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Count, Q

from crowd.projects.models import Project
from crowd.projects.skills import grant_skill
from tasks.models import Assignment, Desk, Response
from tasks.signals import correct

State = Assignment.State
ExamState = Literal["not_begun", "under_way", "to_be_repeated", "failed", "passed"]


@dataclass(frozen=True, slots=True)
class Exam:
    """An attempt under way, and how many tasks of it are still to be handed out."""

    attempt: int
    left: int


def exam_state(desk: Desk, project: Project) -> ExamState:
    """How far a worker is with the exam. One to be repeated may still have to wait."""
    if desk.exam_passed_at is not None:
        return "passed"
    if desk.exam_attempt == 0:
        return "not_begun"
    if desk.exam_again_at is None:
        return "under_way"
    return "failed" if desk.exam_attempt >= project.exam_attempts else "to_be_repeated"


def needs_exam(desk: Desk, project: Project) -> bool:
    return project.exam_tasks > 0 and desk.exam_passed_at is None


def sit_exam(desk: Desk, project: Project, now: datetime) -> Exam | None:
    """The attempt that this worker is at, graded if it is over; None while there is nothing to do but wait, or after
    the last attempt. Changes the desk, which the caller stores."""
    if desk.exam_again_at is not None or desk.exam_attempt == 0:
        if (desk.exam_again_at or now) > now or desk.exam_attempt >= project.exam_attempts:
            return None
        desk.exam_attempt, desk.exam_again_at = desk.exam_attempt + 1, None
        return Exam(desk.exam_attempt, project.exam_tasks)
    sheet = Assignment.objects.filter(worker=desk.pk, exam_attempt=desk.exam_attempt)
    handed_out = sheet.aggregate(all=Count("pk"), live=Count("pk", filter=Q(state=State.LIVE)))
    left = project.exam_tasks - handed_out["all"]
    if left <= 0 and not handed_out["live"]:
        grade(desk, project, now)
        return None
    return Exam(desk.exam_attempt, max(left, 0))


def grade(desk: Desk, project: Project, now: datetime) -> None:
    """Score the attempt: the share of right answers, where a skipped or forgotten task is a wrong one."""
    sheet = Assignment.objects.filter(worker=desk.pk, exam_attempt=desk.exam_attempt)
    standing = Response.objects.filter(assignment__in=sheet, replaced_at=None)
    corrections = correct(dict(standing.values_list("task_id", "answer")))
    right = sum(correction.right for correction in corrections.values())
    desk.exam_score = right / max(sheet.count(), 1)
    if desk.exam_score >= project.exam_score:
        desk.exam_passed_at = now
        grant_skill(worker=desk.worker, actor=None)
    else:
        desk.exam_again_at = now + timedelta(seconds=project.exam_cooldown_seconds)
