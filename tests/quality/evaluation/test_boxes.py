import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.evaluation.boxes import Boxes, average_precision, mean_average_precision, score_boxes

SQUARES = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]], dtype=float)


def test_scores_are_those_worked_out_by_hand():
    truth = Boxes.from_rows([0, 0, 1], SQUARES)
    found = Boxes.from_rows([0, 0, 0, 1], [[0, 0, 10, 9], [0, 0, 9, 10], [21, 0, 30, 10], [0, 0, 10, 10]])

    scores = score_boxes(truth, found)

    assert (scores.right, scores.found, scores.true) == (2, 4, 3)
    assert (scores.precision, scores.recall, scores.f1) == (2 / 4, 2 / 3, 4 / 7)


def test_classes_count_only_when_asked_for():
    truth = Boxes.from_rows([0], SQUARES[:1], classes=[1])
    found = Boxes.from_rows([0], SQUARES[:1], classes=[2])

    assert score_boxes(truth, found).f1 == 1
    assert score_boxes(truth, found, by_class=True).f1 == 0


def test_a_higher_overlap_asks_for_more():
    truth = Boxes.from_rows([0], [[0, 0, 10, 10]])
    found = Boxes.from_rows([0], [[0, 0, 10, 7]])

    assert [score_boxes(truth, found, overlap=overlap).f1 for overlap in (0.5, 0.7, 0.75)] == [1, 1, 0]


def test_nothing_to_score_is_nan_and_missing_everything_is_zero():
    none, one = Boxes.from_rows([], []), Boxes.from_rows([0], SQUARES[:1])

    assert np.isnan(score_boxes(none, none).f1)
    assert (score_boxes(one, none).f1, score_boxes(none, one).precision) == (0, 0)
    assert np.isnan(average_precision(none, one))
    assert np.isnan(mean_average_precision(none, one))
    assert average_precision(one, none) == 0


def test_average_precision_is_worked_out_by_hand():
    """Right, wrong, right by falling score: precision 1 up to recall 1/2, then 2/3; 51 and 50 of
    the 101 recalls."""
    truth = Boxes.from_rows([0, 0], SQUARES[:2])
    found = Boxes.from_rows([0, 0, 0], SQUARES[[0, 2, 1]], scores=[0.9, 0.8, 0.7])

    assert average_precision(truth, found) == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_a_true_box_is_found_once_only_by_the_surest():
    truth = Boxes.from_rows([0], SQUARES[:1])
    twice = Boxes.from_rows([0, 0], SQUARES[[0, 0]], scores=[0.5, 0.9])
    wrong_first = Boxes.from_rows([0, 0], SQUARES[[0, 1]], scores=[0.5, 0.9])

    assert average_precision(truth, twice) == 1
    assert average_precision(truth, wrong_first) == pytest.approx(1 / 2)


def test_coco_averages_over_classes_and_ten_overlaps():
    """The box of class 0 overlaps by 0.72, which is enough for 0.5, 0.55, 0.6, 0.65 and 0.7; class
    1 is missed."""
    truth = Boxes.from_rows([0, 0], SQUARES[:2], classes=[0, 1])
    found = Boxes.from_rows([0, 0], [[0.0, 0.0, 10.0, 7.2], [20.0, 0.0, 30.0, 10.0]], classes=[0, 2])

    assert mean_average_precision(truth, found) == pytest.approx(5 / 10 / 2)
    assert mean_average_precision(truth, found, overlaps=(0.5,)) == pytest.approx(1 / 2)


@settings(max_examples=25)
@given(order=st.permutations(range(3)), scores=st.lists(st.sampled_from([0.2, 0.5]), min_size=3, max_size=3))
def test_order_of_rows_does_not_matter(order, scores):
    truth = Boxes.from_rows([0, 1], SQUARES[:2])
    found = Boxes.from_rows([0, 1, 1], SQUARES, scores=scores)

    assert score_boxes(truth, found.where(np.array(order))) == score_boxes(truth, found)
    assert average_precision(truth, found.where(np.array(order))) == average_precision(truth, found)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="tasks has 2, corners has 1"):
        Boxes.from_rows([0, 1], SQUARES[:1])
    with pytest.raises(ValueError, match=r"scores\[0\] is not a number"):
        Boxes.from_rows([0], SQUARES[:1], scores=[float("nan")])
    with pytest.raises(ValueError, match="overlap must be above 0"):
        score_boxes(Boxes.from_rows([], []), Boxes.from_rows([], []), overlap=0)
