"""How surprising a number of successes is, when every trial has a chance of its own."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from quality.aggregation.grouped import sums
from quality.reliability.scores import Floats

Counts = npt.NDArray[np.int64]

EXACT = 64
"""Successes up to which the tail is worked out exactly."""

BANDS = (0, 4, 16, EXACT)
AT_ONCE = 50_000
"""Groups of one band to work on in one go, so that memory stays bounded."""

ROUNDING = 1e-9


def upper_tail(groups: Counts, chances: Floats, successes: Counts) -> Floats:
    """(groups,) the probability of at least `successes` (groups,) among the independent trials of each group.

    groups: (trials,) which group a trial belongs to; chances: (trials,) its probability of success. This is the
    Poisson binomial distribution: exact up to `EXACT` successes, and above it the binomial distribution of the same
    mean and variance.
    """
    mean, variance = (sums(groups, each, len(successes)) for each in (chances, chances * (1 - chances)))
    tail = binomial_tail(mean, variance, successes)
    for low, high in pairwise(BANDS):
        band = np.flatnonzero((successes > low) & (successes <= high))
        for start in range(0, len(band), AT_ONCE):
            exact = band[start : start + AT_ONCE]
            place = np.full(len(successes), -1)
            place[exact] = np.arange(len(exact))
            chosen = place[groups] >= 0
            tail[exact] = _exact_tail(place[groups[chosen]], chances[chosen], successes[exact])
    return tail


def binomial_tail(mean: Floats, variance: Floats, successes: Counts) -> Floats:
    """The probability of at least `successes` under the binomial distribution of that mean and variance, all of one
    shape (W. Ehm, 1991, Binomial approximation to the Poisson binomial distribution)."""
    chance = np.divide(mean - variance, mean, out=np.zeros(mean.shape), where=mean > 0)
    trials = np.divide(mean, chance, out=np.zeros(mean.shape), where=chance > 0)
    more = np.maximum(trials - successes + 1, ROUNDING)
    return np.where(successes > 0, betainc(np.maximum(successes, 1), more, chance), 1.0)


def _exact_tail(groups: Counts, chances: Floats, successes: Counts) -> Floats:
    """Trial by trial, the distribution of how many successes are still missing; tiny tails keep their precision."""
    chances = chances[np.argsort(groups, kind="stable")]
    sizes = np.bincount(groups, minlength=len(successes))
    starts = np.cumsum(sizes) - sizes
    order = np.argsort(-sizes, kind="stable")
    missing = np.zeros((len(successes), int(successes.max(initial=0)) + 1))
    missing[np.arange(len(order)), successes[order]] = 1.0
    for trial in range(int(sizes.max(initial=0))):
        active = int(np.count_nonzero(sizes > trial))  # the largest groups come first
        moved = missing[:active] * chances[starts[order[:active]] + trial, None]
        moved[:, 0] = 0.0  # who has enough stays there
        missing[:active] -= moved
        missing[:active, :-1] += moved[:, 1:]
    tail = np.empty(len(successes))
    tail[order] = np.minimum(missing[:, 0], 1.0)
    return tail
