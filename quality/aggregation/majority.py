"""Voting: one vote each, or votes that count for more the better a worker agrees with the others."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.fit import Fit
from quality.aggregation.posterior import likeliest, shares, vote_shares
from quality.aggregation.votes import Votes


@dataclass(frozen=True, slots=True)
class MajorityVote:
    """The class with most votes; the posterior is each class's share of them."""

    seed: int = 0

    def fit(self, votes: Votes) -> Fit:
        return elected("majority", votes, vote_shares(votes), self.seed)


@dataclass(frozen=True, slots=True)
class WeightedMajority:
    """A vote counts for the share of votes with which its worker's own votes agree on average.

    This is "worker agreement with aggregate" (Wawa, Appen 2021) with shares of votes instead of the winning class, so
    that a tie counts as half an agreement rather than as a coin toss.
    """

    seed: int = 0

    def fit(self, votes: Votes) -> Fit:
        agreed = votes.right(vote_shares(votes))
        skill = np.divide(agreed, votes.per_worker, out=np.zeros(votes.n_workers), where=votes.per_worker > 0)
        return elected("weighted-majority", votes, vote_shares(votes, votes.counts(skill)), self.seed)


def elected(method: str, votes: Votes, posterior: Floats, seed: int) -> Fit:
    """The fit of a method that has a posterior and nothing else."""
    return Fit(method, likeliest(votes, posterior, seed), posterior, shares(votes, posterior))
