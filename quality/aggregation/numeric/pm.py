"""Weights that fall with the logarithm of a worker's share of all errors."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.numeric.fit import NumericFit
from quality.aggregation.numeric.values import NumericVotes
from quality.aggregation.numeric.weighting import alternate, floored, mean_losses

LEAST_WEIGHT = 1e-9
"""Of a worker who makes all the errors, so that a task where nobody else voted still has a
value."""


@dataclass(frozen=True, slots=True)
class PM:
    """Q. Li et al. (2014), Resolving conflicts in heterogeneous data by truth discovery and source
    reliability estimation (CRH), equations 5 and 13; known as PM since B. I. Aydin et al. (2014).

    A vote loses its squared error over the standard deviation of the votes on its task, and a
    worker's weight is -log(mean loss / sum of all workers' mean losses). Values start at the means
    of the votes.

    max_iter, tol: rounds at most, and the largest step of a value, in standard deviations of the
        votes, to stop at.
    """

    max_iter: int = 100
    tol: float = 1e-4

    def fit(self, votes: NumericVotes) -> NumericFit:
        return alternate(votes, self.weigh, self.max_iter, self.tol, method="pm")

    def weigh(self, votes: NumericVotes, truth: Floats) -> Floats:
        """(workers,) the weight of each worker if `truth` (tasks,) is believed."""
        errors = (votes.values - truth[votes.tasks]) ** 2
        losses = mean_losses(votes, errors / _task_deviation(votes)[votes.tasks])
        losses = floored(votes, losses)
        total = losses[votes.per_worker > 0].sum()
        return np.maximum(-np.log(losses / total), LEAST_WEIGHT) if total > 0 else np.ones_like(losses)


def _task_deviation(votes: NumericVotes) -> Floats:
    """(tasks,) the standard deviation of the votes on each task; 1 where they are all equal."""
    count = np.maximum(votes.per_task, 1)
    means = votes.by_task(votes.values) / count
    variance = votes.by_task((votes.values - means[votes.tasks]) ** 2) / count
    return np.where(variance > np.finfo(np.float64).eps, np.sqrt(variance), 1.0)
