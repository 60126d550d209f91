"""Choose how to weigh answers that tick any number of classes."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.multilabel.class_dawid_skene import ClassDawidSkene
from quality.aggregation.multilabel.fit import MultiLabelFit, with_known
from quality.aggregation.multilabel.thresholds import is_taught
from quality.aggregation.multilabel.vote_share import VoteShare, WeightedShare
from quality.aggregation.multilabel.votes import MultiLabelVotes

ANSWERS_A_TASK = 3.0
"""With two answers a task, each is judged by one other: whoever is paired with a careless worker
looks careless."""

TAKEN = 0.4
"""From which mean of share and probability a class is taken: missing one costs as much as taking a
wrong one, and the model is too sure of what many have overlooked."""


@dataclass(frozen=True, slots=True)
class MultiLabelAuto:
    """Weighted shares with learnt thresholds where enough is known; else the model of workers and
    the share of ticks.

    The model (`ClassDawidSkene`) sees who overlooks and who ticks too much, and the plain share
    keeps it from believing few workers too far: the mean of both is taken. Where tasks have too few
    answers to compare workers, it is the share alone.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0

    def fit(self, votes: MultiLabelVotes) -> MultiLabelFit:
        a_task = len(votes.tasks) / max(int(np.count_nonzero(votes.per_task)), 1)
        if a_task < ANSWERS_A_TASK:
            fit, why = VoteShare().fit(votes), f"fewer than {ANSWERS_A_TASK:g} cannot compare workers"
        elif is_taught(votes):
            fit, why = WeightedShare().fit(votes), "enough to compare workers"
        else:
            fit, why = self._pooled(votes), "enough to compare workers"
        return replace(fit, reason=f"{a_task:.1f} answers a task: {why}; {fit.reason}")

    def _pooled(self, votes: MultiLabelVotes) -> MultiLabelFit:
        model = ClassDawidSkene(self.max_iter, self.tol, self.seed).fit(votes)
        shares = votes.counts() / np.maximum(votes.per_task, 1)[:, None]
        pooled = (model.probability + shares) / 2
        labels, probability = with_known(votes, pooled >= TAKEN, pooled)
        reason = f"a class is taken from a mean of {TAKEN:g} of its share of the ticks and its probability"
        return replace(
            model, labels=labels, probability=probability, thresholds=np.full(votes.n_classes, TAKEN), reason=reason
        )
