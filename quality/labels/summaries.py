"""A project at a glance: how far it is, and how far its workers agree."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
from django.db.models import Count, Sum

from crowd.projects.models import Membership, Project
from quality.answers.model_voters import MODELS
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.protocol import consensus_kind
from quality.models import Consensus, GoldAnswer
from tasks.models import Task

State = Consensus.State

MEASURES = ("krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement")

PARTS = ("tasks", "gold", "training", "settled", "disputed", "exhausted", "responses", "workers")

# What the agreement of a project looks like before anything was measured.
UNMEASURED: dict[str, Any] = {
    **{name: {"value": None, "low": None, "high": None} for name in MEASURES},
    "counts": {"tasks": 0, "responses": 0, "workers": 0},
}


class Rated(Protocol):
    """What a task has been given: a stored consensus, or a verdict."""

    @property
    def state(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def responses(self) -> int: ...


def count_progress(project: Project) -> dict[str, int]:
    """Numbers of tasks by state, those with known answers apart, and of answers; counted over the
    whole project."""
    # What nobody has judged yet is counted when it is.
    tasks = Task.objects.for_project(project).filter(judged_revision__gt=0)
    gold = GoldAnswer.objects.filter(task__project=project, task__judged_revision__gt=0)
    training = gold.exclude(training_since=None).count()
    consensus = Consensus.objects.filter(project=project)
    ordinary = consensus.exclude(task__in=gold.values("task"))
    states = Counter(dict(ordinary.values_list("state").annotate(Count("task")).order_by()))
    return completed(
        {
            "tasks": tasks.count() - gold.count(),
            "gold": gold.count() - training,
            "training": training,
            "settled": states[State.SETTLED],
            "disputed": states[State.DISPUTED],
            "exhausted": count_exhausted(project),
            "responses": consensus.aggregate(total=Sum("responses"))["total"] or 0,
            "workers": Membership.objects.filter(project=project, score__isnull=False).exclude(MODELS).count(),
        }
    )


def moved(project: Project, progress: dict[str, int], before: Iterable[Rated], after: Iterable[Rated], new: int) -> Any:
    """The progress after some tasks were judged anew, from what they were rated before and after;
    `new` is the number of those that were never counted. Of tasks in training, and exhausted ones,
    there are few: they are counted."""
    counts = Counter(progress)
    known = counts["gold"] + counts["training"]
    counts["tasks"] += new
    for sign, rows in ((-1, before), (1, after)):
        for each in rows:
            counts["responses"] += sign * each.responses
            if each.source == Consensus.Source.GOLD:
                known += sign
                counts["tasks"] -= sign
            elif each.state != State.OPEN:
                counts[each.state] += sign
    counts["training"] = count_training(project)
    counts["gold"] = known - counts["training"]
    counts["exhausted"] = count_exhausted(project)
    return completed({name: max(0, counts[name]) for name in PARTS})


def count_training(project: Project) -> int:
    return Task.objects.for_project(project).filter(purpose=Task.Purpose.TRAINING, is_open=True).count()


def count_exhausted(project: Project) -> int:
    return Task.objects.for_project(project).filter(is_exhausted=True).count()


def completed(progress: dict[str, int]) -> dict[str, int]:
    apart = progress["settled"] + progress["disputed"] + progress["exhausted"]
    return {**progress, "open": max(0, progress["tasks"] - apart)}


def measure_agreement(project: Project, matrix: AnswerMatrix) -> dict[str, Any]:
    """What the kind of answer measures, with 95% intervals, and what it rests on."""
    people = matrix.response > 0
    counts = {
        "tasks": int(np.count_nonzero(np.bincount(matrix.task[people]))),
        "responses": int(people.sum()),
        "workers": int((~matrix.machine).sum()),
    }
    return {**UNMEASURED, **consensus_kind(project).agreement(matrix), "counts": counts}
