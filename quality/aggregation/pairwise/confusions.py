"""How workers take one truth of a pair for another: both sides alike."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.grouped import sums
from quality.aggregation.pairwise.comparisons import EQUAL
from quality.aggregation.votes import NO_LABEL, Votes

A_WORKER, A_CROWD = 6.0, 20.0
"""Votes like the crowd's that each worker is imagined to have given, and votes like those of crowds
in general that the crowd is."""


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """Votes of each worker, in expectation.

    decided: (workers, 3) on pairs of which one item is better: right, the other way round, a tie.
    equal: (workers, 2) on pairs of equals: a side, a tie.
    """

    decided: Floats
    equal: Floats

    @classmethod
    def none(cls, n_workers: int) -> Self:
        return cls(np.zeros((n_workers, 3)), np.zeros((n_workers, 2)))

    @classmethod
    def seen(cls, votes: Votes, posterior: Floats) -> Self:
        """By what is believed of the pairs (tasks, answers). A vote that stands alone says nothing
        of who gave it."""
        telling = (votes.per_task > 1) | (votes.known != NO_LABEL)
        truth = np.pad(posterior, ((0, 0), (0, 3 - votes.n_classes)))[votes.tasks]
        truth *= (votes.weights * telling[votes.tasks])[:, None]
        tie, better, equal = votes.labels == EQUAL, truth[:, :EQUAL].sum(axis=1), truth[:, EQUAL]
        own = np.where(tie, 0.0, truth[np.arange(len(truth)), votes.labels])
        decided = [own, np.where(tie, 0.0, better - own), np.where(tie, better, 0.0)]
        return cls(
            _by_worker(votes, decided), _by_worker(votes, [np.where(tie, 0.0, equal), np.where(tie, equal, 0.0)])
        )

    def plus(self, other: "Habits") -> "Habits":
        return Habits(self.decided + other.decided, self.equal + other.equal)

    def like_crowd(self, votes: Votes, accuracy: float) -> "Habits":
        """With each worker imagined to be like the crowd, which is imagined to be right so
        often."""
        wrong = (1 - accuracy) / (votes.n_classes - 1)
        decided = np.array([accuracy, wrong, wrong if votes.n_classes > EQUAL else 0.0])
        equal = np.array([1 - accuracy, accuracy])
        return Habits(_shrunken(self.decided, decided), _shrunken(self.equal, equal))


def _by_worker(votes: Votes, columns: list[Floats]) -> Floats:
    return np.stack([sums(votes.workers, each, votes.n_workers) for each in columns], axis=1)


def _shrunken(counts: Floats, shares: Floats) -> Floats:
    crowd = (counts.sum(axis=0) + A_CROWD * shares) / (counts.sum() + A_CROWD)
    shrunken: Floats = counts + A_WORKER * crowd
    return shrunken


def confusions(habits: Habits, votes: Votes) -> Floats:
    """(workers, answers, answers) [truth, answer] of workers with such habits."""
    decided, equal = (rows / rows.sum(axis=1, keepdims=True) for rows in (habits.decided, habits.equal))
    right, wrong, tie = decided.T
    side = equal[:, 0] / 2
    rows = [[right, wrong, tie], [wrong, right, tie], [side, side, equal[:, 1]]]
    table: Floats = np.moveaxis(np.array(rows), 2, 0)[:, : votes.n_classes, : votes.n_classes]
    return table


def logs(probabilities: Floats) -> Floats:
    found: Floats = np.log(np.maximum(probabilities, np.finfo(np.float64).tiny))
    return found
