"""Whether a worker may have work now, of which kind, and how much: limits, training and the exam."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Greatest, Now

from crowd.projects.models import Membership, Project
from tasks.exams import Exam, needs_exam, sit_exam
from tasks.lanes import Place
from tasks.models import Assignment, Desk, Response, Task

Shelf = Task.Shelf
Reason = Literal["no_tasks", "quota", "pace", "paused", "skill", "exam"]
AT_WORK = (Shelf.GOLD, Shelf.WORK)
MINUTE = timedelta(minutes=1)
TOLERANCE = timedelta(milliseconds=5)
STORED = ("places", "leased", "held", "gold_leased", "trained", "exam_attempt", "exam_score", "exam_passed_at")


@dataclass(slots=True)
class Visit:
    """A worker who asks for work, with the desk locked: which shelves there are tasks from, and how many, or why
    none."""

    desk: Desk
    now: datetime
    shelves: tuple[str, ...] = AT_WORK
    may_take: int = 0
    exam: Exam | None = None
    refusal: Reason | None = None
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def project(self) -> Project:
        return self.desk.worker.project

    @property
    def at_work(self) -> bool:
        return self.shelves == AT_WORK

    @property
    def microseconds(self) -> int:
        return int(self.now.timestamp() * 1_000_000)


def open_visit(**worker: Any) -> Visit | None:
    """Lock the desk of this worker, named by fields of the membership, and see what may be handed out; None if there is
    no such worker."""
    desk = _desks().filter(**{f"worker__{name}": value for name, value in worker.items()}).first()
    if desk is None:
        newcomer = Membership.objects.workers().filter(**worker).first()
        if newcomer is None:
            return None
        Desk.objects.get_or_create(worker=newcomer)
        desk = _desks().get(pk=newcomer.pk)
    visit = Visit(desk, desk.now)
    visit.refusal = _refusal(visit)
    for shelf in visit.shelves:
        visit.places[shelf] = Place.load(desk.places.get(shelf), visit.project.ranked_order)
    return visit


def _desks() -> Any:
    desks = Desk.objects.filter(worker__role="worker").select_related("worker__project")
    return desks.annotate(now=Now()).select_for_update(of=("self",), no_key=True)


def _refusal(visit: Visit) -> Reason | None:
    """Why this worker gets nothing; where there is no reason, sets the shelves and how much may be taken."""
    desk, worker = visit.desk, visit.desk.worker
    if worker.status == Membership.Status.PAUSED:
        return "paused"
    if desk.trained < visit.project.training_tasks:
        visit.shelves = (Shelf.TRAINING,)
    elif needs_exam(desk, visit.project):
        visit.exam = sit_exam(desk, visit.project, visit.now)
        if needs_exam(desk, visit.project):
            visit.shelves = (Shelf.GOLD,)
            if visit.exam is None or not visit.exam.left:
                return "exam"
    visit.may_take = _allowance(visit)
    if visit.may_take <= 0:
        return "quota"
    return "pace" if _too_fast(visit) else None


def _allowance(visit: Visit) -> int:
    """How many tasks the limits of the project leave this worker."""
    desk, project = visit.desk, visit.project
    allowed = [project.open_leases - desk.held]
    if project.responses_per_day is not None:
        today = desk.answered_today if desk.day == visit.now.astimezone(UTC).date() else 0
        allowed.append(project.responses_per_day - today - desk.held)
    if visit.exam is not None:
        allowed.append(visit.exam.left)
    elif not visit.at_work:
        allowed.append(project.training_tasks - desk.trained)
    return min(allowed)


def _too_fast(visit: Visit) -> bool:
    """Whether the answers of the last minute, and those that the leases held will bring, take up the allowed pace
    (the generic cell rate algorithm, ITU-T I.371, with a burst of one minute)."""
    rate = visit.project.responses_per_minute
    if rate is None:
        return False
    taken_up = max(visit.desk.paced_until or visit.now, visit.now) - visit.now
    return taken_up + (visit.desk.held + 1) * (MINUTE / rate) > MINUTE + TOLERANCE


def leave(visit: Visit, leased: Sequence[Assignment]) -> None:
    """Store where the worker is now, and what was leased."""
    desk = visit.desk
    desk.places = {**desk.places, **{shelf: place.dump() for shelf, place in visit.places.items()}}
    desk.leased += len(leased)
    desk.held += len(leased)
    desk.gold_leased += sum(each.task.shelf == Shelf.GOLD for each in leased)
    desk.save(update_fields=[*STORED, "exam_again_at"])


def note_answer(response: Response, worker: Membership, *, now: datetime, held: bool, trained: bool) -> None:
    """Count an answer at the worker's desk, in the same statement whatever the task was; `held` says whether the lease
    was still live."""
    today = now.astimezone(UTC).date()
    changes: dict[str, Any] = {
        "answered": F("answered") + 1,
        "held": F("held") - int(held),
        "trained": F("trained") + int(trained),
        "last_response": response,
        "answered_today": Case(When(day=today, then=F("answered_today") + 1), default=1),
        "day": today,
    }
    if rate := worker.project.responses_per_minute:
        since = Greatest(Coalesce("paced_until", now), Value(now))
        changes["paced_until"] = since + Value(MINUTE / rate)
    Desk.objects.filter(pk=worker.pk).update(**changes)


def note_closed(held: Mapping[int, int], *, skipped: int = 0) -> None:
    """Take leases that ended without an answer off their workers' desks, in one order everywhere."""
    for worker_id, count in sorted(held.items()):
        Desk.objects.filter(pk=worker_id).update(held=F("held") - count, skipped=F("skipped") + skipped)
