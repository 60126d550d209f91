"""Leasing tasks to a worker: those that the worker let go first, then new ones.

All of a lease happens in one transaction: the worker's desk is locked, so that one worker's requests take turns; tasks
are claimed by a conditional update that skips what others are claiming; only the database's clock counts.
"""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from django.db import transaction

from crowd.people.models import User
from crowd.projects.models import Membership
from tasks.models import Assignment, Desk, Task
from tasks.queue.buckets import RANDOM_LANES
from tasks.queue.candidates import HELD, LET_GO, candidates
from tasks.queue.claiming import claim, claim_again
from tasks.queue.cursors import BEGINNING, Candidate
from tasks.queue.desks import leave
from tasks.queue.exams import grade
from tasks.queue.suggestions import suggest
from tasks.queue.visits import Reason, Visit, visit_at, visit_of_person, visit_of_worker

TRIES = 30
PAUSE = 0.003  # seconds, and so much more each time
MOST_GOLD = 0.5
Shelf = Task.Shelf
Leased = tuple[list[Assignment], Reason | None]
Found = Mapping[str, list[Candidate]]
# Which tasks are gold must not be guessable from a seed.
CHANCE = random.SystemRandom()


def lease_tasks(*, worker: Membership, count: int = 1, rng: random.Random | None = None) -> Leased:
    """Lease up to `count` tasks to a worker; where there are none, say why."""
    with transaction.atomic(savepoint=False):
        visit = visit_of_worker(worker)
        return _lease(visit, count, rng or CHANCE) if visit else ([], "paused")


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
