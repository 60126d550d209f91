"""What workers see of their own work: what they did, how fast, within which limits, and what stands
before it.

None of it depends on which tasks are gold, and none says which answers were right; only an exam has
a result, as a whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from statistics import median
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now

from crowd.projects.models import Membership, Project, SkillGrant
from tasks.models import Assignment, QueueState, Response, Task
from tasks.own_work.exam import OwnExam, exam_of
from tasks.queue.presenting import shown_to_worker

RECENT = 50  # answers that pace and seconds are taken from
BREAK = timedelta(minutes=10)  # so long without an answer is a pause, and no part of the pace
LEAST_GAPS = 5  # between answers, before a pace is more than chance
State = Assignment.State
Phase = Literal["training", "exam", "work"]


@dataclass(frozen=True, slots=True)
class Undo:
    """What the worker did last, while it may be taken back: an answer, or a skip, which has
    none."""

    token: str
    answer: Any
    until: datetime


@dataclass(frozen=True, slots=True)
class OwnWork:
    """A worker's own view of a project, as of `time`, by the database's clock. `recent` is newest
    first."""

    worker: Membership
    queue_state: QueueState
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
        if self.queue_state.trained < self.project.training_tasks:
            return "training"
        return "exam" if self.exam and self.exam.state != "passed" else "work"

    @property
    def training(self) -> dict[str, int] | None:
        of = self.project.training_tasks
        return {"done": min(self.queue_state.trained, of), "of": of} if of else None

    @property
    def skill(self) -> dict[str, Any] | None:
        name = self.project.required_skill
        return {"name": name, "held": self.has_skill} if name else None

    @property
    def answered_today(self) -> int:
        """Since midnight UTC, as the limits count it."""
        return self.queue_state.answered_today if self.queue_state.day == self.time.astimezone(UTC).date() else 0

    @property
    def undo(self) -> Undo | None:
        """What may be taken back now, as far as workers may know: nobody tells them that an answer
        was declared worthless."""
        done = _last_done(self.worker, self.queue_state)
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


def _last_done(worker: Membership, queue_state: QueueState) -> Undo | None:
    """What the worker did last, and when; None if it was taken back, or if what is right was
    told."""
    if skip := queue_state.last_skip:
        return Undo(skip.token, None, skip.closed_at) if skip.closed_at and skip.state == State.SKIPPED else None
    answer = queue_state.last_response
    if answer is None or answer.replaced_at is not None:
        return None
    given = answer.assignment
    if given is None or given.task.purpose == Task.Purpose.TRAINING:
        return None
    return Undo(given.token, shown_to_worker(worker, answer.task_id, answer.answer), answer.received_at)


def with_work(workers: Any) -> Any:
    """These memberships, with what `own_work` has to know of each."""
    newest = Response.objects.filter(worker=OuterRef("pk")).order_by("-pk").values("pk")
    held = SkillGrant.objects.held(OuterRef("user"), OuterRef("project__required_skill"))
    done = ("queue_state__last_skip", "queue_state__last_response__assignment__task")
    return (
        workers.select_related("project", "queue_state", *done)
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
    queue_state = getattr(worker, "queue_state", None) or QueueState(worker=worker)
    exam = exam_of(queue_state, worker.project, worker.now) if worker.project.exam_tasks else None
    return OwnWork(worker, queue_state, worker.now, recent, worker.has_skill, exam)


def skill_giver(worker: Membership) -> Project | None:
    """The project that gives the skill which this one requires, if this person works there."""
    slug = worker.project.required_skill.partition("/")[0]
    theirs = Membership.objects.workers().filter(user=worker.user_id, project__slug=slug).select_related("project")
    return next((member.project for member in theirs if slug), None)
