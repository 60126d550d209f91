"""How surprising a number of successes is, when every trial has a chance of its own."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from quality.aggregation.grouped import sums
from quality.evaluation.accuracy import Floats

Counts = npt.NDArray[np.int64]

EXACT = 64
"""Successes up to which the tail is worked out exactly."""

BANDS = (0, 4, 8, 16, 32, EXACT)
AT_ONCE = 50_000
"""Groups of one band to work on in one go, so that memory stays bounded."""

ROUNDING = 1e-9


def upper_tail(groups: Counts, chances: Floats, successes: Counts) -> Floats:
    """(groups,) the probability of at least `successes` (groups,) among the independent trials of
    each group.

    groups: (trials,) which group a trial belongs to; chances: (trials,) its probability of success.
    This is the Poisson binomial distribution: exact up to `EXACT` successes, and above it the
    binomial distribution of the same mean and variance.
    """
    mean, variance = (sums(groups, each, len(successes)) for each in (chances, chances * (1 - chances)))
    tail = binomial_tail(mean, variance, successes)
    few = groups.astype(np.uint16) if len(successes) <= 1 << 16 else groups  # so that numpy sorts by digits
    grouped = chances[np.argsort(few, kind="stable")]
    sizes = np.bincount(groups, minlength=len(successes))
    starts = np.cumsum(sizes) - sizes
    by_size = np.argsort(-sizes, kind="stable")
    for low, high in pairwise(BANDS):
        band = by_size[(successes[by_size] > low) & (successes[by_size] <= high)]
        for start in range(0, len(band), AT_ONCE):
            exact = band[start : start + AT_ONCE]
            tail[exact] = _exact_tail(grouped, starts[exact], sizes[exact], successes[exact])
    return tail


def binomial_tail(mean: Floats, variance: Floats, successes: Counts) -> Floats:
    """The probability of at least `successes` under the binomial distribution of that mean and
    variance, all of one shape (W. Ehm, 1991, Binomial approximation to the Poisson binomial
    distribution)."""
    chance = np.divide(mean - variance, mean, out=np.zeros(mean.shape), where=mean > 0)
    trials = np.divide(mean, chance, out=np.zeros(mean.shape), where=chance > 0)
    more = np.maximum(trials - successes + 1, ROUNDING)
    return np.where(successes > 0, betainc(np.maximum(successes, 1), more, chance), 1.0)


def _exact_tail(chances: Floats, starts: Counts, sizes: Counts, successes: Counts) -> Floats:
    """Trial by trial, the distribution of how many successes are still missing; tiny tails keep
    their precision.

    Groups, the largest first, have the `sizes` chances from `starts` on.
    """
    missing = np.zeros((int(successes.max(initial=0)) + 1, len(successes)))
    missing[successes, np.arange(len(successes))] = 1.0
    for trial in range(int(sizes.max(initial=0))):
        active = int(np.count_nonzero(sizes > trial))
        moved = missing[1:, :active] * chances[starts[:active] + trial]  # who has enough stays there
        missing[1:, :active] -= moved
        missing[:-1, :active] += moved
    return np.minimum(missing[0], 1.0)
