import numpy as np
import pytest

from quality.evaluation.masks import mask_dice, mask_iou

TRUTH = np.array([[1, 1], [1, 0]], dtype=bool)
MASK = np.array([[1, 0], [0, 1]], dtype=bool)


def test_overlap_counts_pixels():
    assert mask_iou(TRUTH, MASK) == 1 / 4
    assert mask_dice(TRUTH, MASK) == 2 / 5


def test_empty_masks_agree_with_each_other_and_with_nothing_else():
    empty = np.zeros((2, 2), dtype=bool)

    assert (mask_iou(empty, empty), mask_dice(empty, empty)) == (1, 1)
    assert (mask_iou(TRUTH, empty), mask_dice(TRUTH, empty)) == (0, 0)


def test_masks_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 2\) and \(2,\)"):
        mask_iou(TRUTH, MASK[0])
