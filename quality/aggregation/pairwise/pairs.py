"""What is believed of each pair, by the votes on it and by the scores of its items.

>>> judge, posterior = PairJudge.learnt(comparisons, votes, fit)
>>> judge.of_workers([3, NEWCOMER]).of_items([0, 5]).posterior(new_comparisons, new_votes)

The truth of a pair is an answer: left is better, right is, or they are equal. Before anybody has
voted on it, it is as likely as the scores have it; and every worker takes one truth for another as
often as they did on other pairs (A. P. Dawid & A. M. Skene, 1979, with both sides alike).
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from quality.aggregation.codes import Floats
from quality.aggregation.few_votes import believed, prior_accuracy, unopposed
from quality.aggregation.grouped import sums
from quality.aggregation.pairwise.answers import tie_odds, tied
from quality.aggregation.pairwise.comparisons import EQUAL, Comparisons
from quality.aggregation.pairwise.confusions import Habits, confusions, logs
from quality.aggregation.pairwise.fit import PairwiseFit
from quality.aggregation.pairwise.noisy_bradley_terry import e_step
from quality.aggregation.posterior import normalise, with_known
from quality.aggregation.votes import Votes

ROUNDS = 3
"""Of judging the pairs and then the workers. More would take their word for how good they are."""

IMAGINED = 0.25
"""What is known of a score before any comparison: one won and lost against an item of score 0, half
each (`BradleyTerry.prior`)."""

FURTHEST = 20.0
"""Scores further apart are as sure."""

SURE = 1e-6

RELIABLE = 0.8
"""How often a worker of whom nothing is known says what they found (`NoisyBradleyTerry.right`)."""


@dataclass(frozen=True, slots=True, eq=False)
class PairJudge:
    """What a fit says of the pairs that it has seen, and of others.

    scores: (items,), and information: (items,) the inverse of the variance of each.
    reliability: (workers,) as in `Judges`; confusion: (workers, answers, answers) [truth, answer].
    odds: how often equals tie.
    """

    scores: Floats
    information: Floats
    reliability: Floats
    confusion: Floats
    odds: float = 1.0

    @classmethod
    def learnt(
        cls, comparisons: Comparisons, votes: Votes, fit: PairwiseFit, history: Habits | None = None
    ) -> tuple[Self, Floats]:
        """From a fit to these comparisons, with the posterior (tasks, answers) of their pairs.

        votes: the same votes; of two classes where there are no ties. history: votes that the
        workers have given elsewhere.
        """
        accuracy, before = believed(votes)[0], history or Habits.none(votes.n_workers)
        reliability = np.ones(votes.n_workers) if fit.judges is None else fit.judges.reliability
        crowd = confusions(before.like_crowd(votes, accuracy), votes)
        judge = cls(fit.scores, 1 / fit.deviation**2, np.clip(reliability, SURE, 1 - SURE), crowd)
        ahead, ties = judge._ahead(comparisons), float((votes.labels == EQUAL) @ votes.weights)
        judge = replace(judge, odds=tie_odds(np.abs(ahead), votes.per_task, ties))
        posterior = judge._by_votes(ahead, votes)
        for _round in range(ROUNDS - 1):
            habits = before.plus(Habits.seen(votes, posterior)).like_crowd(votes, accuracy)
            ties = float(votes.per_task @ posterior[:, EQUAL:].sum(axis=1))
            odds = tie_odds(np.abs(ahead), votes.per_task, ties)
            judge = replace(judge, confusion=confusions(habits, votes), odds=odds)
            posterior = judge._by_votes(ahead, votes)
        return judge, unopposed(votes, posterior, judge._accuracy)

    @classmethod
    def beginner(cls, votes: Votes, n_items: int) -> Self:
        """Before the first fit everybody is taken for what crowds mostly are."""
        crowd = confusions(Habits.none(votes.n_workers).like_crowd(votes, prior_accuracy(votes.n_classes)), votes)
        scores, information = np.zeros(n_items), np.full(n_items, IMAGINED)
        return cls(scores, information, np.full(votes.n_workers, RELIABLE), crowd)

    def posterior(self, comparisons: Comparisons, votes: Votes) -> Floats:
        """(tasks, answers) of pairs of these items, by votes of these workers."""
        return unopposed(votes, self._by_votes(self._ahead(comparisons), votes), self._accuracy)

    def of_items(self, codes: npt.NDArray[np.int64]) -> Self:
        """The same for comparisons in which item 0, 1, … is the fit's item `codes[0]`, `codes[1]`,
        … or a new one (-1), of which nothing is known."""
        scores, information = np.append(self.scores, 0.0)[codes], np.append(self.information, IMAGINED)[codes]
        return replace(self, scores=scores, information=information)

    def of_workers(self, codes: npt.NDArray[np.int64]) -> Self:
        """The same for votes in which worker 0, 1, … is the fit's worker `codes[0]`, `codes[1]`, …
        or a newcomer (-1), who is taken for the average of those it knew."""
        reliability = np.append(self.reliability, self.reliability.mean())[codes]
        confusion = np.concatenate([self.confusion, self.confusion.mean(axis=0, keepdims=True)])[codes]
        return replace(self, reliability=reliability, confusion=confusion)

    def _accuracy(self) -> Floats:
        """(workers,) how often each is right about a pair of which one item is better."""
        right: Floats = self.confusion[:, 0, 0]
        return right

    def _ahead(self, comparisons: Comparisons) -> Floats:
        """(tasks,) how far left is ahead by all other pairs: the difference of the scores, one
        Newton step after the votes on the pair itself were taken away, as sure as it then is."""
        wins = e_step(comparisons, self.scores, self.reliability).wins
        one, other = comparisons.left, comparisons.right
        chance, met = expit(self.scores[one] - self.scores[other]), wins.left + wins.right
        of_pair, pull = met * chance * (1 - chance), wins.left - met * chance
        left, right = (np.maximum(self.information[side] - of_pair, IMAGINED) for side in (one, other))
        ahead = self.scores[one] - pull / left - self.scores[other] - pull / right
        # The mean of a logistic curve over a normal distribution (D. J. C. MacKay, 1992, equation
        # 10).
        return np.clip(ahead / np.sqrt(1 + np.pi / 8 * (1 / left + 1 / right)), -FURTHEST, FURTHEST)

    def _by_votes(self, ahead: Floats, votes: Votes) -> Floats:
        of_votes = logs(self.confusion)[votes.workers, :, votes.labels] * votes.weights[:, None]
        columns = [sums(votes.tasks, of_votes[:, each], votes.n_tasks) for each in range(votes.n_classes)]
        return with_known(votes, normalise(logs(self._expected(ahead, votes)) + np.stack(columns, axis=1))[0])

    def _expected(self, ahead: Floats, votes: Votes) -> Floats:
        """(tasks, answers) what the scores alone say."""
        equal = tied(np.abs(ahead), self.odds) if votes.n_classes > EQUAL else np.zeros(len(ahead))
        left = (1 - equal) * expit(ahead)
        return np.stack([left, 1 - equal - left, equal], axis=1)[:, : votes.n_classes]
