"""Handing out work: who may answer what, and until when.

All of a lease happens in one transaction: the worker's desk is locked, so that one worker's requests take turns; tasks
are claimed by a conditional update that skips what others are claiming; only the database's clock counts.
"""

import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crowd.people.models import User
from crowd.projects.models import Membership
from crowd.sql import Columns, Statement
from tasks.claims import HELD, LET_GO, candidates, claim, claim_again
from tasks.desks import (
    PROJECT,
    WORKER,
    Reason,
    Visit,
    leave,
    note_let_go,
    note_returned,
    visit_at,
    visit_of_person,
    visit_of_worker,
)
from tasks.errors import AssignmentClosed
from tasks.exams import grade
from tasks.lanes import BEGINNING, RANDOM_LANES, Candidate
from tasks.models import Assignment, Desk, Task
from tasks.slots import release_slots
from tasks.suggestions import suggest

EXPIRE_BATCH = 1000
TRIES = 30
PAUSE = 0.003  # seconds, and so much more each time
MOST_GOLD = 0.5

State = Assignment.State
Shelf = Task.Shelf
Leased = tuple[list[Assignment], Reason | None]
Found = Mapping[str, list[Candidate]]
# Which tasks are gold must not be guessable from a seed.
CHANCE = random.SystemRandom()


def lease_tasks(*, worker: Membership, count: int = 1, rng: random.Random = CHANCE) -> Leased:
    """Lease up to `count` tasks to a worker; where there are none, say why."""
    with transaction.atomic(savepoint=False):
        visit = visit_of_worker(worker)
        return _lease(visit, count, rng) if visit else ([], "paused")


def lease_at(desk: Desk, now: datetime) -> Leased:
    """Lease the next task to the worker whose desk is locked, within that transaction."""
    return _lease(visit_at(desk, now), 1, CHANCE)


@transaction.atomic
def lease_in_project(*, user: User, slug: str, count: int = 1) -> Leased:
    """Lease tasks to a person who works in the project with this slug. Raises ProjectNotFound, RoleRequired."""
    visit = visit_of_person(user, slug)
    return _lease(visit, count, CHANCE) if visit else ([], "paused")


def _lease(visit: Visit, count: int, rng: random.Random) -> Leased:
    leased: list[Assignment] = []
    if visit.refusal is None:
        leased = _claim(visit, min(count, visit.may_take), rng)
        if not leased and _trained_on_all_there_is(visit):
            return _lease(visit_at(visit.desk, visit.now), count, rng)
        if not leased:
            _no_tasks(visit)
        if visit.at_work:
            suggest(visit.project, leased)
    # Tokens are random, so neither this order nor that in which things come again tells which of them are gold.
    leased.sort(key=attrgetter("token"))
    leave(visit, leased)
    return leased, visit.refusal


def _trained_on_all_there_is(visit: Visit) -> bool:
    """Whether a worker in training has nothing left to train on: then it is over, and what comes next begins."""
    if visit.at_work or visit.exam is not None or visit.desk.held:
        return False
    visit.desk.trained = visit.project.training_tasks
    visit.desk.save(update_fields=["trained"])
    return True


def _no_tasks(visit: Visit) -> None:
    """What it means that there is nothing on the worker's shelf: at work, nothing to do; in the exam, that it is as
    long as there is gold for."""
    visit.refusal = "no_tasks"
    if visit.at_work or visit.exam is None or visit.desk.held:
        return
    if visit.exam.left < visit.project.exam_tasks:
        grade(visit.desk, visit.project, visit.now)


def _gold_wanted(visit: Visit, count: int, rng: random.Random) -> int:
    """How many of the tasks are to be gold. Of new workers nothing is known: they see it three times as often, and the
    rate falls towards the project's as they have seen more of it."""
    rate = min(visit.project.gold_rate * (1 + 2 / (1 + visit.desk.gold_leased / 5)), MOST_GOLD)
    return sum(rng.random() < rate for _ in range(count))


def _claim(visit: Visit, count: int, rng: random.Random) -> list[Assignment]:
    """Take tasks for a worker: first those that the worker has let go, then new ones."""
    origin = random.Random(visit.desk.pk).randrange(RANDOM_LANES)  # noqa: S311 (a seed, and no secret)
    found = candidates(visit, count, origin)
    let_go, held = found[LET_GO][:count], found[HELD]
    if visit.at_work:
        rest = sorted([*held, *found[LET_GO][count:]], key=attrgetter("position"))
        visit.unfinished = [each.task_id for each in rest]
    again = claim_again(visit, let_go) if let_go else []
    new = count - len(again)
    return again + (_claim_new(visit, new, _gold_wanted(visit, new, rng), found, origin) if new else [])


