"""From scores and votes to the answer of each compared pair."""

import numpy as np
from scipy.optimize import brentq

from quality.aggregation.codes import Floats
from quality.aggregation.pairwise.comparisons import EQUAL, LEFT, RIGHT, Comparisons
from quality.aggregation.posterior import with_known

SCORES_COUNT_AS = 1.0
"""What the scores say of a pair counts as one vote on it."""


def answer_shares(comparisons: Comparisons, scores: Floats, skill: Floats | None = None) -> Floats:
    """(tasks, answers) the share of each answer among the votes on a pair and one imagined vote by
    the scores.

    A pair that nobody compared has what the scores expect of it. `skill` (workers,), from -1 to 1,
    is what a vote counts for; where it is negative, the vote counts for the opposite answer.
    """
    counts = _counts(comparisons, skill)
    expected = with_ties(comparisons, scores, counts)
    total = counts.sum(axis=1, keepdims=True)
    return with_known(comparisons.votes, (counts + SCORES_COUNT_AS * expected) / (total + SCORES_COUNT_AS))


def _counts(comparisons: Comparisons, skill: Floats | None) -> Floats:
    """(tasks, answers) votes that count for their worker's skill, scaled so that the average vote
    counts for one."""
    votes = comparisons.votes
    if skill is None:
        return votes.counts()
    counts = votes.counts(np.maximum(skill, 0.0)) + votes.counts(np.maximum(-skill, 0.0))[:, [RIGHT, LEFT, EQUAL]]
    total = counts.sum()
    return counts * (votes.total / total) if total > 0 else counts


def with_ties(comparisons: Comparisons, scores: Floats, counts: Floats) -> Floats:
    """(tasks, answers) the probability of each answer from the scores alone.

    Items of equal strength tie the more often (R. R. Davidson, 1970, equation 2.5); how often at
    all is fitted to the ties in `counts` (tasks, answers), and to one imagined pair of equals that
    ties with probability 1/3.
    """
    apart = np.abs(scores[comparisons.left] - scores[comparisons.right])
    equal = tied(apart, tie_odds(apart, counts.sum(axis=1), float(counts[:, EQUAL].sum())))
    left = (1 - equal) / (1 + np.exp(np.clip(scores[comparisons.right] - scores[comparisons.left], -600, 600)))
    return np.stack([left, 1 - equal - left, equal], axis=1)


def tied(apart: Floats, odds: float) -> Floats:
    """(tasks,) the probability of a tie of items whose scores are so far `apart` (tasks,)."""
    return odds / (
        2 * np.cosh(np.minimum(apart / 2, 300.0)) + odds
    )  # (strength + strength) / sqrt(strength · strength)


def tie_odds(apart: Floats, total: Floats, ties: float) -> float:
    """How often equals tie, such that of `total` (tasks,) comparisons of items so far `apart` as
    many tie as did, and one imagined pair of equals with probability 1/3."""

    def too_many(log_odds: float) -> float:
        odds = float(np.exp(log_odds))
        return float((total * tied(apart, odds)).sum() + odds / (2 + odds) - ties - 1 / 3)

    return float(np.exp(brentq(too_many, -50.0, 50.0)))
