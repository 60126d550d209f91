"""What a fit to all numbers says of new ones, without fitting again.

>>> judge = NumericJudge.of(method.fit(votes), votes)
>>> judge.of_workers([3, NEWCOMER]).fit(new_votes).labels
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.numeric.averages import medians
from quality.aggregation.numeric.fit import NumericFit
from quality.aggregation.numeric.values import NumericVotes

MEDIANS = ("median",)
"""Methods whose labels are medians; the others' are weighted means."""


@dataclass(frozen=True, slots=True, eq=False)
class NumericJudge:
    """Means of the votes less what each worker is biased by, weighted by the precision of who gave
    them; or medians.

    weight: (workers,) what a vote counts for; bias: (workers,) by how much answers are too high.
    noise: the variance of the errors of a vote that counts for 1.
    """

    weight: Floats
    bias: Floats
    noise: float
    takes_medians: bool = False

    @classmethod
    def of(cls, fit: NumericFit, votes: NumericVotes) -> Self:
        """The judge that goes on from this fit to these votes: as sure as the fit is."""
        weight, bias = np.ones(votes.n_workers), np.zeros(votes.n_workers)
        if fit.workers is not None:
            weight, bias = np.maximum(fit.workers.weight, np.finfo(np.float64).tiny), fit.workers.bias
        judge = cls(weight, bias, 1.0, fit.method in MEDIANS)
        sure = judge.fit(votes).deviation
        usable = np.flatnonzero((votes.per_task > 0) & ~votes.is_known & (sure > 0))
        if not len(usable):
            return replace(judge, noise=votes.noise(votes.averages()))
        return replace(judge, noise=float(np.median(fit.deviation[usable] / sure[usable]) ** 2))

    @classmethod
    def beginner(cls, votes: NumericVotes) -> Self:
        """A judge before the first fit, for workers who are all alike."""
        weight = np.ones(votes.n_workers)
        return cls(weight, np.zeros(votes.n_workers), votes.noise(votes.averages()))

    def of_workers(self, codes: Sequence[int] | npt.NDArray[np.int64]) -> Self:
        """The same for votes in which worker 0, 1, … is the fit's worker `codes[0]`, `codes[1]`, …
        or a newcomer (-1), who counts as the average."""
        return replace(self, weight=np.append(self.weight, 1.0)[codes], bias=np.append(self.bias, 0.0)[codes])

    def fit(self, votes: NumericVotes) -> NumericFit:
        """The value of each task that has a vote or a known value."""
        unbiased = replace(votes, values=votes.values - self.bias[votes.workers])
        labels = medians(unbiased) if self.takes_medians else unbiased.averages(self.weight[votes.workers])
        total = np.where(votes.per_task > 0, votes.by_task(self.weight[votes.workers]), np.nan)
        deviation = np.where(votes.is_known, 0.0, np.sqrt(self.noise / total))
        return NumericFit("judge", labels, deviation)
