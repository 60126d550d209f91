"""Whether a worker may have work now, of which kind, and how much: limits, training and the exam."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from django.db.models import F

from crowd.people.models import User
from crowd.people.needs import note
from crowd.projects.models import Membership, Project, Role
from crowd.projects.permissions import Permission, worker_for
from crowd.projects.skills import has_skill
from crowd.sql import Columns, Statement, moment
from tasks.exams import Exam, needs_exam, sit_exam
from tasks.lanes import Place
from tasks.models import Assignment, Desk, Task

Shelf = Task.Shelf
Reason = Literal["no_tasks", "quota", "pace", "paused", "skill", "exam"]
AT_WORK = (Shelf.GOLD, Shelf.WORK)
MINUTE = 60_000_000  # microseconds
TOLERANCE = 5_000
FETCHED_AHEAD = 10  # tasks that a client may hand back for nothing: ours holds four
BEFORE_WORK = ("trained", "exam_attempt", "exam_score", "exam_passed_at", "exam_again_at")
# What the queue has to know of a worker and a project.
WORKER = Columns(Membership, "worker", "id", "project", "user", "status")
PROJECT = Columns(
    Project,
    "project",
    *("id", "slug", "schema", "min_responses", "max_responses", "gold_rate", "lease_seconds", "ranked_order"),
    *("open_leases", "responses_per_day", "responses_per_minute", "undo_seconds", "training_tasks", "exam_tasks"),
    *("exam_score", "exam_attempts", "exam_cooldown_seconds", "required_skill", "granted_skill"),
    *("shown_model", "blind_share"),
)


@dataclass(slots=True)
class Visit:
    """A worker who asks for work, with the desk locked: which shelves there are tasks from, and how many, or why
    none."""

    desk: Desk
    now: datetime
    shelves: tuple[str, ...] = AT_WORK
    may_take: int = 0
    exam: Exam | None = None
    prepares: bool = False  # there was training or an exam to do, which may be over now
    refusal: Reason | None = None
    places: dict[str, Place] = field(default_factory=dict)
    unfinished: list[int] | None = None  # what the worker has let go and not got now, where that was looked at

    @property
    def project(self) -> Project:
        return self.desk.worker.project

    @property
    def at_work(self) -> bool:
        return self.shelves == AT_WORK

    @property
    def microseconds(self) -> int:
        return microseconds(self.now)


def microseconds(moment: datetime) -> int:
    """Since 1970, as tickets count them."""
    return int(moment.timestamp() * 1_000_000)


_DESK = Columns(Desk, "locked")
_VISIT = """
    SELECT {desk}, {worker}, {project}, {now}
    FROM tasks_desk AS locked
    JOIN projects_membership AS worker ON worker.id = locked.worker_id
    JOIN projects_project AS project ON project.id = worker.project_id
    WHERE worker.role = 'worker' AND {who} {lock}"""
_PARTS = {"desk": _DESK.select, "worker": WORKER.select, "project": PROJECT.select}
_VISIT_OF_WORKER = Statement(_VISIT, **_PARTS, who="worker.id = %(pk)s")
_VISIT_OF_PERSON = Statement(_VISIT, **_PARTS, who="worker.user_id = %(user)s AND project.slug = %(slug)s")


def visit_of_worker(worker: Membership) -> Visit | None:
    """Lock the desk of a worker and see what may be handed out; None if this is no worker."""
    rows = _VISIT_OF_WORKER.rows(pk=worker.pk)
    if not rows and worker.role == Role.WORKER:
        Desk.objects.get_or_create(worker=worker)
        rows = _VISIT_OF_WORKER.rows(pk=worker.pk)
    return _visit(rows[0]) if rows else None


def visit_of_person(user: User, slug: str) -> Visit | None:
    """The same for the worker that this person is in a project. Raises ProjectNotFound, RoleRequired."""
    rows = _VISIT_OF_PERSON.rows(user=user.pk, slug=slug)
    if not rows:
        return visit_of_worker(worker_for(user, slug))
    note(slug, Permission.WORK)
    return _visit(rows[0])


def _visit(row: Sequence[Any]) -> Visit:
    desk = _DESK.build(row[: _DESK.width])
    desk.worker = WORKER.build(row[_DESK.width : _DESK.width + WORKER.width])
    desk.worker.project = PROJECT.build(row[-PROJECT.width - 1 : -1])
    return visit_at(desk, moment(row[-1]))


def visit_at(desk: Desk, now: datetime) -> Visit:
    """What may be handed out at a desk that is locked, with its worker and project at hand."""
    visit = Visit(desk, now)
    visit.refusal = _refusal(visit)
    for shelf in visit.shelves:
        visit.places[shelf] = Place.load(desk.places.get(shelf), visit.project.ranked_order)
    return visit


def _refusal(visit: Visit) -> Reason | None:
    """Why this worker gets nothing; where there is no reason, sets the shelves and how much may be taken."""
    desk, worker = visit.desk, visit.desk.worker
    if worker.status == Membership.Status.PAUSED:
        return "paused"
    skill = visit.project.required_skill
    if skill and (worker.user_id is None or not has_skill(worker.user_id, skill)):
        return "skill"
    visit.prepares = desk.trained < visit.project.training_tasks or needs_exam(desk, visit.project)
    if desk.trained < visit.project.training_tasks:
        visit.shelves = (Shelf.TRAINING,)
    elif visit.prepares:
        visit.exam = sit_exam(desk, visit.project, visit.now)
        if needs_exam(desk, visit.project):
            visit.shelves = (Shelf.GOLD,)
            if visit.exam is None or not visit.exam.left:
                return "exam"
    at_this_pace = _allowed_by_pace(visit)
    visit.may_take = min(_allowance(visit), at_this_pace)
    if visit.may_take > 0:
        return None
    return "pace" if at_this_pace <= 0 else "quota"


def _allowance(visit: Visit) -> int:
    """How many tasks the limits of the project leave this worker."""
    desk, project = visit.desk, visit.project
    allowed = [project.open_leases - desk.held]
    if project.responses_per_day is not None:
        today = desk.answered_today + desk.let_go_today if desk.day == visit.now.astimezone(UTC).date() else 0
        allowed.append(project.responses_per_day - today - desk.held)
    if visit.exam is not None:
        allowed.append(visit.exam.left)
    elif not visit.at_work:
        allowed.append(project.training_tasks - desk.trained - desk.held)
    return min(allowed)


def _allowed_by_pace(visit: Visit) -> int:
    """How many answers the allowed pace leaves now, beside those that the leases held will bring (the generic cell rate
    algorithm, ITU-T I.371, with a burst of one minute)."""
    rate = visit.project.responses_per_minute
    if rate is None:
        return visit.project.open_leases
    taken_up = max(visit.desk.paced_until - visit.microseconds, 0)
    return (MINUTE + TOLERANCE - taken_up) // interval_of(visit.project) - visit.desk.held


_LEAVE = Statement("""
    UPDATE tasks_desk SET places = %(places)s, unfinished = %(unfinished)s, leased = leased + %(leased)s,
    held = held + %(leased)s, gold_leased = gold_leased + %(gold)s WHERE worker_id = %(pk)s""")


def leave(visit: Visit, leased: Sequence[Assignment]) -> None:
    """Store where the worker is now, and what was leased."""
    desk = visit.desk
    places = {**desk.places, **{shelf: place.dump() for shelf, place in visit.places.items()}}
    unfinished = desk.unfinished
    if visit.unfinished is not None:
        unfinished = [*visit.unfinished, *(each.task_id for each in leased)]
    gold = sum(each.task.shelf == Shelf.GOLD and each.task_id not in desk.unfinished for each in leased)
    _LEAVE.run(places=json.dumps(places), unfinished=json.dumps(unfinished), leased=len(leased), gold=gold, pk=desk.pk)
    if visit.prepares:
        desk.save(update_fields=BEFORE_WORK)


def note_skipped(skip: Assignment) -> None:
    Desk.objects.filter(pk=skip.worker_id).update(held=F("held") - 1, skipped=F("skipped") + 1, last_skip=skip)


def note_unskipped(skip: Assignment) -> None:
    """The worker holds the task again, and has not finished it: if it is let go now, it comes again as the newest."""
    desk = Desk.objects.select_for_update().get(pk=skip.worker_id)
    desk.held, desk.skipped = F("held") + 1, F("skipped") - 1
    if skip.task.shelf in AT_WORK and skip.exam_attempt is None:
        desk.unfinished = [*(each for each in desk.unfinished if each != skip.task_id), skip.task_id]
    desk.save(update_fields=["held", "skipped", "unfinished"])


def note_returned(held: Mapping[int, int]) -> None:
    """Take leases off the desks of workers who had no choice, in one order everywhere."""
    for worker_id, count in sorted(held.items()):
        Desk.objects.filter(pk=worker_id).update(held=F("held") - count)


# Of those that are let go in a row, without an answer between them.
_CHARGED = """
    CASE WHEN let_go_in_a_row >= %(free)s THEN %(count)s
    WHEN let_go_in_a_row + %(count)s > %(free)s THEN let_go_in_a_row + %(count)s - %(free)s ELSE 0 END"""
_LET_GO = Statement(
    """
    UPDATE tasks_desk SET held = held - %(count)s, let_go = let_go + %(count)s,
    let_go_in_a_row = let_go_in_a_row + %(count)s, day = {today},
    answered_today = CASE WHEN day = {today} THEN answered_today ELSE 0 END,
    let_go_today = CASE WHEN day = {today} THEN let_go_today ELSE 0 END + {charged},
    paced_until = CASE WHEN {microseconds} > paced_until THEN {microseconds} ELSE paced_until END
                  + %(interval)s * {charged}
    WHERE worker_id = %(worker)s""",
    charged=_CHARGED,
)


def note_let_go(leases: Sequence[Assignment]) -> None:
    """Take leases that were handed back or forgotten off their workers' desks, in one order everywhere. To look at
    tasks costs: more of them in a row than a client fetches ahead count like answers."""
    projects = {each.worker_id: each.worker.project for each in leases}
    for worker_id, count in sorted(Counter(each.worker_id for each in leases).items()):
        interval = interval_of(projects[worker_id])
        _LET_GO.run(worker=worker_id, count=count, free=FETCHED_AHEAD, interval=interval)


def interval_of(project: Project) -> int:
    """How much of a minute one answer takes up of the allowed pace; 0 where any pace is."""
    return MINUTE // project.responses_per_minute if project.responses_per_minute else 0
