"""Weights that allow for how few votes they rest on."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from quality.aggregation.codes import Floats
from quality.aggregation.numeric.fit import NumericFit
from quality.aggregation.numeric.values import NumericVotes
from quality.aggregation.numeric.weighting import alternate, floored, mean_losses


@dataclass(frozen=True, slots=True)
class CATD:
    """Q. Li et al. (2014), A confidence-aware approach for truth discovery on long-tail data,
    equation 7.

    A worker weighs as much as the upper end of a confidence interval of their variance allows: the
    quantile of chi squared, with a degree of freedom a vote, over the sum of squared errors. Few
    votes make for a low weight. Values start at the means of the votes.

    alpha: one less the confidence of the interval.
    max_iter, tol: rounds at most, and the largest step of a value, in standard deviations of the
        votes, to stop at.
    """

    max_iter: int = 100
    tol: float = 1e-4
    alpha: float = 0.05

    def fit(self, votes: NumericVotes) -> NumericFit:
        return alternate(votes, self.weigh, self.max_iter, self.tol, method="catd")

    def weigh(self, votes: NumericVotes, truth: Floats) -> Floats:
        """(workers,) the weight of each worker if `truth` (tasks,) is believed."""
        losses = floored(votes, mean_losses(votes, (votes.values - truth[votes.tasks]) ** 2))
        count = np.maximum(votes.per_worker, 1)
        quantile = 2 * gammaincinv(count / 2, self.alpha / 2)  # of chi-squared with `count` degrees of freedom
        weights: Floats = quantile / (count * losses)
        return weights
