"""Models as voters: what one predicts is a vote like any other, of a worker whose reliability is
learnt."""

from collections.abc import Iterator, Sequence

import numpy as np
from django.db.models import Q

from crowd.projects.models import Membership, Project, Role
from tasks.models import PreLabel
from tasks.queue.suggestions import likeliest

NAME = "model {name}"
MODELS = Q(user=None, name__startswith=NAME.format(name=""))  # of memberships
AT_ONCE = 20_000  # rows that are Python objects at once


def predictions(project: Project, task_ids: Sequence[int] | None = None) -> Iterator[tuple[int, int, int, int, float]]:
    """Task, voter, place of the likeliest class, the row's key below zero, and no time, of each
    prediction."""
    all_of_them = PreLabel.objects.all()
    on = all_of_them.filter(task__project=project) if task_ids is None else all_of_them.filter(task__in=task_ids)
    code_of = {name: place for place, name in enumerate(project.class_names)}
    voters: dict[str, int] = {}
    rows = on.order_by("model").values_list("task_id", "model", "distribution", "pk")
    for task, model, distribution, pk in rows.iterator(chunk_size=AT_ONCE):
        label = code_of.get(likeliest(distribution))
        if label is not None:  # a picture's folder may be called anything
            voter = voters.get(model) or voters.setdefault(model, voter_of(project, model).pk)
            yield task, voter, label, -pk, np.nan


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