def _claim_new(visit: Visit, count: int, gold_wanted: int, found: Found, origin: int) -> list[Assignment]:
    """Take tasks that the worker has not seen, and move the worker's places on.

    Gold and work are looked for together whatever chance says, so that the work done does not tell them apart. New gold
    is never handed out alone: when the work is used up, more of it would only give itself away.
    """
    work = visit.shelves[-1]
    leased: list[Assignment] = []
    beyond = BEGINNING
    for tries in range(TRIES):
        if beyond == BEGINNING:
            _note_what_is_used_up(visit, found)
            if not found[work]:
                break
        gold_wanted = min(gold_wanted, len(found[Shelf.GOLD])) if visit.at_work else 0
        wanted = {visit.shelves[0]: gold_wanted, work: count - gold_wanted}
        # One task is one claim; several are one of each shelf, though none be wanted, so that they are alike.
        shelves = [shelf for shelf in visit.shelves if wanted[shelf] or count > 1]
        taken = [each for shelf in shelves for each in _take(visit, shelf, found[shelf], wanted[shelf], beyond)]
        leased += taken
        count, gold_wanted = count - len(taken), 0
        if count == 0:
            break
        if not taken:  # others are at all of these at this moment: look at other lanes, and then here again
            beyond = found[work][0].position if found[work] else BEGINNING
            time.sleep(PAUSE * (tries + 1))
        found = candidates(visit, count, origin, beyond)
    return leased


def _note_what_is_used_up(visit: Visit, found: Found) -> None:
    for shelf in visit.shelves:
        if not found[shelf]:
            visit.places[shelf] = visit.places[shelf].at_the_end(visit.microseconds)


def _take(visit: Visit, shelf: str, lane: Sequence[Candidate], count: int, beyond: int) -> list[Assignment]:
    """Lease up to `count` of these tasks, all of one lane, that nobody else is claiming at this moment."""
    leased = claim(visit, lane or [Candidate(shelf, 0, 0, 0, 0)], count if lane else 0)
    if leased and beyond == BEGINNING:  # else the lanes before this one are not used up, and the place stays there
        taken = {lease.task_id for lease in leased}
        visit.places[shelf] = visit.places[shelf].after(lane, taken, visit.microseconds)
    return leased


_HELD = """
    SELECT {assignment}, {task}, {worker}, {project} FROM tasks_assignment AS assignment
    JOIN tasks_task AS task ON task.id = assignment.task_id
    JOIN projects_membership AS worker ON worker.id = assignment.worker_id
    JOIN projects_project AS project ON project.id = worker.project_id
    WHERE assignment.token = %(token)s AND worker.user_id = %(user)s"""
_PARTS: dict[str, Columns[Any]] = {
    "assignment": Columns(Assignment, "assignment"),
    "task": Columns(Task, "task", "id", "shelf", "data", "image"),
    "worker": WORKER,
    "project": PROJECT,
}
_HELD_BY = Statement(_HELD, **{name: part.select for name, part in _PARTS.items()})


def assignment_of(user: User, token: str) -> Assignment | None:
    """The assignment with this token, if it is or was this person's, with its task, worker and project."""
    for row in _HELD_BY.rows(token=token, user=user.pk):
        values = iter(row)
        built = {name: part.build([*islice(values, part.width)]) for name, part in _PARTS.items()}
        assignment: Assignment = built["assignment"]
        assignment.task, assignment.worker = built["task"], built["worker"]
        assignment.worker.project = built["project"]
        return assignment
    return None


@transaction.atomic
def expire_leases() -> int:
    """Return the slots of leases that have ended to the queue, and say how many there were."""
    ended = Assignment.objects.filter(state=State.LIVE, expires_at__lt=Now()).order_by("expires_at")
    batch = list(
        ended.select_for_update(skip_locked=True, of=("self",)).select_related("worker__project")[:EXPIRE_BATCH]
    )
    _close(batch, State.EXPIRED)
    note_let_go(batch)
    return len(batch)


@transaction.atomic
def extend(*, assignment: Assignment) -> Assignment:
    """Give a live lease its full time again, from now. Raises AssignmentClosed."""
    live = Assignment.objects.filter(pk=assignment.pk, state=State.LIVE)
    if not live.update(expires_at=Now() + assignment.worker.project.lease):
        raise AssignmentClosed(_("This assignment is closed: it was answered, skipped or given back, or is over."))
    return live.get()


@transaction.atomic
def hand_back(*, assignment: Assignment) -> None:
    """Give a task back that the worker has not looked at: it may come to the same worker again. Raises
    AssignmentClosed."""
    if Assignment.objects.filter(pk=assignment.pk, state=State.LIVE).select_for_update().exists():
        _close([assignment], State.RETURNED)
        note_let_go([assignment])
    elif not Assignment.objects.filter(pk=assignment.pk, state=State.RETURNED).exists():
        raise AssignmentClosed(_("This assignment is closed: it was answered or skipped, or its time is over."))


@transaction.atomic
def return_leases(worker_id: int) -> None:
    """Hand back all that a worker holds, who is paused: others get it at once."""
    held = Assignment.objects.filter(worker=worker_id, state=State.LIVE).order_by("pk")
    leases = list(held.select_for_update(of=("self",)).select_related("worker__project"))
    _close(leases, State.RETURNED)
    note_returned({worker_id: len(leases)})


def _close(leases: Sequence[Assignment], state: Assignment.State) -> None:
    """End locked live leases: their slots are free again."""
    Assignment.objects.filter(pk__in=[each.pk for each in leases]).update(state=state, closed_at=Now())
    by_order: defaultdict[str, list[int]] = defaultdict(list)
    for each in leases:
        if each.holds_slot:
            by_order[each.worker.project.ranked_order].append(each.task_id)
    for order, task_ids in sorted(by_order.items()):
        release_slots(task_ids, order)
