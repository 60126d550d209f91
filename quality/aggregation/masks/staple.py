"""Masks from workers whose sensitivity and specificity are estimated along the way."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import xlog1py, xlogy

from quality.aggregation.codes import Floats
from quality.aggregation.masks.fit import MaskFit, MaskWorkers, labelled
from quality.aggregation.masks.patterns import UNKNOWN, Patterns, patterns_of
from quality.aggregation.masks.votes import MaskVotes
from quality.aggregation.posterior import normalise

RIGHT, WRONG = 9.0, 1.0
"""Pixels that every worker is imagined to have judged before, inside and outside alike: against
rates of 0 and 1."""


@dataclass(frozen=True, slots=True)
class Staple:
    """S. K. Warfield, K. H. Zou & W. M. Wells (2004), Simultaneous truth and performance level
    estimation (STAPLE).

    Dawid & Skene's model for pixels. Rates belong to workers and are shared by all their tasks.
    Known masks are certain, so that workers are judged by them.

    max_iter: pairs of steps at most; tol: stop when an iteration gains less than this, in nats a
        pixel and mask.
    prior: that a pixel is inside, which stays as it is. `pixel` is the share of the masks that mark
        it ("spatially varying"), `task` the mean share over the pixels of the task that count
        ("global"); with one imagined mask of either kind added.
    everywhere: whether pixels that all masks judge alike count for the rates, as published. Without
        them, rates are those on disputed pixels: a little better on many outlines of one object,
        but of three or four workers, one who differs from all others is then copied. What all masks
        say is not doubted in either case.
    """

    max_iter: int = 100
    tol: float = 1e-7
    prior: Literal["pixel", "task"] = "task"
    everywhere: bool = True

    def fit(self, votes: MaskVotes) -> MaskFit:
        patterns = patterns_of(votes)
        counted = patterns if self.everywhere else replace(patterns, pixels=patterns.pixels * disputed(patterns))
        prior, settled = self.log_prior(counted), self._settled(patterns)
        judged = float(counted.pixels @ (patterns.marked + patterns.left))
        posterior, trace, converged = np.where(settled < 0, patterns.shares, settled), list[float](), judged == 0
        workers = m_step(counted, posterior)
        while not converged and len(trace) < self.max_iter:
            workers = m_step(counted, posterior)
            posterior, log_likelihood = e_step(counted, prior, workers, settled)
            trace.append(log_likelihood)
            converged = len(trace) > 1 and abs(trace[-1] - trace[-2]) <= self.tol * judged
        labels, confidence = labelled(votes, patterns, posterior, posterior >= 0.5)
        return MaskFit("staple", labels, confidence, 0.5, patterns, posterior, workers, tuple(trace), converged)

    def log_prior(self, patterns: Patterns) -> Floats:
        """(patterns, 2) the log prior of being outside and inside."""
        share = (patterns.marked + 1) / (patterns.marked + patterns.left + 2)
        if self.prior == "task":
            total = patterns.per_task(patterns.pixels)
            mean = np.divide(
                patterns.per_task(patterns.pixels * share), total, out=np.full_like(total, 0.5), where=total > 0
            )
            share = mean[patterns.task]
        return np.log(np.stack([1 - share, share], axis=1))

    def _settled(self, patterns: Patterns) -> Floats:
        """(patterns,) 1 or 0 where pixels are certainly in or out, -1 where the model decides."""
        settled = np.where(patterns.known == UNKNOWN, -1.0, patterns.known)
        return np.where((settled < 0) & ~disputed(patterns), patterns.shares, settled)


def disputed(patterns: Patterns) -> npt.NDArray[np.bool_]:
    """(patterns,) whether masks differ, from each other or from the known one."""
    marked = (patterns.marked > 0) | (patterns.known == 1)
    left = (patterns.left > 0) | (patterns.known == 0)
    return marked & left


def m_step(patterns: Patterns, posterior: Floats) -> MaskWorkers:
    """Each worker's rates given which pixels are inside: right pixels over all, with the imagined
    ones."""
    true, false = patterns.pixels * posterior, patterns.pixels * (1 - posterior)
    sensitivity, of_inside = _rate(np.asarray(patterns.inside.T @ true), np.asarray(patterns.outside.T @ true))
    specificity, of_outside = _rate(np.asarray(patterns.outside.T @ false), np.asarray(patterns.inside.T @ false))
    return MaskWorkers(sensitivity, specificity, np.stack([of_inside, of_outside], axis=1))


def _rate(right: Floats, wrong: Floats) -> tuple[Floats, Floats]:
    """(workers,) how often each is right, and its standard deviation, with the imagined pixels."""
    evidence = right + wrong + RIGHT + WRONG
    rate = (right + RIGHT) / evidence
    return rate, np.sqrt(rate * (1 - rate) / (evidence + 1))


def e_step(patterns: Patterns, log_prior: Floats, workers: MaskWorkers, settled: Floats) -> tuple[Floats, float]:
    """(patterns,) the probability of being inside, by Bayes' rule, and the log posterior of all.

    settled: (patterns,) 1 or 0 where that is certain beforehand, -1 elsewhere.
    """
    sensitivity, specificity = workers.sensitivity, workers.specificity
    if_inside = patterns.inside @ np.log(sensitivity) + patterns.outside @ np.log1p(-sensitivity)
    if_outside = patterns.inside @ np.log1p(-specificity) + patterns.outside @ np.log(specificity)
    log_joint = log_prior + np.stack([if_outside, if_inside], axis=1)
    log_joint[settled == 1, 0] = -np.inf
    log_joint[settled == 0, 1] = -np.inf
    posterior, log_evidence = normalise(log_joint)
    rates = np.stack([sensitivity, specificity])
    imagined = (xlogy(RIGHT, rates) + xlog1py(WRONG, -rates)).sum()
    return posterior[:, 1], float((patterns.pixels * log_evidence).sum() + imagined)
