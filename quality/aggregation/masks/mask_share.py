"""A pixel is inside if enough of the masks mark it."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.masks.fit import MaskFit, labelled
from quality.aggregation.masks.patterns import UNKNOWN, Patterns, patterns_of
from quality.aggregation.masks.votes import MaskVotes

UNTAUGHT = 0.5
"""Without known masks. Two in five are a little better where people draw outlines, which run inside
the edge more often than outside it, and much worse where slips fall anywhere: what two of five
workers mark is then often wrong."""

ENOUGH = 10
"""Known masks from which a threshold is learnt."""

GRID = np.round(np.arange(0.05, 1.0, 0.05), 2)

NEARLY = 0.001
"""Intersections over union closer than this are as good as each other."""

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class MaskMajority:
    """Pixels that half of the masks mark; a tie is inside, or outside if `strict` asks for more
    than half."""

    strict: bool = False

    def fit(self, votes: MaskVotes) -> MaskFit:
        patterns = patterns_of(votes)
        shares = patterns.shares
        inside = shares > 0.5 + ROUNDING if self.strict else shares >= 0.5 - ROUNDING
        labels, confidence = labelled(votes, patterns, shares, inside)
        return MaskFit("mask-majority", labels, confidence, 0.5, patterns, shares)


@dataclass(frozen=True, slots=True)
class MaskShare:
    """Pixels that a share of the masks mark: from `threshold` up, learnt from known masks if None
    (`learn`)."""

    threshold: float | None = None

    def fit(self, votes: MaskVotes) -> MaskFit:
        patterns = patterns_of(votes)
        shares = patterns.shares
        threshold, reason = self.threshold, ""
        if threshold is None:
            threshold, reason = learn(patterns, shares)
        labels, confidence = labelled(votes, patterns, shares, shares >= threshold - ROUNDING)
        return MaskFit("mask-share", labels, confidence, threshold, patterns, shares, reason=reason)


@dataclass(frozen=True, slots=True)
class MaskAuto:
    """`MaskShare` with a learnt threshold, and the reason for it.

    Workers are not weighed: on outlines of one object, how good a worker is on average says little
    about a pixel.
    """

    def fit(self, votes: MaskVotes) -> MaskFit:
        fit = MaskShare().fit(votes)
        return replace(fit, reason=f"masks are counted, not weighed; {fit.reason}")


def learn(patterns: Patterns, shares: Floats) -> tuple[float, str]:
    """The threshold with the highest mean intersection over union on tasks with a known mask, and
    the reason.

    Of those that are nearly as good as the best (`NEARLY`), the one nearest to `UNTAUGHT` is taken.
    """
    usable = (patterns.known != UNKNOWN) & (patterns.marked + patterns.left > 0)
    tasks = np.unique(patterns.task[usable])
    if len(tasks) < ENOUGH:
        return (
            UNTAUGHT,
            f"{len(tasks)} known masks are too few to learn from: pixels are in from {UNTAUGHT:g} of the votes",
        )
    true = patterns.pixels * (patterns.known == 1)
    mean = np.array([_ious(patterns, true, shares >= each - ROUNDING)[tasks].mean() for each in GRID])
    good = GRID[mean >= mean.max() - NEARLY]
    threshold = float(good[np.abs(good - UNTAUGHT).argmin()])
    return threshold, f"{len(tasks)} known masks are met best by pixels that {threshold:g} of the masks mark"


def _ious(patterns: Patterns, true: Floats, inside: npt.NDArray[np.bool_]) -> Floats:
    """(tasks,) the intersection over union of the known mask, of which each pattern has `true`
    pixels, and `inside`."""
    both = patterns.per_task(true * inside)
    either = patterns.per_task(np.where(inside, patterns.pixels, true))
    return np.divide(both, either, out=np.ones(len(both)), where=either > 0)
