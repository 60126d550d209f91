"""Models as voters: what one predicts is a vote like any other, of a worker whose reliability is
learnt."""

from collections.abc import Iterator, Sequence

import numpy as np
from django.db.models import Q

from crowd.projects.answer_kinds import Answer, kind_of
from crowd.projects.classes import merged_numbers
from crowd.projects.models import Membership, Project, Role
from tasks.models import PreLabel

NAME = "model {name}"
MODELS = Q(user=None, name__startswith=NAME.format(name=""))  # of memberships
AT_ONCE = 20_000  # rows that are Python objects at once


def predictions(
    project: Project, task_ids: Sequence[int] | None = None
) -> Iterator[tuple[int, int, Answer, int, float]]:
    """Task, voter, answer, the row's key below zero, and no time, of each prediction that comes to
    an answer."""
    all_of_them = PreLabel.objects.all()
    on = all_of_them.filter(task__project=project) if task_ids is None else all_of_them.filter(task__in=task_ids)
    kind, numbers = kind_of(project), merged_numbers(project.schema)
    voters: dict[str, int] = {}
    rows = on.order_by("model").values_list("task_id", "model", "prediction", "pk")
    for task, model, prediction, pk in rows.iterator(chunk_size=AT_ONCE):
        answer = kind.predicted(kind.reclassed_prediction(prediction, numbers) if numbers else prediction)
        if answer is not None:
            voter = voters.get(model) or voters.setdefault(model, voter_of(project, model).pk)
            yield task, voter, answer, -pk, np.nan


def without_vote(project: Project) -> list[int]:
    """Keys of the voters whose predictions don't count: those who are paused, and the model that is
    shown to people. It speaks through those who follow it, and would be counted twice."""
    voters = project.memberships.filter(user=None)
    silent = voters.filter(Q(status=Membership.Status.PAUSED) | Q(name=NAME.format(name=project.shown_model)))
    return list(silent.values_list("pk", flat=True))


def voter_of(project: Project, model: str) -> Membership:
    """The worker that stands for a model."""
    voter: Membership
    voter, _new = project.memberships.get_or_create(name=NAME.format(name=model), defaults={"role": Role.WORKER})
    return voter
