"""Accuracy from right answers among those seen, with its uncertainty."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

Floats = npt.NDArray[np.float64]

JEFFREYS = 0.5
"""Right and wrong answers imagined beforehand: intervals then hold the truth about as often as they
say, even for few answers and accuracies near 1 (Brown, Cai & DasGupta, 2001, Interval estimation
for a binomial proportion)."""


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """The probability of being right, one entry a worker: its posterior mean and the ends of a
    credible interval."""

    value: Floats
    low: Floats
    high: Floats


def score_accuracy(right: npt.ArrayLike, seen: npt.ArrayLike, *, level: float = 0.95) -> Reliability:
    """Score workers who were right on `right` of `seen` answers: Beta posterior under Jeffreys'
    prior.

    right, seen: (workers,) counts; fractions are fine, such as answers that are right with some
        probability.
    level: how probable it is that the accuracy lies between `low` and `high`, cutting equal tails.

    A worker who has seen nothing gets 0.5 and an interval from nearly 0 to nearly 1. Raises
    ValueError naming the entry where `right` is not between 0 and `seen`, or if shapes differ or
    `level` is not between 0 and 1.
    """
    rights, totals = checked_counts(right, seen)
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, got {level}")
    a, b = rights + JEFFREYS, totals - rights + JEFFREYS
    tail = (1 - level) / 2
    low, high = (np.asarray(betaincinv(a, b, quantile), dtype=np.float64) for quantile in (tail, 1 - tail))
    return Reliability(value=a / (a + b), low=low, high=high)


def checked_counts(right: npt.ArrayLike, seen: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Both as arrays of floats; ValueError naming the entry where `right` is not between 0 and
    `seen`."""
    rights, totals = np.asarray(right, dtype=np.float64), np.asarray(seen, dtype=np.float64)
    if rights.shape != totals.shape:
        raise ValueError(f"right and seen must have one shape, got {rights.shape} and {totals.shape}")
    # Sums of probabilities may exceed their number by rounding errors.
    impossible = np.argwhere(~(np.isfinite(totals) & (rights >= 0) & (rights <= totals * (1 + 1e-9))))
    if impossible.size:
        entry = tuple(impossible[0].tolist())
        raise ValueError(f"right{list(entry)} is {rights[entry]}, of {totals[entry]} seen")
    return np.minimum(rights, totals), totals
