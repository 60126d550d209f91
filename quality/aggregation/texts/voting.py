"""Votes of workers for words: how likely each candidate of a ballot is right, and how accurate that
shows the workers to be."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.grouped import sums
from quality.aggregation.progress import tell
from quality.aggregation.texts.ballot import KNOWN_TEXT, Ballot
from quality.aggregation.texts.votes import TextVotes

USUAL = 0.75
"""The accuracy of words that workers are taken to have before any is judged."""

IMAGINED = 5.0
"""Words that every worker is imagined to have written before as accurately as the whole crowd, and
the whole crowd as accurately as is usual."""

AGREED = 2.0
"""Words that a place counts for at which all agree, over all who answered: it says little of who is
accurate, and most places are such. With two or three answers a task it is all that tells a crowd
that errs now and then from one that mostly does."""

TEMPTATIONS = 2.0
"""Wrong words, or gaps, that a place tempts to, one as much as another: mishearings are shared, so
they are few."""

LEAST_WEIGHT = 0.01
"""Of workers who are right no more often than chance: a text that is alone on its task still
counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What votes say, and of whom.

    accuracy: (workers,); judged: (workers,) how many words it was learnt from.
    belief: (candidates,) how likely each is right.
    """

    accuracy: Floats
    judged: Floats
    belief: Floats
    iterations: int
    converged: bool


def learn(votes: TextVotes, ballot: Ballot, max_iter: int, tol: float) -> Learnt:
    """Accuracies and beliefs by expectation maximisation, until no accuracy changes by more than
    `tol`."""
    says = _telling(votes, ballot)
    judged = _per_worker(votes, ballot, says[ballot.place])
    accuracy = np.full(votes.n_workers, USUAL)
    belief = e_step(votes, ballot, weights_of(accuracy))
    iterations, converged = 0, max_iter == 0 or not judged.any()
    while not converged and iterations < max_iter:
        last, accuracy = accuracy, m_step(_per_worker(votes, ballot, belief * says[ballot.place]), judged)
        belief = e_step(votes, ballot, weights_of(accuracy))
        iterations += 1
        converged = bool(np.abs(accuracy - last).max() <= tol)
        tell(iterations, max_iter)
    return Learnt(accuracy, judged, belief, iterations, converged)


def weights_of(accuracy: Floats) -> Floats:
    """(workers,) log odds of being right to having one of the `TEMPTATIONS` that a place has."""
    return np.maximum(np.log(TEMPTATIONS * accuracy / (1 - accuracy)), LEAST_WEIGHT)


def e_step(votes: TextVotes, ballot: Ballot, weights: Floats, unwritten: Floats | None = None) -> Floats:
    """(candidates,) how likely each is right, by Bayes' rule, if votes weigh `weights` (workers,).

    Words that nobody wrote have a share too: `unwritten` (places,) of them, by default as many as
    are missing in the `TEMPTATIONS`, and one at least.
    """
    score = _scores(votes, ballot, weights)
    highest = np.zeros(len(ballot.task))
    np.maximum.at(highest, ballot.place, score)
    missing = unwritten_of(ballot) if unwritten is None else unwritten
    odds = np.exp(score - highest[ballot.place])
    belief = odds / (ballot.of_place(odds) + missing * np.exp(-highest))[ballot.place]
    return np.where(ballot.true < 0, belief, ballot.true)


def unwritten_of(ballot: Ballot) -> Floats:
    """(places,) how many words that nobody wrote are as likely as one of a worker without any
    weight."""
    return np.maximum(1 + TEMPTATIONS - ballot.of_place(np.ones(len(ballot.place))), 1.0)


def m_step(right: Floats, judged: Floats) -> Floats:
    """(workers,) the accuracy of each worker from the words that are right, and all that tell
    anything."""
    crowd = (right.sum() + IMAGINED * USUAL) / (judged.sum() + IMAGINED)
    return (right + IMAGINED * crowd) / (judged + IMAGINED)


def _scores(votes: TextVotes, ballot: Ballot, weights: Floats) -> Floats:
    """(candidates,) the weights (workers,) of those who have it."""
    of_variant = sums(votes.variants.of_answer, weights[votes.workers], len(votes.variants.task))
    voting = ballot.variant != KNOWN_TEXT
    return sums(ballot.candidate[voting], of_variant[ballot.variant[voting]], len(ballot.place))


def _telling(votes: TextVotes, ballot: Ballot) -> Floats:
    """(places,) how much each says of the accuracy of workers."""
    return np.where(ballot.disputed, 1.0, np.minimum(AGREED / np.maximum(votes.per_task[ballot.task], 1.0), 1.0))


def _per_worker(votes: TextVotes, ballot: Ballot, figures: Floats) -> Floats:
    """(workers,) the sum of figures (candidates,) over what each worker has at any place."""
    voting = ballot.variant != KNOWN_TEXT
    of_variant = sums(ballot.variant[voting], figures[ballot.candidate[voting]], len(votes.variants.task))
    return sums(votes.workers, of_variant[votes.variants.of_answer], votes.n_workers)
