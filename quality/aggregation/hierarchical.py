"""Confusion matrices that lean on something simpler until a worker has votes enough."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.em import Limits, Parameters, climb
from quality.aggregation.fit import Fit, WorkerModel, one_coin_confusion
from quality.aggregation.posterior import shares
from quality.aggregation.votes import Votes

RIGHT, WRONG = 2.0, 1.0
"""Votes that every worker is imagined to have given before, when his accuracy is estimated."""


@dataclass(frozen=True, slots=True)
class Hierarchical:
    """Dawid & Skene's model in which each worker's confusion matrix leans on his own one-coin
    matrix.

    A Dirichlet prior of `strength` votes on every row is centred on the matrix that has the
    worker's accuracy on its diagonal and spreads the rest evenly. A worker with few votes is thus
    judged by one number, and by a whole matrix as votes come in; the idea is that of hierarchical
    priors in S. Paun et al. (2018), Comparing Bayesian models of annotation, with the centre
    estimated anew in every M-step. The trace is the log-likelihood alone: as the prior moves with
    the estimates, it need not always rise.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0
    strength: float = 4.0

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        limits = Limits(self.max_iter, self.tol)
        return climb(votes, self.m_step, limits, method="hierarchical", seed=self.seed, start=start)

    def m_step(self, votes: Votes, posterior: Floats) -> Parameters:
        """Expected votes, and `strength` more on every row as the worker's one-coin matrix would
        give them."""
        tally = tally_with_history(votes, posterior)
        counts = tally + self.strength * one_coin_confusion(accuracies(tally), votes.n_classes)
        evidence = counts.sum(axis=2)
        return Parameters(shares(votes, posterior, pseudo_count=1.0), counts / evidence[:, :, None], evidence)


@dataclass(frozen=True, slots=True)
class SharedErrors:
    """Every worker has an accuracy of his own, and when wrong, all fall for the same classes in the
    same proportions.

    One confusion between classes is estimated from the whole crowd: with many classes and few votes
    a worker, that some classes look alike can be learnt from all together where no one's own matrix
    could be. The trace is the log-likelihood alone, which need not always rise.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        limits = Limits(self.max_iter, self.tol)
        return climb(votes, self.m_step, limits, method="shared-errors", seed=self.seed, start=start)

    def m_step(self, votes: Votes, posterior: Floats) -> Parameters:
        """Accuracies a worker, and the proportions of wrong answers of all workers together, half a
        vote added."""
        tally = tally_with_history(votes, posterior)
        right = np.eye(votes.n_classes, dtype=bool)
        wrong = np.where(right, 0.0, tally.sum(axis=0) + 0.5)
        wrong /= np.maximum(wrong.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        accuracy = accuracies(tally)[:, None, None]
        class_shares = shares(votes, posterior, pseudo_count=1.0)
        evidence = (tally.sum(axis=(1, 2)) + RIGHT + WRONG)[:, None] * class_shares
        return Parameters(class_shares, np.where(right, accuracy, (1 - accuracy) * wrong), evidence)


def tally_with_history(votes: Votes, posterior: Floats) -> Floats:
    """(workers, classes, classes) [worker, truth, answer] expected votes, and those of the workers'
    history."""
    tally = votes.tally(posterior)
    return tally if votes.history is None else tally + votes.history


def believed_workers(votes: Votes, posterior: Floats, class_shares: Floats, strength: float = 4.0) -> WorkerModel:
    """The workers as a posterior shows them, each leaning on their one-coin matrix by `strength`
    votes."""
    tally = tally_with_history(votes, posterior * votes.has_evidence[:, None])
    counts = tally + strength * one_coin_confusion(accuracies(tally), votes.n_classes)
    evidence = counts.sum(axis=2)
    return WorkerModel.from_confusion(counts / evidence[:, :, None], class_shares, evidence)


def accuracies(tally: Floats) -> Floats:
    """(workers,) the share of right votes in (workers, classes, classes) expected ones, with a few
    imagined before."""
    wrong = WRONG if tally.shape[-1] > 1 else 0.0  # with one class there is no way to be wrong
    return (np.einsum("wjj->w", tally) + RIGHT) / (tally.sum(axis=(1, 2)) + RIGHT + wrong)
