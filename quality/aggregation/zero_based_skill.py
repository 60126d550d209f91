"""Votes that count for how often their worker agrees with the outcome, which depends on how votes
count."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.fit import Basis, Fit
from quality.aggregation.hierarchical import believed_workers
from quality.aggregation.majority import elected
from quality.aggregation.posterior import TIE, begin, vote_shares
from quality.aggregation.progress import tell
from quality.aggregation.votes import Votes


@dataclass(frozen=True, slots=True)
class ZeroBasedSkill:
    """Weighted majority carried on until skills and outcome agree (Toloka, 2021, Crowd-Kit).

    A worker's skill is the share of their votes that match the outcome of the weighted vote, where
    a tie is shared out. Each round goes half the way there, so that skills settle instead of
    swinging.

    tol: rounds end when no skill changes by more than this.
    """

    max_iter: int = 100
    tol: float = 1e-5
    seed: int = 0

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        posterior = begin(votes, start)
        skill = _agreement(votes, posterior)
        change, rounds = np.inf, 0
        while change > self.tol and rounds < self.max_iter:
            posterior = vote_shares(votes, votes.counts(skill))
            step = (_agreement(votes, posterior) - skill) / 2
            skill, change, rounds = skill + step, float(np.abs(step).max(initial=0.0)), rounds + 1
            tell(rounds, self.max_iter)
        fit = elected("zero-based-skill", votes, posterior, self.seed)
        workers = believed_workers(votes, posterior, fit.class_shares)
        return replace(fit, workers=workers, converged=change <= self.tol, basis=Basis.MODELS)


def _agreement(votes: Votes, posterior: Floats) -> Floats:
    """(workers,) the share of each worker's votes that match the likeliest class of their task."""
    outcome = (posterior >= posterior.max(axis=1, keepdims=True) - TIE).astype(np.float64)
    agreed = votes.right(outcome / outcome.sum(axis=1, keepdims=True))
    return np.divide(agreed, votes.per_worker, out=np.zeros(votes.n_workers), where=votes.per_worker > 0)
