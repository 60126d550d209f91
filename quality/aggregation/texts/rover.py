"""Texts put together word by word, by the votes of workers whose accuracy is learnt along the
way."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.texts.ballot import ballot_of
from quality.aggregation.texts.fit import TextFit, TextWorkers
from quality.aggregation.texts.judge import ROVER, TextJudge
from quality.aggregation.texts.votes import TextVotes
from quality.aggregation.texts.voting import IMAGINED, Learnt, learn, weights_of


@dataclass(frozen=True, slots=True)
class Rover:
    """A vote at each place of the aligned texts: J. G. Fiscus (1997), A post-processing system to
    yield reduced word error rates: Recognizer output voting error reduction (ROVER).

    The vote is that of the model of A. P. Dawid & A. M. Skene (1979) with one accuracy a worker,
    fitted by expectation maximisation. Accuracies are mostly those where answers to a task differ:
    places at which all agree say little of who is right, though they are most (`AGREED`). Known
    texts are certain, so that workers are judged by them. Texts are aligned in the order of
    `Variants`, which is the medoid first, after the known text if there is one.

    Ties go to the word, or the gap, of the answer that comes first in that order, where answers
    that are as near to the others come in an order drawn from the seed. Words are compared as
    `plain` makes them, and given back in the form that most answers with the word at this place
    have.

    The confidence is the mean probability of the winners over all places (`sureness`).

    max_iter: rounds at most; 0 is plain ROVER, where all votes weigh the same.
    tol: stop when no accuracy changes by more than this.
    """

    max_iter: int = 100
    tol: float = 1e-5
    seed: int = 0

    def fit(self, votes: TextVotes) -> TextFit:
        votes = votes.drawn(self.seed)
        ballot = ballot_of(votes)
        learnt = learn(votes, ballot, self.max_iter, self.tol)
        told = TextJudge.of(ROVER, votes, ballot, learnt.accuracy).told(votes, ballot, learnt.belief)
        return replace(told, workers=_workers(learnt), iterations=learnt.iterations, converged=learnt.converged)


def _workers(learnt: Learnt) -> TextWorkers:
    accuracy = learnt.accuracy
    deviation = np.sqrt(accuracy * (1 - accuracy) / (learnt.judged + IMAGINED + 1))
    return TextWorkers(accuracy, deviation, weights_of(accuracy))
