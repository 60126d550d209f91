"""One vote, one weight: the mean and the median."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.numeric.fit import NumericFit
from quality.aggregation.numeric.values import NumericVotes

MEDIAN_TO_MEAN = np.sqrt(np.pi / 2)
"""How much further from the truth a median of many normal errors is than their mean."""


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the votes: least squared error if all are equally good, and moved by every
    outlier."""

    def fit(self, votes: NumericVotes) -> NumericFit:
        return NumericFit("mean", votes.averages(), standard_error(votes))


@dataclass(frozen=True, slots=True)
class Median:
    """The median of the votes, half-way between the middle two of an even number: no outlier moves
    it far."""

    def fit(self, votes: NumericVotes) -> NumericFit:
        return NumericFit("median", medians(votes), MEDIAN_TO_MEAN * standard_error(votes))


def medians(votes: NumericVotes) -> Floats:
    """(tasks,) the known value, or the median of the votes; nan without either."""
    values = votes.values[np.lexsort((votes.values, votes.tasks))]
    voted = votes.per_task > 0
    count = votes.per_task[voted].astype(np.int64)
    start = np.searchsorted(votes.tasks, np.flatnonzero(voted))
    middle = np.full(votes.n_tasks, np.nan)
    middle[voted] = values[start + (count - 1) // 2] / 2 + values[start + count // 2] / 2
    return np.where(votes.is_known, votes.known, middle)


def standard_error(votes: NumericVotes) -> Floats:
    """(tasks,) the standard deviation of a mean of votes, 0 where the value is known and nan where
    nobody voted.

    The variance of votes on one task is that about their mean, with one imagined vote of the
    variance of all tasks: two votes that happen to agree are no proof of precision.
    """
    means = votes.averages()
    own = votes.by_task((votes.values - means[votes.tasks]) ** 2)
    count = np.where(votes.per_task > 0, votes.per_task, np.nan)
    errors = np.sqrt((own + votes.noise(means)) / count / count)
    return np.where(votes.is_known, 0.0, errors)
