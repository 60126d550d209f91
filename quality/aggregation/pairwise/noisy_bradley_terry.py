"""Bradley & Terry's model with workers who are not equally good."""

from dataclasses import dataclass

import numpy as np
from scipy.special import xlog1py, xlogy

from quality.aggregation.codes import Floats
from quality.aggregation.em import Limits
from quality.aggregation.grouped import sums
from quality.aggregation.pairwise.answers import answer_shares
from quality.aggregation.pairwise.bradley_terry import BradleyTerry
from quality.aggregation.pairwise.comparisons import LEFT_SHARE, Comparisons
from quality.aggregation.pairwise.fit import Judges, PairwiseFit, ranks_within, without_rounding
from quality.aggregation.pairwise.strengths import (
    Wins,
    deviations,
    improve,
    left_wins,
    log_likelihood,
    log_prior,
    with_known_answers,
)
from quality.aggregation.posterior import likeliest
from quality.aggregation.progress import tell

STEPS = 10
"""Steps on the strengths for each on the workers: they are cheap, and short."""


@dataclass(frozen=True, slots=True)
class NoisyBradleyTerry:
    """X. Chen, P. N. Bennett, K. Collins-Thompson & E. Horvitz (2013), Pairwise ranking aggregation
    in a crowdsourced setting (Crowd-BT), equation 4, by expectation maximisation instead of
    gradients.

    A worker says what they found with the probability of their reliability, and the opposite
    otherwise, so votes of guessers count for nothing and those of a worker who mixes up the two
    sides count the other way round. A tie is half a vote either way. A known answer replaces the
    votes on its pair, and shows how reliable their workers are.

    max_iter, tol: as in `BradleyTerry`, from whose strengths the iterations start.
    prior: comparisons that every item is imagined to have won, and lost, against an item of score
        0.
    right, wrong: votes that every worker is imagined to have given before.
    """

    max_iter: int = 200
    tol: float = 1e-7
    seed: int = 0
    prior: float = 0.5
    right: float = 4.0
    wrong: float = 1.0

    def fit(self, comparisons: Comparisons) -> PairwiseFit:
        votes = comparisons.votes
        scores = BradleyTerry(prior=self.prior, tol=self.tol).fit(comparisons).scores
        evidence = votes.per_worker + self.right + self.wrong
        reliability = np.full(votes.n_workers, self.right / (self.right + self.wrong))
        expected = e_step(comparisons, scores, reliability)
        limits, trace, converged = Limits(self.max_iter, self.tol), list[float](), False
        while not converged and len(trace) < self.max_iter:
            reliability = (expected.honest + self.right) / evidence
            for _ in range(STEPS):
                scores = np.log(improve(comparisons, expected.wins, np.exp(scores), self.prior))
            expected = e_step(comparisons, scores, reliability)
            trace.append(expected.log_likelihood + self._log_prior(scores, reliability))
            tell(len(trace), self.max_iter)
            converged = limits.reached(trace, votes)
        scores = without_rounding(scores)
        posterior = answer_shares(comparisons, scores, 2 * reliability - 1)
        return PairwiseFit(
            "noisy-bradley-terry",
            likeliest(votes, posterior, self.seed),
            posterior,
            scores,
            deviations(comparisons, expected.wins, scores, self.prior),
            ranks_within(comparisons.groups, scores),
            Judges(reliability, np.sqrt(reliability * (1 - reliability) / (evidence + 1))),
            tuple(trace),
            converged,
        )

    def _log_prior(self, scores: Floats, reliability: Floats) -> float:
        workers = xlogy(self.right, reliability) + xlog1py(self.wrong, -reliability)
        return float(workers.sum()) + log_prior(scores, self.prior)


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What an E-step arrives at.

    wins: what the workers found, as opposed to what they said.
    honest: (workers,) how many of their votes say what they found.
    log_likelihood: of the votes and the known answers.
    """

    wins: Wins
    honest: Floats
    log_likelihood: float


def e_step(comparisons: Comparisons, scores: Floats, reliability: Floats) -> Expected:
    """Whether each vote says what its worker found, as far as scores (items,) and reliability
    (workers,) can tell."""
    votes = comparisons.votes
    of_left = left_wins(comparisons, scores)
    known = with_known_answers(comparisons, np.zeros(votes.n_tasks), np.zeros(votes.n_tasks))
    chance = with_known_answers(comparisons, of_left, 1 - of_left).left[votes.tasks]
    truthful = reliability[votes.workers]
    said_left = truthful * chance + (1 - truthful) * (1 - chance)
    for_left, for_right = votes.weights * LEFT_SHARE[votes.labels], votes.weights * (1 - LEFT_SHARE[votes.labels])
    honest_left = for_left * truthful * chance / said_left
    honest_right = for_right * truthful * (1 - chance) / (1 - said_left)
    honest = sums(votes.workers, honest_left + honest_right, votes.n_workers)
    found_left = sums(votes.tasks, honest_left + for_right - honest_right, votes.n_tasks)
    wins = with_known_answers(comparisons, found_left, votes.per_task - found_left)
    of_votes = float((xlogy(for_left, said_left) + xlogy(for_right, 1 - said_left)).sum())
    return Expected(wins, honest, of_votes + log_likelihood(comparisons, known, scores))
