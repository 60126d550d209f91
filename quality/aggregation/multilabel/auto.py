"""Choose how to weigh answers that tick any number of classes."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.multilabel.fit import MultiLabelFit
from quality.aggregation.multilabel.vote_share import VoteShare, WeightedShare
from quality.aggregation.multilabel.votes import MultiLabelVotes

ANSWERS_A_TASK = 3.0
"""With two answers a task, each is judged by one other: whoever is paired with a careless worker looks careless."""


@dataclass(frozen=True, slots=True)
class MultiLabelAuto:
    """Weighted shares where tasks have enough answers to compare workers, else plain shares; thresholds are learnt."""

    max_iter: int = 50
    tol: float = 1e-4

    def fit(self, votes: MultiLabelVotes) -> MultiLabelFit:
        a_task = len(votes.tasks) / max(int(np.count_nonzero(votes.per_task)), 1)
        if a_task >= ANSWERS_A_TASK:
            fit, why = WeightedShare(self.max_iter, self.tol).fit(votes), "enough to compare workers"
        else:
            fit, why = VoteShare().fit(votes), f"fewer than {ANSWERS_A_TASK:g} cannot compare workers"
        return replace(fit, reason=f"{a_task:.1f} answers a task: {why}; {fit.reason}")
