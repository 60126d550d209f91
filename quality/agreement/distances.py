"""How far two answers are apart, from 0 for equal ones to 1 for those that share nothing."""

from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from quality.evaluation import box_iou, mask_iou


def jaccard_distance(one: AbstractSet[object], other: AbstractSet[object]) -> float:
    """1 - members of both sets / members of either (P. Jaccard, 1912); 0 if both are empty."""
    either = len(one | other)
    return 1 - len(one & other) / either if either else 0.0


def masi_distance(one: AbstractSet[object], other: AbstractSet[object]) -> float:
    """R. Passonneau (2006), Measuring agreement on set-valued items (MASI): 1 - Jaccard's index
    times monotonicity.

    Monotonicity is 1 if the sets are equal, 2/3 if one holds the other, 1/3 if they merely overlap,
    and 0 if not.
    """
    if one == other:
        return 0.0
    monotonicity = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - (1 - jaccard_distance(one, other)) * monotonicity


def box_distance(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """1 - the sum of overlaps of matched boxes / the larger number of boxes; 0 if there are none in
    either.

    one, other: (boxes, 4) corners x1, y1, x2, y2, in any order of boxes. An overlap is intersection
    over union. Boxes are matched one to one so that overlaps add up to the most (H. W. Kuhn, 1955,
    The Hungarian method); a box without a match overlaps by 0.
    """
    left, right = (np.asarray(boxes, dtype=np.float64).reshape(-1, 4) for boxes in (one, other))
    most = max(len(left), len(right))
    overlap = box_iou(left, right)
    return 1 - float(overlap[linear_sum_assignment(overlap, maximize=True)].sum()) / most if most else 0.0


def span_distance(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """As `box_distance`, of spans (spans, 2) from a start to an end that is left out, in text or in
    time."""
    return box_distance(_as_boxes(one), _as_boxes(other))


def mask_distance(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """1 - pixels in both masks / pixels in either, for boolean arrays of one shape; 0 if both are
    empty."""
    return 1 - mask_iou(one, other)


def _as_boxes(spans: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Spans as boxes of height 1."""
    ends = np.asarray(spans, dtype=np.float64).reshape(-1, 2)
    return np.stack([ends[:, 0], np.zeros(len(ends)), ends[:, 1], np.ones(len(ends))], axis=1)
