"""How far two boxes overlap, and which boxes belong together."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def box_iou(one: Floats, other: Floats) -> Floats:
    """(len(one), len(other)) intersection over union of boxes with corners (x1, y1, x2, y2), in any
    unit of length.

    Boxes that have no area overlap with nothing, not even themselves.
    """
    lower = np.maximum(one[:, None, :2], other[None, :, :2])
    upper = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.maximum(upper - lower, 0.0).prod(axis=2)
    union = box_areas(one)[:, None] + box_areas(other)[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def box_areas(boxes: Floats) -> Floats:
    """(boxes,) the areas of boxes with corners (x1, y1, x2, y2)."""
    areas: Floats = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return areas


def checked_boxes(name: str, boxes: npt.ArrayLike) -> Floats:
    """`boxes` as a new (boxes, 4) float array; ValueError naming the row whose corners are not
    finite and in order."""
    array = np.array(boxes, dtype=np.float64)
    array = array.reshape(0, 4) if array.size == 0 else array
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"{name} must have four corners a row (x1, y1, x2, y2), got shape {array.shape}")
    wrong = np.flatnonzero(~(np.isfinite(array).all(axis=1) & (array[:, 2:] > array[:, :2]).all(axis=1)))
    if wrong.size:
        raise ValueError(f"{name}[{wrong[0]}] is {array[wrong[0]].tolist()}; corners are finite, x1 < x2 and y1 < y2")
    return array


def best_pairs(overlap: Floats, threshold: float) -> tuple[Indices, Indices]:
    """Rows and columns paired one to one, so that the overlaps of pairs at or above `threshold` add
    up to the most.

    The assignment problem (H. W. Kuhn, 1955, The Hungarian method). Pairs below the threshold are
    left apart.
    """
    rows, columns = linear_sum_assignment(np.where(overlap >= threshold, overlap, 0.0), maximize=True)
    paired = overlap[rows, columns] >= threshold
    return rows[paired], columns[paired]


def most_pairs(overlap: Floats, threshold: float) -> tuple[Indices, Indices]:
    """As `best_pairs`, but as many pairs as there can be; among those, the ones that overlap
    most."""
    allowed = overlap >= threshold
    enough = 1.0 + min(overlap.shape, default=0)  # one more pair outweighs any overlap that all others could gain
    rows, columns = linear_sum_assignment(np.where(allowed, enough + overlap, 0.0), maximize=True)
    paired = allowed[rows, columns]
    return rows[paired], columns[paired]
