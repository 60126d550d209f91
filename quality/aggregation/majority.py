"""Voting: one vote each, or votes that count for more the better a worker agrees with the
others."""

from dataclasses import dataclass
from typing import cast

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.fit import Accuracies, Basis, Fit
from quality.aggregation.grouped import sums
from quality.aggregation.hierarchical import RIGHT, WRONG
from quality.aggregation.lean import LeanTable
from quality.aggregation.posterior import likeliest, shares, vote_shares
from quality.aggregation.votes import NO_LABEL, Votes


@dataclass(frozen=True, slots=True)
class MajorityVote:
    """The class with most votes; the posterior is each class's share of them.

    So the confidence says how far the votes agree, and not how probably the label is right: it is 1
    on a task with one vote, and on one whose votes are unanimous. `Auto` tells how far so few votes
    can be believed.
    """

    seed: int = 0

    def fit(self, votes: Votes) -> Fit:
        posterior = cast(Floats, _lean_shares(votes)) if votes.is_lean else vote_shares(votes)
        return elected("majority", votes, posterior, self.seed)


@dataclass(frozen=True, slots=True)
class WeightedMajority:
    """A vote counts for the share of votes with which its worker's own votes agree on average.

    This is "worker agreement with aggregate" (Wawa, Appen 2021) with shares of votes instead of the
    winning class, so that a tie counts as half an agreement rather than as a coin toss.
    """

    seed: int = 0

    def fit(self, votes: Votes) -> Fit:
        agreed = votes.right(vote_shares(votes))
        skill = np.divide(agreed, votes.per_worker, out=np.zeros(votes.n_workers), where=votes.per_worker > 0)
        return elected("weighted-majority", votes, vote_shares(votes, votes.counts(skill)), self.seed)


def elected(method: str, votes: Votes, posterior: Floats, seed: int) -> Fit:
    """The fit of a method that has a posterior and nothing else."""
    labels = likeliest(votes, posterior, seed)
    return Fit(method, labels, posterior, shares(votes, posterior), _agreeing(votes, posterior), basis=Basis.SHARES)


def _agreeing(votes: Votes, posterior: Floats) -> Accuracies:
    """How often each worker agrees with what was elected, where others voted too or the answer is
    known."""
    tell = (votes.per_task > 1) | (votes.known != NO_LABEL)
    telling = votes if tell.all() else votes.where(tell[votes.tasks])
    wrong = WRONG if votes.n_classes > 1 else 0.0
    return Accuracies.of(telling.right(posterior) + RIGHT, telling.per_worker + RIGHT + wrong, votes.n_classes)


def _lean_shares(votes: Votes) -> LeanTable:
    """`vote_shares` where a table would be far larger than the votes."""
    tasks, classes, counts = votes.cells(votes.weights)
    rest = np.where(votes.per_task > 0, 0.0, 1 / votes.n_classes)
    shares_of_votes = counts / sums(tasks, counts, votes.n_tasks)[tasks]
    return LeanTable(tasks, classes, shares_of_votes, rest, votes.n_classes).with_known(votes.known, NO_LABEL)
