"""The one-coin model: every worker is right with one probability, whatever the class."""

from dataclasses import dataclass

import numpy as np
from scipy.special import xlog1py, xlogy

from quality.aggregation.codes import Floats
from quality.aggregation.em import Limits, Parameters, climb
from quality.aggregation.fit import Fit, one_coin_confusion
from quality.aggregation.posterior import shares
from quality.aggregation.votes import Votes


@dataclass(frozen=True, slots=True)
class OneCoin:
    """Dawid & Skene's model with one parameter a worker (Y. Zhang et al., 2016, Spectral methods
    meet EM, section 2).

    Wrong answers fall evenly on the other classes. Fewer votes estimate it than whole confusion
    matrices need, but it cannot see a worker who mistakes one class for another.

    right, wrong: votes that every worker is imagined to have given before.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0
    right: float = 4.0
    wrong: float = 1.0

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        limits = Limits(self.max_iter, self.tol)
        return climb(votes, self.m_step, limits, method="one-coin", seed=self.seed, start=start)

    def m_step(self, votes: Votes, posterior: Floats) -> Parameters:
        """The likeliest accuracies and class shares given the posterior, and the pseudo counts."""
        right, wrong = self.imagined(votes)
        evidence = votes.per_worker + right + wrong
        accuracy = (votes.right(posterior) + right) / evidence
        class_shares = shares(votes, posterior, pseudo_count=1.0)
        log_prior = (xlogy(right, accuracy) + xlog1py(wrong, -accuracy)).sum() + np.log(class_shares).sum()
        confusion = one_coin_confusion(accuracy, votes.n_classes)
        return Parameters(class_shares, confusion, evidence[:, None] * class_shares, float(log_prior))

    def imagined(self, votes: Votes) -> tuple[Floats, Floats]:
        """(workers,) right and (workers,) wrong votes before the first: the prior's, and those of
        the history."""
        wrong = self.wrong if votes.n_classes > 1 else 0.0  # with one class there is no way to be wrong
        prior = np.full(votes.n_workers, self.right), np.full(votes.n_workers, wrong)
        if votes.history is None:
            return prior
        right = np.einsum("wjj->w", votes.history)
        return prior[0] + right, prior[1] + votes.history.sum(axis=(1, 2)) - right
