"""The answer that is nearest to all the others."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.texts.ballot import ballot_of
from quality.aggregation.texts.fit import TextFit
from quality.aggregation.texts.judge import MEDOID, TextJudge
from quality.aggregation.texts.votes import TextVotes
from quality.aggregation.texts.voting import learn


@dataclass(frozen=True, slots=True)
class TextMedoid:
    """The answer with the smallest sum of edit distances to the others (L. Kaufman & P. Rousseeuw,
    1987: a medoid).

    Every answer counts alike, and what is given back is what somebody wrote. Of answers with the
    same words, the form given most often is taken. Ties are drawn from the seed.

    The confidence is the mean probability of its words, as `Rover` has it where all workers are as
    accurate as the whole crowd.
    """

    seed: int = 0
    max_iter: int = 100
    tol: float = 1e-5

    def fit(self, votes: TextVotes) -> TextFit:
        votes = votes.drawn(self.seed)
        ballot = ballot_of(votes)
        learnt = learn(votes, ballot, self.max_iter, self.tol)
        answers = np.bincount(votes.workers, minlength=votes.n_workers)
        crowd = float(np.average(learnt.accuracy, weights=answers)) if len(votes.tasks) else 0.5
        judge = TextJudge.of(MEDOID, votes, ballot, np.full(votes.n_workers, crowd))
        return judge.told(votes, ballot, learnt.belief)
