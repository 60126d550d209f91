"""Texts put together word by word, by the votes of workers whose accuracy is learnt along the
way."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.grouped import sums
from quality.aggregation.progress import tell
from quality.aggregation.texts.ballot import KNOWN_TEXT, Ballot, assembled, ballot_of
from quality.aggregation.texts.fit import TextFit, TextWorkers, with_known
from quality.aggregation.texts.votes import TextVotes

USUAL = 0.75
"""The accuracy of words that workers are taken to have before any is judged."""

IMAGINED = 5.0
"""Words that every worker is imagined to have written before as accurately as the whole crowd, and
the whole crowd as accurately as is usual."""

TEMPTATIONS = 2.0
"""Wrong words, or gaps, that a place tempts to, one as much as another: mishearings are shared, so
they are few."""

LEAST_WEIGHT = 0.01
"""Of workers who are right no more often than chance: a text that is alone on its task still
counts."""

CAUTION = 0.5
"""What a vote counts for in the confidence: who mishears a word has often misheard it as others
did, so that votes are worth about half as many independent ones."""


@dataclass(frozen=True, slots=True)
class Rover:
    """A vote at each place of the aligned texts: J. G. Fiscus (1997), A post-processing system to
    yield reduced word error rates: Recognizer output voting error reduction (ROVER).

    The vote is that of the model of A. P. Dawid & A. M. Skene (1979) with one accuracy a worker,
    fitted by expectation maximisation. Accuracies are those where answers to a task differ: places
    at which all agree say nothing of who is right, though they are most. Known texts are certain,
    so that workers are judged by them. Texts are aligned in the order of `Variants`, which is the
    medoid first, after the known text if there is one.

    Ties go to the word, or the gap, of the answer that comes first in that order, where answers
    that are as near to the others come in an order drawn from the seed. Words are compared as
    `plain` makes them, and given back in the form that most answers with the word at this place
    have.

    The confidence is the mean probability of the winners over all places, of votes that count
    `CAUTION`.

    max_iter: rounds at most; 0 is plain ROVER, where all votes weigh the same.
    tol: stop when no accuracy changes by more than this.
    """

    max_iter: int = 100
    tol: float = 1e-5
    seed: int = 0

    def fit(self, votes: TextVotes) -> TextFit:
        votes = votes.drawn(self.seed)
        ballot = ballot_of(votes)
        judged = _per_worker(votes, ballot, np.ones(len(ballot.place)))
        accuracy = np.full(votes.n_workers, USUAL)
        belief = e_step(votes, ballot, weights_of(accuracy))
        iterations, converged = 0, self.max_iter == 0 or not judged.any()
        while not converged and iterations < self.max_iter:
            last, accuracy = accuracy, m_step(_per_worker(votes, ballot, belief), judged)
            belief = e_step(votes, ballot, weights_of(accuracy))
            iterations += 1
            converged = bool(np.abs(accuracy - last).max() <= self.tol)
            tell(iterations, self.max_iter)
        winners = ballot.winners(belief)
        labels = assembled(votes, ballot, winners)
        cautious = e_step(votes, ballot, CAUTION * weights_of(accuracy))
        told = with_known(votes, labels, _confidence(votes, ballot, cautious[winners]))
        return TextFit("rover", *told, _workers(accuracy, judged), iterations, converged)


def weights_of(accuracy: Floats) -> Floats:
    """(workers,) log odds of being right to having one of the `TEMPTATIONS` that a place has."""
    return np.maximum(np.log(TEMPTATIONS * accuracy / (1 - accuracy)), LEAST_WEIGHT)


def e_step(votes: TextVotes, ballot: Ballot, weights: Floats) -> Floats:
    """(candidates,) how likely each is right, by Bayes' rule, if votes weigh `weights` (workers,).

    Words that nobody wrote have a share too: as many as are missing in the `TEMPTATIONS`, and one
    at least.
    """
    of_variant = sums(votes.variants.of_answer, weights[votes.workers], len(votes.variants.task))
    voting = ballot.variant != KNOWN_TEXT
    score = sums(ballot.candidate[voting], of_variant[ballot.variant[voting]], len(ballot.place))
    highest = np.zeros(len(ballot.task))
    np.maximum.at(highest, ballot.place, score)
    unwritten = np.maximum(1 + TEMPTATIONS - ballot.of_place(np.ones(len(score))), 1.0)
    odds = np.exp(score - highest[ballot.place])
    belief = odds / (ballot.of_place(odds) + unwritten * np.exp(-highest))[ballot.place]
    return np.where(ballot.true < 0, belief, ballot.true)


def m_step(right: Floats, judged: Floats) -> Floats:
    """(workers,) the accuracy of each worker from the words that are right, and all, where answers
    differ."""
    crowd = (right.sum() + IMAGINED * USUAL) / (judged.sum() + IMAGINED)
    return (right + IMAGINED * crowd) / (judged + IMAGINED)


def _per_worker(votes: TextVotes, ballot: Ballot, figures: Floats) -> Floats:
    """(workers,) the sum of figures (candidates,) over what each worker has at disputed places."""
    voting = (ballot.variant != KNOWN_TEXT) & ballot.disputed[ballot.place[ballot.candidate]]
    of_variant = sums(ballot.variant[voting], figures[ballot.candidate[voting]], len(votes.variants.task))
    return sums(votes.workers, of_variant[votes.variants.of_answer], votes.n_workers)


def _confidence(votes: TextVotes, ballot: Ballot, belief: Floats) -> Floats:
    """(tasks,) the mean belief in the winners (places,) of each task; 1 if its answers have no
    words, 0 without any."""
    places = np.bincount(ballot.task, minlength=votes.n_tasks)
    without_words = (votes.per_task > 0).astype(np.float64)
    return np.divide(sums(ballot.task, belief, votes.n_tasks), places, out=without_words, where=places > 0)


def _workers(accuracy: Floats, judged: Floats) -> TextWorkers:
    deviation = np.sqrt(accuracy * (1 - accuracy) / (judged + IMAGINED + 1))
    return TextWorkers(accuracy, deviation, weights_of(accuracy))
