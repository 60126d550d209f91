"""Choose a method from whether the votes can tell anything about the workers."""

from dataclasses import dataclass, replace

from quality.aggregation.ordinal.dawid_skene import OrdinalDawidSkene
from quality.aggregation.ordinal.fit import OrdinalFit
from quality.aggregation.ordinal.median import OrdinalMedian
from quality.aggregation.posterior import vote_shares, with_known
from quality.aggregation.votes import NO_LABEL, Votes

VOTES_A_TASK = 3.5
"""With fewer on average, unless known answers judge workers, each is compared with too few others
for a model to be nearer than the median."""


@dataclass(frozen=True, slots=True)
class OrdinalAuto:
    """Half the model of workers and half the share of votes where workers can be compared with each
    other or with known answers, else the median.

    Alone, the model believes a few workers too far, whose ways it has learnt from each other's
    mistakes.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0

    def fit(self, votes: Votes) -> OrdinalFit:
        a_task = votes.a_task
        if a_task >= VOTES_A_TASK or (votes.known != NO_LABEL).any():
            fit = OrdinalDawidSkene(self.max_iter, self.tol, self.seed).fit(votes)
            reason = f"{a_task:.1f} votes a task or known answers: workers can be compared"
            pooled = with_known(votes, (fit.posterior + vote_shares(votes)) / 2)
            return OrdinalFit.of(votes, replace(fit, posterior=pooled, reason=reason), self.seed)
        fit = OrdinalMedian(self.seed).fit(votes)
        return replace(fit, reason=f"{a_task:.1f} votes a task: fewer than {VOTES_A_TASK:g} cannot compare workers")
