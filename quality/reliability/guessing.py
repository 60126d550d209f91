"""Answers that are guesses: they say nothing about what the others see."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp

from quality.aggregation import Votes
from quality.evaluation.accuracy import Floats
from quality.reliability.beliefs import Beliefs, Rows
from quality.reliability.discoveries import expected_alarms

LEAST = 0.3
"""Who knows less than this share of the answers is guessing. Measured on made-up crowds of
accuracies from 0.6."""

KNOWLEDGE = np.append(np.arange(40) / 40, 0.99)
IMAGINED = 2.0
"""Workers, evenly spread over `KNOWLEDGE`, that a crowd is imagined to have besides its own."""

CONTRARY = 0.001
"""How probable it is that a worker's answers are informative in another way, such as always
swapping two classes."""

ROUNDS = 100
HALF = 0.5
"""Dirichlet prior of Jeffreys on a distribution of answers."""


@dataclass(frozen=True, slots=True, eq=False)
class Guessing:
    """How much each worker knows, one entry a worker.

    knowledge: the mean of what is believed about the share of answers that the worker knows; the
        others are guesses.
    low, high: the ends of its 95% credible interval.
    posterior: the probability that the worker guesses: that knowledge is below `least`.
    q: the expected share of false alarms among this worker and those with a higher posterior.
    """

    knowledge: Floats
    low: Floats
    high: Floats
    posterior: Floats
    q: Floats


def find_guessing(
    votes: Votes, posterior: npt.ArrayLike, *, least: float = LEAST, rows: npt.NDArray[np.bool_] | None = None
) -> Guessing:
    """Who answers without looking, from votes and the posterior of their tasks (tasks, classes).

    A worker knows an answer with some probability and else draws it from a distribution of their
    own (D. Hovy et al., 2013, Learning whom to trust with MACE). Answers are compared with what the
    others believe, leaving the worker's own votes out. How knowledge is distributed over workers is
    learnt from the crowd (B. Efron, 2014, Two modeling strategies for empirical Bayes estimation).

    Where nine in ten tasks are of one class, answers hardly tell knowledge from habit, and a third
    of the alarms may be false; with few answers to the others' tasks, poor workers look like
    guessers. It is evidence, not a verdict.

    rows: (votes,) which votes to judge workers by, if not all; the others still tell what the tasks
        are.

    Raises ValueError if `least` is not between 0 and 1, or the posterior doesn't fit.
    """
    if not 0 < least < 1:
        raise ValueError(f"least must be between 0 and 1, got {least}")
    judged = votes if rows is None else votes.where(rows)
    believed = Beliefs.of(votes, posterior).of_others(None if rows is None else np.flatnonzero(rows))
    counts = _tally(judged, believed)
    ratio = _log_ratio(judged, believed, counts.sum(axis=1))
    prior = _spread_of_knowledge(ratio, judged.per_worker > 0)
    knows = np.log(prior) + ratio
    contrary = np.log(CONTRARY) + _log_marginal(counts).sum(axis=1) - _log_guesses(counts.sum(axis=1))
    below = logsumexp(knows[:, : np.searchsorted(KNOWLEDGE, least)], axis=1)
    guesses = np.exp(below - np.logaddexp(logsumexp(knows, axis=1), contrary))
    weights = np.exp(knows - logsumexp(knows, axis=1, keepdims=True))
    low, high = (KNOWLEDGE[(weights.cumsum(axis=1) < quantile).sum(axis=1)] for quantile in (0.025, 0.975))
    return Guessing(weights @ KNOWLEDGE, low, high, guesses, expected_alarms(guesses))


def _tally(votes: Votes, believed: Floats) -> Floats:
    """(workers, classes, classes) [worker, truth, answer] votes, shared out over the truth by
    `believed` (votes, …)."""
    classes = votes.n_classes
    cells: Rows = votes.workers.astype(np.int64) * classes + votes.labels
    columns = [np.bincount(cells, votes.weights * each, votes.n_workers * classes) for each in believed.T]
    return np.stack([column.reshape(votes.n_workers, classes) for column in columns], axis=1)


def _log_ratio(votes: Votes, believed: Floats, counts: Floats) -> Floats:
    """(workers, KNOWLEDGE) the log likelihood of knowing that share, against that of guessing
    everything."""
    guess = (counts + HALF) / (counts + HALF).sum(axis=1, keepdims=True)
    guessed = guess[votes.workers, votes.labels]
    lift = believed[np.arange(len(believed)), votes.labels] / guessed - 1
    columns = [
        np.bincount(votes.workers, votes.weights * np.log1p(share * lift), votes.n_workers) for share in KNOWLEDGE
    ]
    return np.stack(columns, axis=1)


def _spread_of_knowledge(ratio: Floats, voted: npt.NDArray[np.bool_]) -> Floats:
    """(KNOWLEDGE,) the share of workers who know as much, by expectation maximisation from an even
    spread."""
    likelihood = np.exp(ratio - ratio.max(axis=1, keepdims=True))[voted]
    even = np.full(len(KNOWLEDGE), 1 / len(KNOWLEDGE))
    spread = even
    for _ in range(ROUNDS):
        members = spread * likelihood
        members /= members.sum(axis=1, keepdims=True)
        spread = (members.sum(axis=0) + IMAGINED * even) / (len(members) + IMAGINED)
    return spread


def _log_guesses(counts: Floats) -> Floats:
    """(workers,) log probability of the answers, if all are guesses, as in `_log_ratio`: both have
    to be measured by the same, or with many classes few answers look informative in some way."""
    guess = (counts + HALF) / (counts + HALF).sum(axis=1, keepdims=True)
    total: Floats = (counts * np.log(guess)).sum(axis=1)
    return total


def _log_marginal(counts: Floats) -> Floats:
    """Log probability of answers counted over the last axis, if their distribution is unknown."""
    imagined = HALF * counts.shape[-1]
    seen = (gammaln(counts + HALF) - gammaln(HALF)).sum(axis=-1)
    total: Floats = seen + gammaln(imagined) - gammaln(counts.sum(axis=-1) + imagined)
    return total
