"""Choose a method from how much the votes can tell about the workers."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.ensemble import Ensemble
from quality.aggregation.fit import Aggregator, Fit
from quality.aggregation.majority import MajorityVote
from quality.aggregation.votes import NO_LABEL, Votes

VOTES_A_TASK = 2.0
VOTES_A_CLASS = 1.0
"""Thresholds on means, measured by thinning out 14 public sets (benchmarks/thinning.py, docs/aggregation.md)."""


@dataclass(frozen=True, slots=True)
class Auto:
    """The pooled models of `Ensemble` where there are enough votes to compare workers, else majority vote.

    Enough is, on average, two votes a task (workers are judged by comparing them, unless known answers or their history
    do it) and as many votes a worker as there are classes, those of the history included.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        a_task = votes.a_task
        past = np.zeros(votes.n_workers) if votes.history is None else votes.history.sum(axis=(1, 2))
        active = votes.per_worker > 0
        a_worker = float((votes.per_worker + past)[active].sum()) / max(int(np.count_nonzero(active)), 1)
        figures = f"{a_task:.1f} votes a task, {a_worker:.1f} votes a worker and {votes.n_classes} classes"
        if a_task < VOTES_A_TASK and not ((votes.known != NO_LABEL).any() or past[active].any()):
            return self._elected(votes, f"{figures}: fewer than {VOTES_A_TASK:g} votes a task cannot compare workers")
        if a_worker < VOTES_A_CLASS * votes.n_classes:
            enough = VOTES_A_CLASS * votes.n_classes
            return self._elected(votes, f"{figures}: telling workers apart takes {enough:g} votes a worker")
        fit = Ensemble(self.max_iter, self.tol, self.seed).fit(votes, start)
        return replace(fit, reason=f"{figures}: enough to tell workers apart. {fit.reason}")

    def _elected(self, votes: Votes, reason: str) -> Fit:
        method: Aggregator = MajorityVote(self.seed)
        return replace(method.fit(votes), reason=reason)
