"""Gold by promotion: labels that are as good as certain become hidden tests for all who have not
answered them yet.

A ring that agrees with itself would like its own labels to become the tests: only answers of
workers that nothing speaks against make a candidate, and chance chooses among the candidates.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from crowd.batches import batches
from crowd.people.models import User, audit
from crowd.projects.answer_kinds import Answer, is_right
from crowd.projects.models import Project
from quality.gold.giving import Origin, receive_gold
from quality.kinds.protocol import consensus_kind
from quality.labels.requests import wake_refresh
from quality.models import Consensus, Standing, WorkerScore
from tasks.intake.records import Gold
from tasks.models import Response, Task

LOOKED_AT = 10_000  # of the surest labels: however large the project, a look takes less than a second
LEAST_ANSWERS = 3
LEAST_AGREEMENT = 0.9
SURE = 0.99
MOST_PROMOTED = LOOKED_AT  # at once

State, Source = Consensus.State, Consensus.Source


@dataclass(frozen=True, slots=True)
class Candidates:
    """What could be promoted, and how it is labelled: the tasks of each class that has any, in the
    order of their keys, or all of them under no name where answers are not chosen. `more` says that
    there are more labels as sure as that than were looked at."""

    by_class: Mapping[str, Sequence[int]]
    labels: Mapping[int, Answer]
    more: bool

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(task_ids) for name, task_ids in self.by_class.items()}


def candidates(project: Project, min_confidence: float = SURE) -> Candidates:
    """Ordinary tasks whose label rests on at least three answers that nearly all agree, of workers
    without a flag."""
    sure = Consensus.objects.filter(project=project, state=State.SETTLED, confidence__gte=min_confidence)
    sure = sure.filter(source=Source.CONSENSUS, responses__gte=LEAST_ANSWERS)
    work = sure.filter(task__purpose=Task.Purpose.WORK, task__has_content=True)
    labels = dict(work.order_by("-confidence", "-task_id").values_list("task_id", "label")[:LOOKED_AT])
    found: defaultdict[str, list[int]] = defaultdict(list)
    name_of, names = _classes(project)
    for task_id in _agreed(project, labels, _doubtful_workers(project)):
        found[name_of(labels[task_id])].append(task_id)
    by_class = {name: found[name] for name in names if name in found}
    return Candidates(by_class, labels, more=len(labels) == LOOKED_AT)


def _classes(project: Project) -> tuple[Callable[[Answer], str], list[str]]:
    """What tells of a label which class it belongs to, and the classes in their order."""
    options = consensus_kind(project).options(project.schema)
    names = {option.answer: option.cell for option in options}
    return lambda answer: names.get(answer, "") if options else "", list(names.values()) or [""]


def _doubtful_workers(project: Project) -> set[int]:
    unreliable = Standing.objects.filter(worker__project=project, verdict=Standing.Verdict.UNRELIABLE)
    flagged = WorkerScore.objects.filter(worker__project=project).exclude(flags=[])
    return {*unreliable.values_list("worker_id", flat=True), *flagged.values_list("worker_id", flat=True)}


def _agreed(project: Project, labels: Mapping[int, Answer], doubtful: set[int]) -> list[int]:
    """Those of the tasks on which enough workers beyond doubt gave the label, and hardly any
    another answer."""
    answers: Counter[int] = Counter()
    agreeing: Counter[int] = Counter()
    for batch in batches(sorted(labels)):
        rows = Response.objects.current().filter(task__in=batch).values_list("task_id", "worker_id", "answer")
        for task_id, worker_id, answer in rows:
            if worker_id not in doubtful:
                answers[task_id] += 1
                agreeing[task_id] += is_right(project, answer, labels[task_id])
    return [
        task_id
        for task_id in sorted(labels)
        if agreeing[task_id] >= LEAST_ANSWERS and agreeing[task_id] >= LEAST_AGREEMENT * answers[task_id]
    ]


def chosen(found: Candidates, count: int, seed: int) -> dict[int, Answer]:
    """So many of the candidates with their labels, as evenly over the classes as there are any; the
    same seed chooses the same among the same."""
    rng = np.random.default_rng(seed)
    shuffled = [(name, rng.permutation(np.array(ids, dtype=np.int64)).tolist()) for name, ids in found.by_class.items()]
    turns = ((turn, name, task_id) for name, task_ids in shuffled for turn, task_id in enumerate(task_ids))
    # Within a turn the classes stand as in the schema, for the sort is stable.
    in_turn = sorted(turns, key=lambda each: each[0])
    return {task_id: found.labels[task_id] for _turn, _name, task_id in in_turn[:count]}


@transaction.atomic
def promote_gold(
    *, project: Project, actor: User, count: int, min_confidence: float = SURE, seed: int = 0
) -> dict[str, int]:
    """Turn so many very sure labels into hidden gold, or as many as there are; says how many of
    each class."""
    wanted = chosen(candidates(project, min_confidence), count, seed)
    # Only under the lock is it sure that they are still what they were.
    Task.objects.filter(pk__in=list(wanted)).lock()
    still = Consensus.objects.filter(task__in=list(wanted), state=State.SETTLED, source=Source.CONSENSUS)
    labels = dict(still.filter(task__purpose=Task.Purpose.WORK).values_list("task_id", "label"))
    promoted = {task_id: Gold(label) for task_id, label in wanted.items() if labels.get(task_id) == label}
    receive_gold(answers=promoted, origin=Origin.PROMOTED)
    name_of, names = _classes(project)
    per_class = Counter(name_of(gold.answer) for gold in promoted.values())
    if promoted:
        audit(actor, "gold.promoted", project.slug, tasks=len(promoted), min_confidence=min_confidence, seed=seed)
        transaction.on_commit(lambda: wake_refresh(project.pk))
    return {name: per_class[name] for name in names if per_class[name]}
