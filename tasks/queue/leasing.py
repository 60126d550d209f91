"""Leasing tasks to a worker: those that the worker let go first, then new ones.

All of a lease happens in one transaction: the worker's queue state is locked, so that one worker's
requests take turns; tasks are claimed by a conditional update that skips what others are claiming;
only the database's clock counts.
"""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from django.db import transaction

from crowd.people.models import User
from crowd.projects.models import Membership
from tasks.models import Assignment, QueueState, Task
from tasks.queue.buckets import RANDOM_BUCKETS
from tasks.queue.candidates import HELD, LET_GO, candidates
from tasks.queue.claiming import claim, claim_again
from tasks.queue.cursors import BEGINNING, Candidate
from tasks.queue.exams import grade
from tasks.queue.queue_states import note_leased
from tasks.queue.suggestions import suggest
from tasks.queue.visits import Reason, Visit, visit_at, visit_of_person, visit_of_worker

TRIES = 30
PAUSE = 0.003  # seconds, and so much more each time
MOST_GOLD = 0.5
Purpose = Task.Purpose
Leased = tuple[list[Assignment], Reason | None]
Found = Mapping[str, list[Candidate]]
# Which tasks are gold must not be guessable from a seed.
CHANCE = random.SystemRandom()


def lease_tasks(*, worker: Membership, count: int = 1, rng: random.Random | None = None) -> Leased:
    """Lease up to `count` tasks to a worker; where there are none, say why."""
    with transaction.atomic(savepoint=False):
        visit = visit_of_worker(worker)
        return _lease(visit, count, rng or CHANCE) if visit else ([], "paused")


def lease_at(queue_state: QueueState, now: datetime) -> Leased:
    """Lease the next task to the worker whose queue state is locked, within that transaction."""
    return _lease(visit_at(queue_state, now), 1, CHANCE)


@transaction.atomic
def lease_in_project(*, user: User, slug: str, count: int = 1) -> Leased:
    """Lease tasks to a person who works in the project with this slug. Raises ProjectNotFound,
    RoleRequired."""
    visit = visit_of_person(user, slug)
    return _lease(visit, count, CHANCE) if visit else ([], "paused")


def _lease(visit: Visit, count: int, rng: random.Random) -> Leased:
    leased: list[Assignment] = []
    if visit.refusal is None:
        leased = _claim(visit, min(count, visit.may_take), rng)
        if not leased and _trained_on_all_there_is(visit):
            return _lease(visit_at(visit.queue_state, visit.now), count, rng)
        if not leased:
            _no_tasks(visit)
        if visit.at_work:
            suggest(visit.project, leased)
    # Tokens are random, so neither this order nor that in which things come again tells which of
    # them are gold.
    leased.sort(key=attrgetter("token"))
    note_leased(visit, leased)
    return leased, visit.refusal


def _trained_on_all_there_is(visit: Visit) -> bool:
    """Whether a worker in training has nothing left to train on: then it is over, and what comes
    next begins."""
    if visit.at_work or visit.exam is not None or visit.queue_state.held:
        return False
    visit.queue_state.trained = visit.project.training_tasks
    visit.queue_state.save(update_fields=["trained"])
    return True


def _no_tasks(visit: Visit) -> None:
    """Say that there are no tasks. In the exam it means that all gold was handed out: the exam is
    no longer than that."""
    visit.refusal = "no_tasks"
    if visit.at_work or visit.exam is None or visit.queue_state.held:
        return
    if visit.exam.left < visit.project.exam_tasks:
        grade(visit.queue_state, visit.project, visit.now)


def _gold_wanted(visit: Visit, count: int, rng: random.Random) -> int:
    """How many of the tasks are to be gold. New workers see it three times as often, because
    nothing is known of them; the rate falls towards the project's with what they have seen of
    it."""
    rate = min(visit.project.gold_rate * (1 + 2 / (1 + visit.queue_state.gold_leased / 5)), MOST_GOLD)
    return sum(rng.random() < rate for _ in range(count))


def _claim(visit: Visit, count: int, rng: random.Random) -> list[Assignment]:
    """Take tasks for a worker: first those that the worker has let go, then new ones."""
    origin = random.Random(visit.queue_state.pk).randrange(RANDOM_BUCKETS)  # noqa: S311 (a seed, and no secret)
    found = candidates(visit, count, origin)
    let_go, held = found[LET_GO][:count], found[HELD]
    if visit.at_work:
        rest = sorted([*held, *found[LET_GO][count:]], key=attrgetter("position"))
        visit.unfinished = [each.task_id for each in rest]
    again = claim_again(visit, let_go) if let_go else []
    new = count - len(again)
    return again + (_claim_new(visit, new, _gold_wanted(visit, new, rng), found, origin) if new else [])


def _claim_new(visit: Visit, count: int, gold_wanted: int, found: Found, origin: int) -> list[Assignment]:
    """Take tasks that the worker has not seen, and move the worker's cursors on.

    Gold and work are looked for together whatever chance says, so that the work done does not tell
    them apart. New gold is never handed out alone: when the work is used up, more of it would only
    give itself away.
    """
    work = visit.purposes[-1]
    leased: list[Assignment] = []
    beyond = BEGINNING
    for tries in range(TRIES):
        if beyond == BEGINNING:
            _note_what_is_used_up(visit, found)
            if not found[work]:
                break
        gold_wanted = min(gold_wanted, len(found[Purpose.GOLD])) if visit.at_work else 0
        wanted = {visit.purposes[0]: gold_wanted, work: count - gold_wanted}
        # One task is one claim; several are one of each purpose, though none be wanted, so that
        # they are alike.
        purposes = [purpose for purpose in visit.purposes if wanted[purpose] or count > 1]
        taken = [
            each for purpose in purposes for each in _take(visit, purpose, found[purpose], wanted[purpose], beyond)
        ]
        leased += taken
        count, gold_wanted = count - len(taken), 0
        if count == 0:
            break
        if not taken:  # others are at all of these at this moment: look at other buckets, and then here again
            beyond = found[work][0].position if found[work] else BEGINNING
            time.sleep(PAUSE * (tries + 1))
        found = candidates(visit, count, origin, beyond)
    return leased


def _note_what_is_used_up(visit: Visit, found: Found) -> None:
    for purpose in visit.purposes:
        if not found[purpose]:
            visit.cursors[purpose] = visit.cursors[purpose].at_the_end(visit.microseconds)


def _take(visit: Visit, purpose: str, found: Sequence[Candidate], count: int, beyond: int) -> list[Assignment]:
    """Lease up to `count` of these tasks, all of one bucket, that nobody else is claiming at this
    moment."""
    leased = claim(visit, found[0] if found else Candidate(purpose, 0, 0, 0, 0), count if found else 0)
    if leased and beyond == BEGINNING:  # else the buckets before this one are not used up, and the cursor stays there
        taken = {lease.task_id for lease in leased}
        visit.cursors[purpose] = visit.cursors[purpose].after(found, taken, visit.microseconds)
    return leased
