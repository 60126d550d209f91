"""Choose a method from whether the votes can tell anything about the workers."""

from dataclasses import dataclass, replace

from quality.aggregation.ordinal.dawid_skene import OrdinalDawidSkene
from quality.aggregation.ordinal.fit import OrdinalFit
from quality.aggregation.ordinal.median import OrdinalMedian
from quality.aggregation.votes import NO_LABEL, Votes

VOTES_A_TASK = 2.0
"""Fewer on average can't compare workers, unless known answers do."""


@dataclass(frozen=True, slots=True)
class OrdinalAuto:
    """The model of workers where they can be compared with each other or with known answers, else the median.

    The model copes with workers of few votes by itself, since it then expects of them what it expects of anyone.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0

    def fit(self, votes: Votes) -> OrdinalFit:
        a_task = votes.a_task
        if a_task >= VOTES_A_TASK or (votes.known != NO_LABEL).any():
            fit = OrdinalDawidSkene(self.max_iter, self.tol, self.seed).fit(votes)
            return replace(fit, reason=f"{a_task:.1f} votes a task or known answers: workers can be compared")
        fit = OrdinalMedian(self.seed).fit(votes)
        return replace(fit, reason=f"{a_task:.1f} votes a task: fewer than {VOTES_A_TASK:g} cannot compare workers")
