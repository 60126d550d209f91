"""Choose a method from whether the votes can tell anything about the workers."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.pairwise.bradley_terry import BradleyTerry
from quality.aggregation.pairwise.comparisons import Comparisons
from quality.aggregation.pairwise.fit import PairwiseFit
from quality.aggregation.pairwise.noisy_bradley_terry import NoisyBradleyTerry

VOTES_A_WORKER = 2.0
"""A worker of a single vote can't be told from any other."""


@dataclass(frozen=True, slots=True)
class PairwiseAuto:
    """The model of workers where they have votes enough to be compared, else the one in which all
    are equal."""

    max_iter: int = 1000
    tol: float = 1e-7
    seed: int = 0

    def fit(self, comparisons: Comparisons) -> PairwiseFit:
        votes = comparisons.votes
        a_worker = votes.total / max(int(np.count_nonzero(votes.per_worker)), 1)
        if a_worker >= VOTES_A_WORKER:
            fit = NoisyBradleyTerry(self.max_iter, self.tol, self.seed).fit(comparisons)
            return replace(fit, reason=f"{a_worker:.1f} votes a worker: workers can be compared")
        fit = BradleyTerry(self.max_iter, self.tol, self.seed).fit(comparisons)
        return replace(fit, reason=f"{a_worker:.1f} votes a worker: fewer than {VOTES_A_WORKER:g} cannot be compared")
