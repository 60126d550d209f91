"""Masks against the truth: intersection over union, and Dice."""

import numpy as np
import numpy.typing as npt

from quality.evaluation.inputs import truth_values


def mask_iou(truth: npt.ArrayLike, mask: npt.ArrayLike) -> float:
    """Pixels in both masks over pixels in either (P. Jaccard, 1912); 1 if both are empty.

    truth, mask: boolean arrays of one shape, where True is inside. ValueError if they differ in
        shape.
    """
    shared, true, found = _areas(truth, mask)
    either = true + found - shared
    return shared / either if either else 1.0


def mask_dice(truth: npt.ArrayLike, mask: npt.ArrayLike) -> float:
    """Twice the pixels in both masks over the sum of their areas (L. R. Dice, 1945); 1 if both are
    empty.

    The F1 of pixels. Shapes and errors as in `mask_iou`.
    """
    shared, true, found = _areas(truth, mask)
    return 2 * shared / (true + found) if true + found else 1.0


def _areas(truth: npt.ArrayLike, mask: npt.ArrayLike) -> tuple[int, int, int]:
    """The pixels in both masks, in the true one and in the other."""
    right, found = truth_values("truth", truth), truth_values("mask", mask)
    if right.shape != found.shape:
        raise ValueError(f"masks must have one shape, got {right.shape} and {found.shape}")
    return int(np.count_nonzero(right & found)), int(np.count_nonzero(right)), int(np.count_nonzero(found))
