"""What is known of workers before their first answer: how they did in the owner's other projects.

It is written down once and stays as it was then, so that the same answers always give the same
labels.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from crowd.batches import BATCH, batches
from crowd.projects.answer_kinds import kind_of
from crowd.projects.models import Membership, Project, Role
from quality.models import Standing, WorkerPrior

Floats = npt.NDArray[np.float64]

MOST = 10.0
"""Answers that a history counts as at most: a new project's own gold soon says more."""

OF_GOLD, OF_OTHERS = 0.5, 0.1
"""What an answer in another project counts as, held against gold, or against what others
answered."""


class Record(NamedTuple):
    """What a worker did in another project."""

    user: int
    project: int
    gold_right: int | None
    gold_seen: int | None
    reliability: float | None
    responses: int | None
    verdict: str | None
    decided_right: int | None
    decided_seen: int | None


RECORD = ["score__gold_right", "score__gold_seen", "score__reliability", "score__responses"]
RECORD += ["standing__verdict", "standing__decided_right", "standing__decided_seen"]


def seed_priors(project: Project, worker_ids: Sequence[int] | npt.NDArray[np.int64]) -> None:
    """Write down what is known of those of these workers of whom nothing was written down
    before."""
    for batch in batches([int(pk) for pk in worker_ids]):
        new = Membership.objects.filter(project=project, pk__in=batch, prior=None)
        user_of = dict(new.values_list("pk", "user_id"))
        if not user_of:
            continue
        histories = _histories(project, [user for user in user_of.values() if user is not None])
        priors = [WorkerPrior(worker_id=pk, **histories.get(user, NOTHING)) for pk, user in user_of.items()]
        WorkerPrior.objects.bulk_create(priors, batch_size=BATCH, ignore_conflicts=True)


NOTHING: dict[str, float] = {"right": 0.0, "seen": 0.0, "projects": 0}


def priors_of(worker_ids: Sequence[int] | npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Right answers and seen ones, each (workers,), that what is known of these workers counts
    as."""
    ids = np.asarray(worker_ids, dtype=np.int64)
    place_of = {pk: place for place, pk in enumerate(ids.tolist())}
    table = np.zeros((2, len(ids)))
    for batch in batches(list(place_of)):
        rows = WorkerPrior.objects.filter(pk__in=batch, seen__gt=0).values_list("pk", "right", "seen")
        for pk, *tally in rows:
            table[:, place_of[pk]] = tally
    return table[0], table[1]


def _histories(project: Project, users: Sequence[int]) -> dict[int, dict[str, float]]:
    """By user: the prior in this project."""
    records: defaultdict[int, list[Record]] = defaultdict(list)
    for record in _records(project, users):
        records[record.user].append(record)
    others = {record.project for each in records.values() for record in each}
    schemas = Project.objects.only("schema").in_bulk(others)
    chances = {pk: _chance(other) for pk, other in schemas.items()}
    return {user: _prior(each, chances, _chance(project)) for user, each in records.items()}


def _chance(project: Project) -> float:
    return kind_of(project).chance(project.schema)


def _records(project: Project, users: Sequence[int]) -> Iterable[Record]:
    """What these people did in the other projects of those who own this one."""
    owners = project.memberships.filter(role=Role.OWNER).values("user")
    others = Membership.objects.filter(role=Role.OWNER, user__in=owners).exclude(project=project).values("project")
    worked: QuerySet[Membership] = Membership.objects.workers().filter(user__in=users, project__in=others)
    rows = worked.order_by("user", "project").values_list("user", "project", *RECORD)
    return (Record(*row) for row in rows)


def _prior(records: Iterable[Record], chances: dict[int, float], chance: float) -> dict[str, float]:
    """Several histories as one: right and seen answers of this project that count as much."""
    right = seen = 0.0
    projects = 0
    for record in records:
        accuracy, weight = _accuracy(record)
        if weight > 0:
            right += weight * _carried_over(accuracy, chances[record.project], chance)
            seen += weight
            projects += 1
    scale = min(1.0, MOST / seen) if seen else 0.0
    return {"right": min(right, seen) * scale, "seen": seen * scale, "projects": projects}


def _accuracy(record: Record) -> tuple[float, float]:
    """How often the worker was right, and how many answers that counts as. Of whom nothing stands
    any more, because it was declared worthless, the gold answers count by which the worker was
    found unreliable."""
    right, seen = record.gold_right, record.gold_seen
    if seen is None and record.verdict == Standing.Verdict.UNRELIABLE:
        right, seen = record.decided_right, record.decided_seen
    if right is not None and seen:
        return (right + 0.5) / (seen + 1), OF_GOLD * seen
    if record.reliability is None or record.responses is None:
        return 0.0, 0.0
    return record.reliability, OF_OTHERS * record.responses


def _carried_over(accuracy: float, there: float, here: float) -> float:
    """The accuracy that the same knowledge gives where guesses are right with another
    probability."""
    known = (accuracy - there) / (1 - there) if there < 1 else 0.0
    return float(np.clip(here + known * (1 - here), 0.0, 1.0))
