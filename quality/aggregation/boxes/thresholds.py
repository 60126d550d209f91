"""From which probability of existence a box is kept: learnt from tasks whose boxes are known, if
there are enough."""

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.evaluation.boxes import Boxes
from quality.evaluation.geometry import box_iou, most_pairs

UNTAUGHT = 1 / 3
"""Kept without known tasks. Keeping a box raises the expected F1 if its probability is above half
of the F1 that can be reached (Z. Lipton et al., 2014), and two thirds is a modest crowd's."""

ENOUGH = 20
"""Known candidates, right and wrong ones each, from which a threshold is learnt."""

OVERLAP = 0.5
"""A candidate is right if it overlaps a known box by this much."""


def learn(candidates: Boxes, known: Boxes, known_tasks: npt.NDArray[np.integer]) -> tuple[float, str]:
    """The threshold with the highest F1 on the known tasks, and the reason in a sentence.

    Ties and near ties are settled towards `UNTAUGHT`: an F1 within one box of the best is as good
    as the best.
    """
    rows = np.flatnonzero(np.isin(candidates.tasks, known_tasks))
    right = _right(candidates.where(rows), known)
    n_right = int(np.count_nonzero(right))
    figures = f"{n_right} right and {len(rows) - n_right} wrong boxes on {len(known_tasks)} known tasks"
    if min(n_right, len(rows) - n_right) < ENOUGH:
        return UNTAUGHT, f"{figures}: too few to learn from, so boxes are kept from a probability of 1/3"
    choices = np.unique(np.append(candidates.scores[rows], UNTAUGHT))
    kept = candidates.scores[rows][None, :] >= choices[:, None]
    found, hits = kept.sum(axis=1), (kept & right).sum(axis=1)
    f1 = 2 * hits / (found + len(known))
    good = choices[f1 >= f1.max() - 2 / (len(rows) + len(known))]
    threshold = float(good[np.abs(good - UNTAUGHT).argmin()])
    return threshold, f"{figures}: their F1 is best if boxes are kept from a probability of {threshold:.2f}"


def expected_f1(tasks: npt.NDArray[np.integer], existence: Floats, kept: npt.NDArray[np.bool_], n_tasks: int) -> Floats:
    """(tasks,) 2 E[right] / (kept + E[real]) of each task, from the existence (boxes,) of its
    candidates."""
    right = np.bincount(tasks, existence * kept, n_tasks)
    total = np.bincount(tasks, kept + existence, n_tasks)
    return np.divide(2 * right, total, out=np.ones(n_tasks), where=total > 0)


def _right(candidates: Boxes, known: Boxes) -> npt.NDArray[np.bool_]:
    """(candidates,) whether each is paired with a known box of its task."""
    right = np.zeros(len(candidates), dtype=bool)
    for task in np.intersect1d(candidates.tasks, known.tasks):
        rows = np.flatnonzero(candidates.tasks == task)
        table = box_iou(candidates.corners[rows], known.corners[known.tasks == task])
        right[rows[most_pairs(table, OVERLAP)[0]]] = True
    return right
