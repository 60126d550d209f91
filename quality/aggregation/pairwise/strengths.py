"""The likeliest strengths of items, given how often each has won (R. A. Bradley & M. E. Terry,
1952)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from quality.aggregation.codes import Floats
from quality.aggregation.pairwise.comparisons import LEFT_SHARE, Comparisons
from quality.aggregation.votes import NO_LABEL


@dataclass(frozen=True, slots=True, eq=False)
class Wins:
    """How often each side of each pair has won, in expectation: fractions are welcome.

    left, right: (tasks,).
    """

    left: Floats
    right: Floats


def with_known_answers(comparisons: Comparisons, left: Floats, right: Floats) -> Wins:
    """`left` and `right` (tasks,) as wins, with one win, or half a win each, where the answer is
    known."""
    answers = comparisons.votes.known
    share = LEFT_SHARE[answers]  # of no meaning where there is no answer
    known = answers != NO_LABEL
    return Wins(np.where(known, share, left), np.where(known, 1 - share, right))


def improve(comparisons: Comparisons, wins: Wins, strengths: Floats, prior: float) -> Floats:
    """One step of D. R. Hunter (2004), MM algorithms for generalized Bradley-Terry models, equation
    3.

    strengths: (items,) above zero; an item beats another with probability strength / (strength +
        other strength).
    prior: every item is imagined to have won and lost so many comparisons with an item of strength
        1 (X. Chen et al., 2013, section 4.2). It keeps strengths finite when an item always wins,
        and unconnected items comparable.
    """
    met = (wins.left + wins.right) / (strengths[comparisons.left] + strengths[comparisons.right])
    won: Floats = comparisons.by_item(wins.left, wins.right) + prior
    return won / (comparisons.by_item(met, met) + 2 * prior / (strengths + 1))


def left_wins(comparisons: Comparisons, scores: Floats) -> Floats:
    """(tasks,) the probability that the left item of each pair is the better one."""
    chance: Floats = expit(scores[comparisons.left] - scores[comparisons.right])
    return chance


def log_likelihood(comparisons: Comparisons, wins: Wins, scores: Floats) -> float:
    """The log-likelihood of wins; scores are the logarithms of strengths."""
    ahead = scores[comparisons.left] - scores[comparisons.right]
    return float((wins.left * log_expit(ahead) + wins.right * log_expit(-ahead)).sum())


def log_prior(scores: Floats, prior: float) -> float:
    """The log-likelihood of the imagined comparisons."""
    return prior * float((log_expit(scores) + log_expit(-scores)).sum())


def deviations(comparisons: Comparisons, wins: Wins, scores: Floats, prior: float) -> Floats:
    """(items,) the standard deviation of each score, were the others known: from the curvature of
    the likelihood."""
    chance = left_wins(comparisons, scores)
    curvature = (wins.left + wins.right) * chance * (1 - chance)
    imagined = 2 * prior * expit(scores) * expit(-scores)
    spread: Floats = 1 / np.sqrt(comparisons.by_item(curvature, curvature) + imagined)
    return spread
