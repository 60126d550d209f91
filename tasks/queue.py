"""Handing out work: who may answer what, until when, and when a task has enough.

Every verb keeps one promise: on a task that is not gold, counted answers plus live leases never exceed the answers
needed. The counters are on the task's own row, changed under its lock, with a CHECK behind them.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest, Now

from crowd.projects.models import Membership, Project
from tasks.models import Assignment, Task

MAX_OPEN_LEASES = 50
EXPIRE_BATCH = 1000

Reason = Literal["no_tasks", "quota", "paused"]
# Which tasks are gold must not be guessable from a seed.
CHANCE = random.SystemRandom()


@transaction.atomic
def lease_tasks(
    *, worker: Membership, count: int = 1, rng: random.Random = CHANCE
) -> tuple[list[Assignment], Reason | None]:
    """Lease up to `count` tasks to a worker; where there are none, say why."""
    if worker.status == Membership.Status.PAUSED:
        return [], "paused"
    open_leases = worker.assignments.filter(state=Assignment.State.LIVE).count()
    count = min(count, MAX_OPEN_LEASES - open_leases)
    if count <= 0:
        return [], "quota"
    tasks = _choose(worker, count, rng)
    Task.objects.filter(pk__in=[task.pk for task, _now in tasks]).update(leases_live=F("leases_live") + 1)
    lease = timedelta(seconds=worker.project.lease_seconds)
    assignments = Assignment.objects.bulk_create(
        Assignment(task=task, worker=worker, leased_at=now, expires_at=now + lease) for task, now in tasks
    )
    return assignments, None if assignments else "no_tasks"


def _choose(worker: Membership, count: int, rng: random.Random) -> list[tuple[Task, datetime]]:
    """Tasks for this worker, locked, with gold hidden among them at the project's rate.

    Both queries run whatever chance says, so that the work done does not tell gold from other tasks. Gold alone is
    never handed out: when the ordinary tasks are used up, more gold would only give itself away.
    """
    wanted_gold = sum(rng.random() < worker.project.gold_rate for _ in range(count))
    tasks = Task.objects.for_project(worker.project_id)
    gold = _lock(tasks.filter(is_gold=True).order_by("answers_counted", "id"), worker, max(wanted_gold, 1))
    ordinary = _lock(tasks.with_free_slot().order_by(F("priority").desc(), "id"), worker, count)
    if not ordinary:
        return []
    gold = gold[:wanted_gold]
    chosen = gold + ordinary[: count - len(gold)]
    rng.shuffle(chosen)
    return chosen


def _lock(tasks: QuerySet[Task], worker: Membership, limit: int) -> list[tuple[Task, datetime]]:
    """Tasks that this worker has not seen, locked, each with the time by the database's clock."""
    seen = Assignment.objects.filter(task=OuterRef("pk"), worker=worker).exclude(state=Assignment.State.EXPIRED)
    unseen = tasks.filter(~Exists(seen)).annotate(now=Now()).select_for_update(skip_locked=True, of=("self",))
    return [(task, task.now) for task in unseen[:limit]]


@transaction.atomic
def expire_leases() -> int:
    """Return the slots of leases that have ended to the queue, and say how many there were."""
    ended = Assignment.objects.filter(state=Assignment.State.LIVE, expires_at__lt=Now()).order_by("expires_at")
    batch = list(ended.select_for_update(skip_locked=True).values_list("pk", "task_id")[:EXPIRE_BATCH])
    Assignment.objects.filter(pk__in=[pk for pk, _task in batch]).update(
        state=Assignment.State.EXPIRED, closed_at=Now()
    )
    release_slots(task_id for _pk, task_id in batch)
    return len(batch)


def release_slots(task_ids: Iterable[int]) -> None:
    """Take one live lease off each task, once for every time it is named."""
    by_count: defaultdict[int, list[int]] = defaultdict(list)
    for task_id, count in Counter(task_ids).items():
        by_count[count].append(task_id)
    lock_tasks([task_id for group in by_count.values() for task_id in group])
    for count, group in by_count.items():
        Task.objects.filter(pk__in=group).update(leases_live=F("leases_live") - count)


def lock_tasks(task_ids: Sequence[int]) -> None:
    """Lock tasks in one order everywhere, so that two verbs never wait for each other."""
    list(Task.objects.filter(pk__in=task_ids).order_by("pk").select_for_update().values_list("pk", flat=True))


def request_another(task_ids: Iterable[int]) -> int:
    """Ask for one more answer to each task whose slots are all filled; asking twice changes nothing.

    A task that only stands for votes gathered elsewhere has nothing to show a worker and is left as it is.
    """
    filled = Task.objects.filter(pk__in=task_ids, answers_needed=F("answers_counted"))
    return filled.exclude(Q(data={}) & Q(image=None)).update(answers_needed=F("answers_counted") + 1)


def settle(task_ids: Iterable[int]) -> int:
    """Hand these tasks out no further. Leases that are out may still be answered."""
    open_tasks = Task.objects.filter(pk__in=task_ids).with_free_slot()
    return open_tasks.update(answers_needed=F("answers_counted") + F("leases_live"))


def raise_to_minimum(project: Project) -> int:
    """After a change of policy: every task needs at least the project's minimum."""
    short = Task.objects.for_project(project).filter(answers_needed__lt=project.min_responses)
    return short.exclude(Q(data={}) & Q(image=None)).update(answers_needed=project.min_responses)


def set_gold(task_ids: Iterable[int], *, gold: bool) -> int:
    """Hide tasks among the others as gold, or make them ordinary again with the answers they have."""
    tasks = Task.objects.filter(pk__in=task_ids, is_gold=not gold)
    filled = F("answers_counted") + F("leases_live")
    return tasks.update(is_gold=gold, answers_needed=Greatest(F("answers_needed"), filled), revision=F("revision") + 1)
