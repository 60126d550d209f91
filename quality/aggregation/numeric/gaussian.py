"""Normal errors: every worker has a variance, and perhaps a bias."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.numeric.fit import NumericFit, WorkerErrors
from quality.aggregation.numeric.values import NumericVotes

SMALLEST = 1e-12
"""The least variance of anything, where the largest distance of a vote from the mean of all is
1."""

ROUNDS_ALIKE = 20
"""Rounds in which all workers have one variance, which is then what is imagined of each."""


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """What is believed between two iterations, each with its variance.

    truth, truth_variance: (tasks,). bias, bias_variance, noise: (workers,), noise being the
        variance of their errors.
    centre, width: the mean and variance of truths over tasks.
    bias_width: the variance of biases over workers.
    """

    truth: Floats
    truth_variance: Floats
    bias: Floats
    bias_variance: Floats
    noise: Floats
    centre: float
    width: float
    bias_width: float


@dataclass(frozen=True, slots=True)
class Gaussian:
    """answer = truth + bias of the worker + normal error with the worker's own variance.

    After V. C. Raykar et al. (2010), Learning from crowds, section 5 (regression: a precision a
    worker), with normal priors over truths and biases whose widths are fitted too, by variational
    expectation maximisation (M. J. Beal, 2003): truths and biases are taken for independent, given
    the votes. The variances have a prior around that of all errors, or the worker closest to the
    others would soon be believed to be never wrong.

    max_iter: rounds at most.
    tol: stop when a round gains less than this, in nats a vote.
    strength: votes of ordinary variance that every worker is imagined to have given before.
    biased: whether workers may be biased. The votes only tell who is higher than the others;
        whether the others are right takes known values, or faith in the crowd.
    prior: whether truths are pulled to their mean over tasks, the more the less is known: of less
        squared error if truths are distributed like one bell, but wrong at the ends of a scale
        where many of them pile up.
    """

    max_iter: int = 200
    tol: float = 1e-6
    strength: float = 10.0
    biased: bool = True
    prior: bool = True

    @classmethod
    def weighted_mean(cls, max_iter: int = 200, tol: float = 1e-6) -> Self:
        """Means weighted by the precision of the workers: no biases, no prior over truths."""
        return cls(max_iter, tol, biased=False, prior=False)

    @property
    def method(self) -> str:
        return "gaussian" if self.biased or self.prior else "weighted-mean"

    def fit(self, votes: NumericVotes) -> NumericFit:
        scaled, shift, scale = standardised(votes)
        belief = self._begin(scaled)
        usual = float(belief.noise.mean()) if belief.noise.size else SMALLEST
        bounds: list[float] = []
        converged = False
        while not converged and len(bounds) < self.max_iter:
            belief = self._round(scaled, belief, usual)
            bounds.append(self._bound(scaled, belief, usual))
            gain = bounds[-1] - bounds[-2] if len(bounds) > 1 else np.inf
            converged = abs(gain) <= self.tol * max(len(votes.values), 1)
        labels = np.where(votes.is_known, votes.known, shift + scale * belief.truth)
        return NumericFit(
            self.method,
            np.where(votes.has_evidence, labels, np.nan),
            np.where(votes.has_evidence, scale * np.sqrt(belief.truth_variance), np.nan),
            self._workers(scaled, belief, scale),
            len(bounds),
            converged,
        )

    def _begin(self, votes: NumericVotes) -> Belief:
        """What is believed if everyone has the same variance, after a few rounds from the means of
        the votes."""
        nobody, mean = np.zeros(votes.n_workers), votes.averages()
        seen = mean[votes.has_evidence]
        centre, width = (float(seen.mean()), max(float(seen.var()), SMALLEST)) if seen.size else (0.0, SMALLEST)
        truth = np.where(votes.has_evidence, mean, centre)
        usual = max(votes.noise(mean), SMALLEST)
        noise, none = np.full(votes.n_workers, usual), np.zeros(votes.n_tasks)
        belief = Belief(truth, none, nobody, nobody, noise, centre, width, max(usual / 10, SMALLEST))
        for _ in range(ROUNDS_ALIKE if votes.values.size else 0):
            belief = self._centres(votes, belief)
            usual = max(float(_squared_errors(votes, belief).mean()), SMALLEST)
            belief = replace(belief, noise=np.full(votes.n_workers, usual))
        return belief

    def _round(self, votes: NumericVotes, belief: Belief, usual: float) -> Belief:
        """Truths given workers, and workers given truths."""
        belief = self._centres(votes, belief)
        squares = votes.by_worker(_squared_errors(votes, belief))
        noise = (squares + self.strength * usual) / (votes.per_worker + self.strength)
        return replace(belief, noise=np.maximum(noise, SMALLEST))

    def _centres(self, votes: NumericVotes, belief: Belief) -> Belief:
        """Truths and biases given the variances."""
        belief = self._truths(votes, belief)
        return self._biases(votes, belief) if self.biased else belief

    def _truths(self, votes: NumericVotes, belief: Belief) -> Belief:
        precision = 1 / belief.noise[votes.workers]
        unbiased = votes.values - belief.bias[votes.workers]
        pull = 1 / belief.width if self.prior else 0.0
        total = votes.by_task(precision) + pull
        open_ended = votes.is_known | (total == 0)
        total[open_ended] = 1.0
        truth = (votes.by_task(precision * unbiased) + pull * belief.centre) / total
        truth = np.where(votes.is_known, votes.known, truth)
        variance = np.where(open_ended, 0.0, 1 / total)
        seen = votes.has_evidence
        if not (self.prior and seen.any()):
            return replace(belief, truth=truth, truth_variance=variance)
        centre = float(truth[seen].mean())
        width = max(float((variance + (truth - centre) ** 2)[seen].mean()), SMALLEST)
        return replace(belief, truth=truth, truth_variance=variance, centre=centre, width=width)

    def _biases(self, votes: NumericVotes, belief: Belief) -> Belief:
        precision = votes.per_worker / belief.noise + 1 / belief.bias_width
        bias = votes.by_worker(votes.values - belief.truth[votes.tasks]) / belief.noise / precision
        voted = votes.per_worker > 0
        width = float((bias**2 + 1 / precision)[voted].mean()) if voted.any() else 0.0
        return replace(belief, bias=bias, bias_variance=1 / precision, bias_width=max(width, SMALLEST))

    def _bound(self, votes: NumericVotes, belief: Belief, usual: float) -> float:
        """The lower bound of the log-likelihood that the rounds climb, up to a constant."""
        noise = belief.noise[votes.workers]
        bound = -(np.log(noise) + _squared_errors(votes, belief) / noise).sum()
        voted, seen = votes.per_worker > 0, votes.has_evidence
        bound -= self.strength * (np.log(belief.noise) + usual / belief.noise)[voted].sum()
        bound += np.log(belief.truth_variance[seen & ~votes.is_known]).sum()
        if self.prior:
            apart = (belief.truth - belief.centre) ** 2 + belief.truth_variance
            bound -= (np.log(belief.width) + apart / belief.width)[seen].sum()
        if self.biased:
            apart = belief.bias**2 + belief.bias_variance
            bound += (np.log(belief.bias_variance / belief.bias_width) - apart / belief.bias_width)[voted].sum()
        return float(bound / 2)

    def _workers(self, votes: NumericVotes, belief: Belief, scale: float) -> WorkerErrors:
        spread = scale * np.sqrt(belief.noise)
        return WorkerErrors(
            weight=relative(votes, 1 / belief.noise),
            spread=spread,
            spread_deviation=spread / np.sqrt(2 * (votes.per_worker + self.strength)),
            bias=scale * belief.bias,
            bias_deviation=scale * np.sqrt(belief.bias_variance),
        )


def _squared_errors(votes: NumericVotes, belief: Belief) -> Floats:
    """(votes,) the expected squared error of each vote once its worker's bias is off."""
    error = votes.values - belief.truth[votes.tasks] - belief.bias[votes.workers]
    return error**2 + belief.truth_variance[votes.tasks] + belief.bias_variance[votes.workers]


def relative(votes: NumericVotes, weights: Floats) -> Floats:
    """`weights` (workers,) in proportion to their mean over the workers with votes."""
    voted = votes.per_worker > 0
    return weights / weights[voted].mean() if voted.any() else np.ones_like(weights)


def standardised(votes: NumericVotes) -> tuple[NumericVotes, float, float]:
    """Votes and known values less the mean vote, over the largest distance from it; and the mean
    and that distance.

    The unit of the answers then shows in no tolerance and no least variance.
    """
    if votes.values.size == 0:
        return votes, 0.0, 1.0
    shift = float(votes.values.mean())
    known = np.abs(votes.known[votes.is_known] - shift).max(initial=0.0)
    scale = float(max(np.abs(votes.values - shift).max(), known)) or 1.0
    return replace(votes, values=(votes.values - shift) / scale, known=(votes.known - shift) / scale), shift, scale
