"""Choose a method from how much the votes can tell about the workers."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.ensemble import Ensemble
from quality.aggregation.few_votes import FewVotes
from quality.aggregation.fit import Fit
from quality.aggregation.lean import has_room
from quality.aggregation.posterior import with_known
from quality.aggregation.votes import NO_LABEL, Votes

VOTES_A_TASK = 2.0
VOTES_A_CLASS = 1.0
"""Thresholds on means, measured by thinning out 14 public sets (benchmarks/thinning.py,
docs/aggregation.md)."""


@dataclass(frozen=True, slots=True)
class Auto:
    """The pooled models of `Ensemble` where there are enough votes to compare workers, else
    `FewVotes`.

    Enough is, on average, as many votes a worker as there are classes, those of the history
    included, and two votes a task, by which workers are compared; where there are fewer, workers
    must have given as many votes to tasks whose answer is known, or elsewhere. The answer of a task
    that nobody has voted on says nothing, and changes nothing.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        silent = (votes.known != NO_LABEL) & (votes.per_task == 0)
        if not silent.any():
            return self._fit(votes, start)
        fit = self._fit(replace(votes, known=np.where(silent, NO_LABEL, votes.known)), start)
        labels = np.where(silent, votes.known, fit.labels)
        return replace(fit, labels=labels, posterior=with_known(votes, fit.posterior))

    def _fit(self, votes: Votes, start: Fit | None) -> Fit:
        a_task, a_worker, a_record = votes.a_task, *_a_worker(votes)
        enough = VOTES_A_CLASS * votes.n_classes
        figures = f"{a_task:.1f} votes a task, {a_worker:.1f} votes a worker and {votes.n_classes} classes"
        if a_task < VOTES_A_TASK and a_record < enough:
            why = f"fewer than {VOTES_A_TASK:g} votes a task cannot compare workers"
        elif a_worker < enough:
            why = f"telling workers apart takes {enough:g} votes a worker"
        elif not has_room(votes.n_workers, votes.n_classes, votes.n_classes):
            why = "this machine has not the memory to tell workers apart"
        else:
            fit = Ensemble(self.max_iter, self.tol, self.seed).fit(votes, start)
            return replace(fit, reason=f"{figures}: enough to tell workers apart. {fit.reason}")
        fit = FewVotes(self.seed).fit(votes)
        return replace(fit, reason=f"{figures}, {fit.reason}: {why}")


def _a_worker(votes: Votes) -> tuple[float, float]:
    """Votes a worker, those of the history included; and those of them whose truth is known, there
    or here."""
    active = votes.per_worker > 0
    past = np.zeros(votes.n_workers) if votes.history is None else votes.history.sum(axis=(1, 2))
    told = votes.where(votes.known[votes.tasks] != NO_LABEL).per_worker
    workers = max(int(np.count_nonzero(active)), 1)
    return float((votes.per_worker + past)[active].sum()) / workers, float((told + past)[active].sum()) / workers
