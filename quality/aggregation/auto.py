"""Choose a method from how much the votes can tell about the workers."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.dawid_skene import DawidSkene
from quality.aggregation.fit import Aggregator, Fit
from quality.aggregation.majority import MajorityVote
from quality.aggregation.votes import NO_LABEL, Votes

VOTES_A_TASK = 2.0
VOTES_A_CLASS = 2.0
"""Thresholds on means, measured by thinning out 14 public sets (benchmarks/thinning.py, docs/aggregation.md)."""


@dataclass(frozen=True, slots=True)
class Auto:
    """Dawid & Skene's model when there are enough votes to estimate confusion matrices, else majority vote.

    Enough is, on average, two votes a task (workers are judged by comparing them, unless known answers do it) and
    twice as many votes a worker as there are classes.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0

    def fit(self, votes: Votes) -> Fit:
        method, reason = self.choose(votes)
        return replace(method.fit(votes), reason=reason)

    def choose(self, votes: Votes) -> tuple[Aggregator, str]:
        """The method for these votes, and the reason in a sentence."""
        a_task = votes.total / max(int(np.count_nonzero(votes.per_task)), 1)
        a_worker = votes.total / max(int(np.count_nonzero(votes.per_worker)), 1)
        enough = VOTES_A_CLASS * votes.n_classes
        comparable = a_task >= VOTES_A_TASK or bool((votes.known != NO_LABEL).any())
        figures = f"{a_task:.1f} votes a task, {a_worker:.1f} votes a worker and {votes.n_classes} classes"
        if not comparable:
            return MajorityVote(
                self.seed
            ), f"{figures}: fewer than {VOTES_A_TASK:g} votes a task cannot compare workers"
        if a_worker < enough:
            return MajorityVote(self.seed), f"{figures}: telling workers apart takes {enough:g} votes a worker"
        return DawidSkene(self.max_iter, self.tol, self.seed), f"{figures}: enough to estimate each worker's errors"
