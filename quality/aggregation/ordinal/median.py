"""The class in the middle of the votes."""

from dataclasses import dataclass, replace

from quality.aggregation.majority import MajorityVote
from quality.aggregation.ordinal.fit import OrdinalFit
from quality.aggregation.votes import Votes


@dataclass(frozen=True, slots=True)
class OrdinalMedian:
    """The median of the votes, each of its weight; the posterior is each class's share of them."""

    seed: int = 0

    def fit(self, votes: Votes) -> OrdinalFit:
        fit = OrdinalFit.of(votes, MajorityVote(self.seed).fit(votes), self.seed)
        return replace(fit, method="ordinal-median")
