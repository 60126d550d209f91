import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.evaluation.geometry import best_pairs, box_iou, checked_boxes, most_pairs

a_box = st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 20)] * 2).map(
    lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
)
some_boxes = st.lists(a_box, min_size=1, max_size=6).map(lambda boxes: np.array(boxes, dtype=float))


def test_overlap_is_shared_area_over_joined_area():
    one = np.array([[0, 0, 2, 2], [0, 0, 1, 1], [5, 5, 6, 6]], dtype=float)
    other = np.array([[1, 1, 3, 3], [0, 0, 2, 2]], dtype=float)

    np.testing.assert_allclose(box_iou(one, other), np.array([[1 / 7, 1.0], [0.0, 1 / 4], [0.0, 0.0]]))


@settings(max_examples=25)
@given(one=some_boxes, other=some_boxes)
def test_overlap_is_symmetric_and_between_0_and_1(one, other):
    table = box_iou(one, other)

    np.testing.assert_array_equal(table, box_iou(other, one).T)
    assert ((table >= 0) & (table <= 1)).all()
    np.testing.assert_array_equal(box_iou(one, one).diagonal(), 1)


def test_best_pairs_gain_the_most_overlap_and_stay_above_the_threshold():
    overlap = np.array([[0.9, 0.8], [0.8, 0.1]])

    assert [each.tolist() for each in best_pairs(overlap, 0.3)] == [[0, 1], [1, 0]]
    assert [each.tolist() for each in best_pairs(overlap, 0.85)] == [[0], [0]]


def test_most_pairs_prefer_two_pairs_to_one_better_pair():
    overlap = np.array([[1.0, 0.5], [0.5, 0.0]])

    assert [each.tolist() for each in most_pairs(overlap, 0.5)] == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([[0, 0, 1, 1], [3, 0, 2, 1]], r"corners\[1\] is \[3.0, 0.0, 2.0, 1.0\]"),
        ([[0, 0, 1, float("nan")]], r"corners\[0\]"),
        ([[0, 0, 1]], r"shape \(1, 3\)"),
    ],
)
def test_corners_that_are_no_box_are_refused(boxes, message):
    with pytest.raises(ValueError, match=message):
        checked_boxes("corners", boxes)
