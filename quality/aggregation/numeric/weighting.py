"""Truth discovery: weighted means, and weights of workers from their distance to them, until
neither moves."""

from collections.abc import Callable

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.numeric.fit import NumericFit, WorkerErrors
from quality.aggregation.numeric.gaussian import relative, standardised
from quality.aggregation.numeric.values import NumericVotes

FLOOR = 0.01
"""No worker's loss is believed to be less than this share of the mean: a perfect one would weigh
infinitely much."""


def alternate(
    votes: NumericVotes, weigh: Callable[[NumericVotes, Floats], Floats], max_iter: int, tol: float, *, method: str
) -> NumericFit:
    """The fit where `weigh(votes, truth)`, the weight of each worker (workers,), and weighted means
    agree.

    Converged once no value moves by more than `tol` standard deviations of the votes.
    """
    scaled, shift, scale = standardised(votes)
    truth = scaled.averages()
    weights = np.ones(votes.n_workers)
    smallest_step = tol * scaled.values.std() if scaled.values.size else 0.0
    iterations, converged = 0, False
    while not converged and iterations < max_iter:
        weights = relative(scaled, weigh(scaled, truth))
        moved = scaled.averages(weights[votes.workers])
        converged = bool((np.abs(moved - truth)[votes.has_evidence] <= smallest_step).all())
        truth, iterations = moved, iterations + 1
    spread = _spread(scaled, truth)
    labels = np.where(votes.is_known, votes.known, shift + scale * truth)
    deviation = scale * _deviation(scaled, weights, spread)
    workers = _workers(votes, weights, scale * spread)
    return NumericFit(method, labels, deviation, workers, iterations, converged)


def floored(votes: NumericVotes, losses: Floats) -> Floats:
    """Mean losses (workers,), none below `FLOOR` of the mean of all; workers without votes have
    that mean."""
    voted = votes.per_worker > 0
    mean = float(losses[voted].mean()) if voted.any() else 0.0
    if mean == 0:
        return np.ones_like(losses)
    return np.where(voted, np.maximum(losses, FLOOR * mean), mean)


def mean_losses(votes: NumericVotes, losses: Floats) -> Floats:
    """(workers,) the mean of the losses (votes,) of each worker's votes; 0 without any."""
    return votes.by_worker(losses) / np.maximum(votes.per_worker, 1)


def _spread(votes: NumericVotes, truth: Floats) -> Floats:
    """(workers,) the standard deviation of errors, with one imagined vote of the usual one."""
    squares = votes.by_worker((votes.values - truth[votes.tasks]) ** 2)
    return np.sqrt((squares + votes.noise(truth)) / (votes.per_worker + 1))


def _deviation(votes: NumericVotes, weights: Floats, spread: Floats) -> Floats:
    """(tasks,) the standard deviation of the weighted mean, with the weights taken for given."""
    weight = weights[votes.workers]
    total = votes.by_task(weight)
    variance = np.full(votes.n_tasks, np.nan)
    np.divide(votes.by_task((weight * spread[votes.workers]) ** 2), total**2, out=variance, where=total > 0)
    return np.where(votes.is_known, 0.0, np.sqrt(variance))


def _workers(votes: NumericVotes, weights: Floats, spread: Floats) -> WorkerErrors:
    unbiased = np.zeros(votes.n_workers)
    return WorkerErrors(weights, spread, spread / np.sqrt(2 * (votes.per_worker + 1)), unbiased, unbiased)
