"""What workers see of their own work: what they did, how fast, within which limits, and what stands before it.

Nothing of it depends on which tasks are gold, nor says what was right; only an exam has a result, as a whole.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, takewhile
from statistics import median
from typing import Any, Literal

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now, TruncDate

from crowd.projects.models import Membership, Project, SkillGrant
from tasks.exams import exam_state
from tasks.models import Assignment, Desk, Response, Task

RECENT = 50  # answers that pace and seconds are taken from
BREAK = timedelta(minutes=10)  # so long without an answer is a pause, and no part of the pace
LEAST_GAPS = 5  # between answers, before a pace is more than chance
DAYS = 14
MOST_COUNTED = 20_000  # answers that are looked at for the days

State = Assignment.State
Phase = Literal["training", "exam", "work"]
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


@dataclass(frozen=True, slots=True)
class Undo:
    """What the worker did last, while it may be taken back: an answer, or a skip, which has none."""

    token: str
    answer: Any
    until: datetime


@dataclass(frozen=True, slots=True)
class OwnWork:
    """A worker's own view of a project, as of `time`, by the database's clock. `recent` is newest first."""

    worker: Membership
    desk: Desk
    time: datetime
    recent: Sequence[Response]
    has_skill: bool
    exam: OwnExam | None

    @property
    def project(self) -> Project:
        return self.worker.project

    @property
    def paused(self) -> dict[str, Any] | None:
        if self.worker.status != Membership.Status.PAUSED:
            return None
        return {"reason": self.worker.pause_reason, "at": self.worker.paused_at}

    @property
    def phase(self) -> Phase:
        if self.desk.trained < self.project.training_tasks:
            return "training"
        return "exam" if self.exam and self.exam.state != "passed" else "work"

    @property
    def training(self) -> dict[str, int] | None:
        of = self.project.training_tasks
        return {"done": min(self.desk.trained, of), "of": of} if of else None

    @property
    def skill(self) -> dict[str, Any] | None:
        name = self.project.required_skill
        return {"name": name, "held": self.has_skill} if name else None

    @property
    def answered_today(self) -> int:
        """Since midnight UTC, as the limits count it."""
        return self.desk.answered_today if self.desk.day == self.time.astimezone(UTC).date() else 0

    @property
    def undo(self) -> Undo | None:
        """What may be taken back now, as far as workers may know: nobody tells them that an answer was declared
        worthless."""
        done = _last_done(self.desk)
        if done is None:
            return None
        until = done.until + timedelta(seconds=self.project.undo_seconds)
        return replace(done, until=until) if until > self.time else None

    @property
    def median_seconds(self) -> float | None:
        seconds = [response.seconds for response in self.recent if response.seconds is not None]
        return round(median(seconds), 2) if seconds else None

    @property
    def pace(self) -> float | None:
        """Answers an hour since the last longer pause; None before there are a few."""
        times = [response.received_at for response in self.recent]
        gaps = list(takewhile(lambda gap: gap <= BREAK, (later - earlier for later, earlier in pairwise(times))))
        worked = sum(gaps, timedelta())
        return round(len(gaps) * timedelta(hours=1) / worked, 1) if worked and len(gaps) >= LEAST_GAPS else None


def _last_done(desk: Desk) -> Undo | None:
    """What the worker did last, and when; None if it was taken back, or if what is right was told."""
    if skip := desk.last_skip:
        return Undo(skip.token, None, skip.closed_at) if skip.closed_at and skip.state == State.SKIPPED else None
    answer = desk.last_response
    if answer is None or answer.replaced_at is not None:
        return None
    given = answer.assignment
    if given is None or given.task.shelf == Task.Shelf.TRAINING:
        return None
    return Undo(given.token, answer.answer, answer.received_at)


def with_work(workers: Any) -> Any:
    """These memberships, with what `own_work` has to know of each."""
    newest = Response.objects.filter(worker=OuterRef("pk")).order_by("-pk").values("pk")
    held = SkillGrant.objects.held(OuterRef("user"), OuterRef("project__required_skill"))
    done = ("desk__last_skip", "desk__last_response__assignment__task")
    return (
        workers.select_related("project", "desk", *done)
        .defer(f"{done[1]}__data")
        .annotate(
            now=Now(),
            recent_since=Coalesce(Subquery(newest[RECENT - 1 : RECENT]), 0),
            has_skill=Exists(held),
        )
    )


def own_work(workers: Sequence[Any]) -> list[OwnWork]:
    """The views of these memberships, which come from `with_work`, in their order."""
    recent = _recent_answers(workers)
    return [_view(worker, recent[worker.pk]) for worker in workers]


def own_work_of(worker: Membership) -> OwnWork:
    return own_work([with_work(Membership.objects).get(pk=worker.pk)])[0]


def _recent_answers(workers: Iterable[Any]) -> defaultdict[int, list[Response]]:
    which = Q(pk=None)
    for worker in workers:
        which |= Q(worker=worker.pk, pk__gte=worker.recent_since)
    standing = Response.objects.filter(which, replaced_at=None).order_by("-pk")
    by_worker: defaultdict[int, list[Response]] = defaultdict(list)
    for response in standing.only("worker_id", "received_at", "seconds"):
        by_worker[response.worker_id].append(response)
    return by_worker


def _view(worker: Any, recent: Sequence[Response]) -> OwnWork:
    desk = getattr(worker, "desk", None) or Desk(worker=worker)
    exam = _exam(desk, worker.project, worker.now) if worker.project.exam_tasks else None
    return OwnWork(worker, desk, worker.now, recent, worker.has_skill, exam)


def _exam(desk: Desk, project: Project, now: datetime) -> OwnExam:
    state = _own_exam_state(desk, project, now)
    return OwnExam(
        state=state,
        tasks=project.exam_tasks,
        answered=_answered_in_exam(desk, project) if state == "under_way" else 0,
        score_to_pass=project.exam_score,
        score=desk.exam_score,
        attempts_left=max(project.exam_attempts - desk.exam_attempt, 0),
        cooldown_seconds=project.exam_cooldown_seconds,
        again_at=desk.exam_again_at if state == "waiting" else None,
    )


def _own_exam_state(desk: Desk, project: Project, now: datetime) -> OwnExamState:
    """The state as it is to the worker: what may be begun, or begun again, is due."""
    state = exam_state(desk, project)
    if state == "to_be_repeated":
        return "waiting" if desk.exam_again_at is not None and desk.exam_again_at > now else "due"
    return "due" if state == "not_begun" else state


def _answered_in_exam(desk: Desk, project: Project) -> int:
    """Answers of the attempt under way. It is the newest work there is: no more than it can be is looked through."""
    newest = Response.objects.filter(worker=desk.worker_id).order_by("-pk")[: 2 * project.exam_tasks]
    attempts = newest.values_list("assignment__exam_attempt", "replaced_at")
    return sum(attempt == desk.exam_attempt and taken_back is None for attempt, taken_back in attempts)


def history(worker: Membership) -> Any:
    """All that the worker answered, also what was taken back."""
    return Response.objects.filter(worker=worker).select_related("task", "assignment").order_by("-pk")


def answers_by_day(worker: Membership, now: datetime) -> list[tuple[date, int | None]]:
    """How much the worker answered on each of the last days (in UTC), the newest first; None before the day that the
    newest MOST_COUNTED answers reach back to."""
    answers = Response.objects.filter(worker=worker)
    today = now.astimezone(UTC).date()
    first = datetime.combine(today - timedelta(days=DAYS - 1), datetime.min.time(), UTC)
    oldest = answers.order_by("-pk").values_list("pk", "received_at")[MOST_COUNTED - 1 : MOST_COUNTED].first()
    floor, unknown_until = oldest or (0, first - timedelta(days=1))
    standing = answers.filter(pk__gte=floor, received_at__gte=first, replaced_at=None)
    by_day = standing.annotate(day=TruncDate("received_at", tzinfo=UTC)).values("day").annotate(n=Count("pk"))
    counts = dict(by_day.order_by().values_list("day", "n"))
    days = [today - timedelta(days=n) for n in range(DAYS)]
    return [(day, counts.get(day, 0) if day > unknown_until.astimezone(UTC).date() else None) for day in days]
