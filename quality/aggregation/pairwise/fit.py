"""What a method of comparisons promises: comparisons in, a `PairwiseFit` out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.posterior import TIE


@dataclass(frozen=True, slots=True, eq=False)
class Judges:
    """What a method believes about each worker.

    reliability: (workers,) the probability that the worker prefers the item that the model of the
        items would have preferred: 1 at best, 0.5 by guessing, less if they mean the opposite.
    deviation: (workers,) the standard deviation of what is believed about it.
    """

    reliability: Floats
    deviation: Floats


@dataclass(frozen=True, slots=True, eq=False)
class PairwiseFit:
    """The scores of the items, and the answer of each pair.

    labels: (tasks,) the likeliest of `LEFT`, `RIGHT` and `EQUAL`, ties drawn from the seed;
        `NO_LABEL` for a pair with neither votes nor a known answer.
    posterior: (tasks, 3) the probability of each answer, from the votes on the pair and from the
        scores.
    scores: (items,) in log odds: an item beats one of the same group with probability 1 / (1 +
        exp(-difference)). Around 0, which is also the score of an item that was never compared.
        Scores of different groups don't compare.
    deviation: (items,) the standard deviation of each score, were the others known.
    ranks: (items,) from 1, the best of each group; items of equal score share the mean of their
        ranks.
    judges: None if the method takes all workers for equally good.
    log_likelihood: one value an iteration, in nats, of what the iterations climb: the
        log-likelihood of the votes, a tie being half a vote either way, plus the log density of the
        prior up to a constant.
    converged: whether the last iteration gained less than the tolerance.
    """

    method: str
    labels: Codes
    posterior: Floats
    scores: Floats
    deviation: Floats
    ranks: Floats
    judges: Judges | None = None
    log_likelihood: tuple[float, ...] = ()
    converged: bool = True
    reason: str = ""

    @property
    def iterations(self) -> int:
        return len(self.log_likelihood)

    @property
    def confidence(self) -> Floats:
        """(tasks,) the probability of the label."""
        highest: Floats = self.posterior.max(axis=1)
        return highest

    def beats(self, items: npt.ArrayLike, others: npt.ArrayLike) -> Floats:
        """The probability that each of `items` is better than its counterpart in `others`, both
        item codes."""
        chance: Floats = expit(self.scores[np.asarray(items)] - self.scores[np.asarray(others)])
        return chance


def without_rounding(scores: Floats) -> Floats:
    """(items,) the scores, where those that differ by rounding errors alone are the same: the mean
    of them."""
    order = np.argsort(scores)
    alike = np.cumsum(np.diff(scores[order], prepend=scores[order][:1]) > TIE)
    means = np.bincount(alike, scores[order]) / np.bincount(alike)
    settled = np.empty_like(scores)
    settled[order] = means[alike]
    return settled


def ranks_within(groups: Codes, scores: Floats) -> Floats:
    """(items,) the rank of each score in its group, from 1 for the highest; equal ones share the
    mean of theirs."""
    order = np.lexsort((-scores, groups))
    group, score = groups[order], scores[order]
    place = np.arange(len(order), dtype=np.float64) - np.searchsorted(group, group)
    new = np.flatnonzero(np.diff(group, prepend=-1) | (np.diff(score, prepend=np.nan) != 0))
    sizes = np.diff(new, append=len(order))
    ranks = np.empty(len(order))
    ranks[order] = np.repeat(place[new] + (sizes + 1) / 2, sizes)
    return ranks
