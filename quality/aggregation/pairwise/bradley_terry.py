"""Bradley & Terry's model: every item has a strength, and all workers are equally good."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.em import Limits
from quality.aggregation.pairwise.answers import answer_shares
from quality.aggregation.pairwise.comparisons import LEFT_SHARE, Comparisons
from quality.aggregation.pairwise.fit import PairwiseFit, ranks_within, without_rounding
from quality.aggregation.pairwise.strengths import deviations, improve, log_likelihood, log_prior, with_known_answers
from quality.aggregation.posterior import likeliest


@dataclass(frozen=True, slots=True)
class BradleyTerry:
    """R. A. Bradley & M. E. Terry (1952), fitted as in D. R. Hunter (2004), with ties as half a win
    for either item.

    A known answer replaces the votes on its pair, with the weight of one.

    max_iter: steps at most.
    tol: stop when a step gains less than this, in nats a vote. It is small because steps are short.
    prior: comparisons that every item is imagined to have won, and lost, against an item of score
        0.
    """

    max_iter: int = 1000
    tol: float = 1e-7
    seed: int = 0
    prior: float = 0.5

    def fit(self, comparisons: Comparisons) -> PairwiseFit:
        counts = comparisons.votes.counts()
        wins = with_known_answers(comparisons, counts @ LEFT_SHARE, counts @ (1 - LEFT_SHARE))
        scores = np.zeros(comparisons.n_items)
        limits, trace, converged = Limits(self.max_iter, self.tol), list[float](), False
        while not converged and len(trace) < self.max_iter:
            scores = np.log(improve(comparisons, wins, np.exp(scores), self.prior))
            trace.append(log_likelihood(comparisons, wins, scores) + log_prior(scores, self.prior))
            converged = limits.reached(trace, comparisons.votes)
        scores = without_rounding(scores)
        posterior = answer_shares(comparisons, scores)
        return PairwiseFit(
            "bradley-terry",
            likeliest(comparisons.votes, posterior, self.seed),
            posterior,
            scores,
            deviations(comparisons, wins, scores, self.prior),
            ranks_within(comparisons.groups, scores),
            log_likelihood=tuple(trace),
            converged=converged,
        )
