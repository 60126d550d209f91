"""Whether a worker may have work now, and of which kind: training, the exam, and work."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from crowd.people.models import User
from crowd.people.needs import note
from crowd.projects.models import Membership, Project, Role
from crowd.projects.permissions import Permission, worker_for
from crowd.projects.skills import has_skill
from crowd.sql import Columns, Statement, moment
from tasks.models import QueueState, Task
from tasks.queue.cursors import Cursor
from tasks.queue.exams import Exam, needs_exam, sit_exam
from tasks.queue.limits import allowed_by_pace, allowed_by_policy, microseconds

Purpose = Task.Purpose
Reason = Literal["no_tasks", "quota", "pace", "paused", "skill", "exam"]
AT_WORK = (Purpose.GOLD, Purpose.WORK)
# What the queue has to know of a worker and a project.
WORKER = Columns(Membership, "worker", "id", "project", "user", "status")
PROJECT = Columns(
    Project,
    "project",
    *("id", "slug", "schema", "min_responses", "max_responses", "gold_rate", "lease_seconds", "applied_order"),
    *("open_leases", "responses_per_day", "responses_per_minute", "undo_seconds", "training_tasks", "exam_tasks"),
    *("exam_score", "exam_attempts", "exam_cooldown_seconds", "required_skill", "granted_skill"),
    *("shown_model", "blind_share"),
)


@dataclass(slots=True)
class Visit:
    """A worker who asks for work, with the queue state locked: tasks of which purposes the worker
    may have, and how many, or why none."""

    queue_state: QueueState
    now: datetime
    purposes: tuple[str, ...] = AT_WORK
    may_take: int = 0
    exam: Exam | None = None
    prepares: bool = False  # there was training or an exam to do, which may be over now
    refusal: Reason | None = None
    cursors: dict[str, Cursor] = field(default_factory=dict)
    unfinished: list[int] | None = None  # what the worker has let go and not got now, where that was looked at

    @property
    def project(self) -> Project:
        return self.queue_state.worker.project

    @property
    def at_work(self) -> bool:
        return self.purposes == AT_WORK

    @property
    def microseconds(self) -> int:
        return microseconds(self.now)


_QUEUE_STATE = Columns(QueueState, "locked")
_VISIT = """
    SELECT {queue_state}, {worker}, {project}, {now}
    FROM tasks_queuestate AS locked
    JOIN projects_membership AS worker ON worker.id = locked.worker_id
    JOIN projects_project AS project ON project.id = worker.project_id
    WHERE worker.role = 'worker' AND {who} {lock}"""
_PARTS = {"queue_state": _QUEUE_STATE.select, "worker": WORKER.select, "project": PROJECT.select}
_VISIT_OF_WORKER = Statement(_VISIT, **_PARTS, who="worker.id = %(pk)s")
_VISIT_OF_PERSON = Statement(_VISIT, **_PARTS, who="worker.user_id = %(user)s AND project.slug = %(slug)s")


def visit_of_worker(worker: Membership) -> Visit | None:
    """Lock the queue state of a worker and see what may be handed out; None if this is no
    worker."""
    rows = _VISIT_OF_WORKER.rows(pk=worker.pk)
    if not rows and worker.role == Role.WORKER:
        QueueState.objects.get_or_create(worker=worker)
        rows = _VISIT_OF_WORKER.rows(pk=worker.pk)
    return _visit(rows[0]) if rows else None


def visit_of_person(user: User, slug: str) -> Visit | None:
    """The same for the worker that this person is in a project. Raises ProjectNotFound,
    RoleRequired."""
    rows = _VISIT_OF_PERSON.rows(user=user.pk, slug=slug)
    if not rows:
        return visit_of_worker(worker_for(user, slug))
    note(slug, Permission.WORK)
    return _visit(rows[0])


def _visit(row: Sequence[Any]) -> Visit:
    queue_state = _QUEUE_STATE.build(row[: _QUEUE_STATE.width])
    queue_state.worker = WORKER.build(row[_QUEUE_STATE.width : _QUEUE_STATE.width + WORKER.width])
    queue_state.worker.project = PROJECT.build(row[-PROJECT.width - 1 : -1])
    return visit_at(queue_state, moment(row[-1]))


def visit_at(queue_state: QueueState, now: datetime) -> Visit:
    """What may be handed out by a queue state that is locked, with its worker and project at
    hand."""
    visit = Visit(queue_state, now)
    visit.refusal = _refusal(visit)
    for purpose in visit.purposes:
        visit.cursors[purpose] = Cursor.load(queue_state.cursors.get(purpose), visit.project.applied_order)
    return visit


def _refusal(visit: Visit) -> Reason | None:
    """Why this worker gets nothing. If there is no reason, the visit is told the purposes and how
    many tasks may be taken."""
    queue_state, worker = visit.queue_state, visit.queue_state.worker
    if worker.status == Membership.Status.PAUSED:
        return "paused"
    skill = visit.project.required_skill
    if skill and (worker.user_id is None or not has_skill(worker.user_id, skill)):
        return "skill"
    visit.prepares = queue_state.trained < visit.project.training_tasks or needs_exam(queue_state, visit.project)
    if queue_state.trained < visit.project.training_tasks:
        visit.purposes = (Purpose.TRAINING,)
    elif visit.prepares:
        visit.exam = sit_exam(queue_state, visit.project, visit.now)
        if needs_exam(queue_state, visit.project):
            visit.purposes = (Purpose.GOLD,)
            if visit.exam is None or not visit.exam.left:
                return "exam"
    at_this_pace = allowed_by_pace(visit.queue_state, visit.now)
    visit.may_take = min(_allowance(visit), at_this_pace)
    if visit.may_take > 0:
        return None
    return "pace" if at_this_pace <= 0 else "quota"


def _allowance(visit: Visit) -> int:
    """How many tasks the limits of the project leave this worker, but for the pace."""
    allowed = allowed_by_policy(visit.queue_state, visit.now)
    if visit.exam is not None:
        return min(allowed, visit.exam.left)
    if not visit.at_work:
        return min(allowed, visit.project.training_tasks - visit.queue_state.trained - visit.queue_state.held)
    return allowed
