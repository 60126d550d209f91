"""A class is taken if enough of the votes tick it, where votes may weigh as much as their workers
agree with others."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.multilabel.fit import MultiLabelFit, with_known
from quality.aggregation.multilabel.thresholds import learn, probability_of
from quality.aggregation.multilabel.votes import MultiLabelVotes

IMAGINED = 1.0
"""Votes imagined on every task, that tick each class as often as the crowd does on average: they
settle tasks with few votes, where one tick says little of a rare class."""


@dataclass(frozen=True, slots=True)
class VoteShare:
    """The share of a task's answers that tick a class, against a threshold.

    threshold: the share from which a class is taken; learnt from known entries if None
        (`thresholds.learn`).
    """

    threshold: float | None = None

    def fit(self, votes: MultiLabelVotes) -> MultiLabelFit:
        return elected("vote-share", votes, np.ones(votes.n_workers), self.threshold)


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """As `VoteShare`, but an answer weighs as much as its worker agrees with the others.

    A worker's skill is the mean cosine of each answer's ticks and the summed ticks of the others on
    the task, weighted by their skills in turn (the worker-sentence agreement of A. Dumitrache et
    al., 2018, Crowdsourcing ground truth for medical relation extraction, without its worker-worker
    agreement).

    max_iter: rounds at most; tol: stop when no skill changes by more than this.
    """

    max_iter: int = 50
    tol: float = 1e-4
    threshold: float | None = None

    def fit(self, votes: MultiLabelVotes) -> MultiLabelFit:
        skill, iterations, converged = np.ones(votes.n_workers), 0, not len(votes.tasks)
        while not converged and iterations < self.max_iter:
            last, skill = skill, skills(votes, skill)
            iterations += 1
            converged = bool(np.abs(skill - last).max() <= self.tol)
        fit = elected("weighted-share", votes, np.maximum(skill, self.tol), self.threshold)
        deviation = np.sqrt(skill * (1 - skill) / (votes.per_worker + 2))
        return replace(fit, skill=skill, deviation=deviation, iterations=iterations, converged=converged)


def skills(votes: MultiLabelVotes, skill: Floats) -> Floats:
    """(workers,) how far each agrees with the others' ticks, weighted by their `skill`.

    An answer without ticks agrees wholly with others that have none either. Answers that are alone
    on their task say nothing; every worker is imagined to have given one answer that agrees as well
    as the average one.
    """
    weights = skill[votes.workers]
    own = votes.ticks * weights[:, None]
    others = np.maximum(votes.counts(skill)[votes.tasks] - own, 0.0)
    lengths = np.sqrt(votes.ticks.sum(axis=1) * (others**2).sum(axis=1))
    both_empty = ~votes.ticks.any(axis=1) & (others.sum(axis=1) <= 1e-12)
    cosine = np.divide((votes.ticks * others).sum(axis=1), lengths, out=both_empty * 1.0, where=lengths > 1e-12)
    compared = votes.per_task[votes.tasks] > 1
    mean = float(cosine[compared].mean()) if compared.any() else 1.0
    agreed = np.bincount(votes.workers, np.where(compared, cosine, 0.0), votes.n_workers)
    return np.minimum((agreed + mean) / (np.bincount(votes.workers, compared, votes.n_workers) + 1), 1.0)


def elected(method: str, votes: MultiLabelVotes, weights: Floats, threshold: float | None) -> MultiLabelFit:
    """The fit by shares of votes that weigh `weights` (workers,), each above zero."""
    shares = shrunken_shares(votes, weights)
    if threshold is None:
        thresholds, reason = learn(votes, shares)
    else:
        thresholds, reason = np.full(votes.n_classes, threshold), ""
    labels, probability = with_known(votes, shares >= thresholds, probability_of(shares, thresholds))
    return MultiLabelFit(method, labels, probability, thresholds, reason=reason)


def shrunken_shares(votes: MultiLabelVotes, weights: Floats) -> Floats:
    """(tasks, classes) weighted shares of the votes, with `IMAGINED` average votes added to each
    task."""
    ticks = votes.counts(weights)
    cast = np.bincount(votes.tasks, weights[votes.workers], votes.n_tasks)
    total, answers = cast.sum(), len(votes.tasks)
    if not answers:
        return np.zeros((votes.n_tasks, votes.n_classes))
    imagined = IMAGINED * total / answers
    shares: Floats = (ticks + imagined * ticks.sum(axis=0) / total) / (cast + imagined)[:, None]
    return shares
