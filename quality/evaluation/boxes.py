"""Boxes against the truth: precision, recall, F1 and average precision at thresholds of overlap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.evaluation.geometry import Floats, Indices, box_iou, checked_boxes, most_pairs
from quality.evaluation.inputs import whole
from quality.evaluation.retrieval import Retrieval

COCO_THRESHOLDS = tuple(np.round(np.arange(0.5, 1.0, 0.05), 2).tolist())
"""Overlaps 0.5, 0.55, … 0.95, over which COCO averages (T.-Y. Lin et al., 2014)."""

RECALLS = np.linspace(0.0, 1.0, 101)
"""The recalls at which COCO reads the precision off its curve."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Boxes on tasks, one row a box.

    tasks: (boxes,) integer codes; corners: (boxes, 4) x1, y1, x2, y2; classes: (boxes,) codes;
    scores: (boxes,) how sure each is.
    """

    tasks: Indices
    corners: Floats
    classes: Indices
    scores: Floats

    @classmethod
    def from_rows(
        cls,
        tasks: npt.ArrayLike,
        corners: npt.ArrayLike,
        classes: npt.ArrayLike | None = None,
        scores: npt.ArrayLike | None = None,
    ) -> "Boxes":
        """Classes that are left out are all 0, scores all 1. ValueError naming the row or the
        lengths at fault."""
        box = checked_boxes("corners", corners)
        task = whole("tasks", tasks)
        kind = np.zeros(len(box), dtype=np.int64) if classes is None else whole("classes", classes)
        score = np.ones(len(box)) if scores is None else np.array(scores, dtype=np.float64)
        lengths = {"tasks": len(task), "corners": len(box), "classes": len(kind), "scores": len(score)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"one row a box, but {', '.join(f'{name} has {n}' for name, n in lengths.items())}")
        if np.isnan(score).any():
            raise ValueError(f"scores[{np.flatnonzero(np.isnan(score))[0]}] is not a number")
        return cls(task, box, kind, score)

    def __len__(self) -> int:
        return len(self.tasks)

    def where(self, chosen: npt.NDArray[np.bool_] | Indices) -> "Boxes":
        """The boxes of these rows."""
        return Boxes(self.tasks[chosen], self.corners[chosen], self.classes[chosen], self.scores[chosen])


def score_boxes(truth: Boxes, found: Boxes, *, overlap: float = 0.5, by_class: bool = False) -> Retrieval:
    """Count found boxes that are right: paired one to one with true ones of the same task at
    `overlap` or more.

    Pairs are made so that as many as possible are right (`most_pairs`), which doesn't depend on
    scores or on the order of rows. With `by_class`, only boxes of one class are paired. Raises
    ValueError unless 0 < overlap <= 1.
    """
    _require_overlap(overlap)
    right = 0
    for true_rows, found_rows in _by_task(truth, found):
        table = box_iou(truth.corners[true_rows], found.corners[found_rows])
        if by_class:
            table *= truth.classes[true_rows][:, None] == found.classes[found_rows][None, :]
        right += len(most_pairs(table, overlap)[0])
    return Retrieval(right, len(found), len(truth))


def average_precision(truth: Boxes, found: Boxes, *, overlap: float = 0.5) -> float:
    """The area under the curve of precision over recall, as COCO counts it for one class (T.-Y. Lin
    et al., 2014).

    Found boxes in order of falling score take the free true box of their task that they overlap
    most, if by `overlap` or more. Precision is made to fall with recall and read off at 101
    recalls. Equal scores go by task, then corners, so that the order of rows doesn't show. nan if
    there are no true boxes.
    """
    _require_overlap(overlap)
    return _average_precisions(truth, found, (overlap,))[0]


def mean_average_precision(truth: Boxes, found: Boxes, *, overlaps: Sequence[float] = COCO_THRESHOLDS) -> float:
    """Average precision, averaged over the classes that are true anywhere and over thresholds of
    overlap.

    COCO's mAP by default, and mAP@0.5 with `overlaps=(0.5,)`. COCO's limit of 100 boxes an image,
    its sizes and its crowd regions are not applied. nan if there are no true boxes.
    """
    for overlap in overlaps:
        _require_overlap(overlap)
    classes = np.unique(truth.classes).tolist()
    if not classes or not overlaps:
        return float("nan")
    of_class = [(truth.where(truth.classes == kind), found.where(found.classes == kind)) for kind in classes]
    return float(np.mean([_average_precisions(*pair, overlaps) for pair in of_class]))


def _average_precisions(truth: Boxes, found: Boxes, overlaps: Sequence[float]) -> list[float]:
    """Average precision at each threshold; overlaps of boxes are worked out once for all of
    them."""
    if not len(truth):
        return [float("nan")] * len(overlaps)
    found = found.where(np.lexsort((*found.corners.T[::-1], found.tasks, -found.scores)))
    right = np.zeros((len(overlaps), len(found)), dtype=bool)
    for true_rows, found_rows in _by_task(truth, found):
        table = box_iou(found.corners[found_rows], truth.corners[true_rows])
        for row, overlap in enumerate(overlaps):
            right[row, found_rows] = _taken(table, overlap)
    return [_area(each, len(truth)) for each in right]


def _taken(table: Floats, overlap: float) -> npt.NDArray[np.bool_]:
    """(found,) whether each found box, in order, gets a true one that no earlier box took."""
    free = table.copy()
    right = np.zeros(len(table), dtype=bool)
    for row in np.flatnonzero((table >= overlap).any(axis=1)).tolist():
        best = int(free[row].argmax())
        right[row] = free[row, best] >= overlap
        if right[row]:
            free[:, best] = -1.0
    return right


def _area(right: npt.NDArray[np.bool_], n_true: int) -> float:
    """The mean precision at 101 recalls; 0 at recalls that are not reached."""
    hits = np.cumsum(right)
    precision = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    place = np.searchsorted(hits / n_true, RECALLS, side="left")
    return float(np.append(precision, 0.0)[place].mean())


def _by_task(truth: Boxes, found: Boxes) -> Iterator[tuple[Indices, Indices]]:
    """The rows of both on each task that has boxes in both, in their order."""
    shared = np.intersect1d(truth.tasks, found.tasks)
    true_order, found_order = (np.argsort(each.tasks, kind="stable") for each in (truth, found))
    bounds = [
        (np.searchsorted(each.tasks[order], shared, "left"), np.searchsorted(each.tasks[order], shared, "right"))
        for each, order in ((truth, true_order), (found, found_order))
    ]
    for place in range(len(shared)):
        (true_start, true_stop), (found_start, found_stop) = ((low[place], high[place]) for low, high in bounds)
        yield true_order[true_start:true_stop], found_order[found_start:found_stop]


def _require_overlap(overlap: float) -> None:
    if not 0 < overlap <= 1:
        raise ValueError(f"overlap must be above 0 and at most 1, got {overlap}")
