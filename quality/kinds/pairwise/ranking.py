"""The ranking of the items that a fit compared."""

import numpy as np

from quality.aggregation.pairwise.spreads import spreads
from quality.kinds.choice.votes import votes_of
from quality.kinds.matrix import AnswerMatrix, Floats, Ints
from quality.kinds.pairwise.votes import Fitted, comparisons_of
from quality.kinds.ranked import NORMAL, Ranked

TOLD = 5  # tasks of an item that are told


def ranked(matrix: AnswerMatrix, fitted: Fitted) -> Ranked | None:
    """None of what is no fit."""
    if fitted.scored is None:
        return None
    whole = votes_of(matrix)
    places = np.flatnonzero(whole.per_task > 0)
    comparisons = comparisons_of(whole.on_tasks(places), fitted.pairs)
    scored = fitted.scored
    reach = NORMAL * spreads(comparisons, scored.scores, fitted.judge.reliability)
    votes = comparisons.votes
    both = np.concatenate([comparisons.left[votes.tasks], comparisons.right[votes.tasks]])
    return Ranked(
        items=fitted.pairs.items,
        score=scored.scores,
        low=scored.scores - reach,
        high=scored.scores + reach,
        rank=scored.ranks,
        compared=np.bincount(both, minlength=comparisons.n_items),
        tasks=_least_sure(fitted, matrix.task_ids[places], fitted.fit.posterior[places].max(axis=1)),
    )


def _least_sure(fitted: Fitted, task_ids: Ints, confidence: Floats) -> list[list[int]]:
    """The keys of a few tasks of each item."""
    some: list[list[int]] = [[] for _item in fitted.pairs.items]
    for place in np.lexsort((task_ids, confidence)).tolist():
        for item in (fitted.pairs.one[place], fitted.pairs.other[place]):
            if len(some[item]) < TOLD:
                some[item].append(int(task_ids[place]))
    return some
