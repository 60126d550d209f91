import numpy as np
import pytest

from quality.evaluation import Averages, confusion_matrix, score_labels

# truth:  a a a b b c   labels: a a b b c c
TRUTH, LABELS = [0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]


def test_confusion_counts_labels_by_their_truth():
    assert confusion_matrix(TRUTH, LABELS, 3).tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]


def test_scores_are_those_worked_out_by_hand():
    scores = score_labels(TRUTH, LABELS, 3)

    assert scores.accuracy == pytest.approx(4 / 6)
    np.testing.assert_allclose(scores.precision, [1, 1 / 2, 1 / 2])
    np.testing.assert_allclose(scores.recall, [2 / 3, 1 / 2, 1])
    np.testing.assert_allclose(scores.f1, [4 / 5, 1 / 2, 2 / 3])
    assert scores.macro.precision == pytest.approx(2 / 3)
    assert scores.macro.recall == pytest.approx(13 / 18)
    assert scores.macro.f1 == pytest.approx(59 / 90)
    assert scores.micro == Averages(scores.accuracy, scores.accuracy, scores.accuracy)


def test_a_class_that_is_missed_scores_nothing_and_one_that_never_occurs_is_left_out():
    scores = score_labels([0, 1], [0, 0], 3)

    np.testing.assert_array_equal(scores.precision, [0.5, 0, np.nan])
    np.testing.assert_array_equal(scores.recall, [1, 0, np.nan])
    assert scores.macro.recall == 0.5


def test_nothing_to_score_is_nan():
    scores = score_labels([], [], 2)

    assert np.isnan([scores.accuracy, scores.macro.f1, scores.micro.f1]).all()


@pytest.mark.parametrize(
    ("truth", "labels", "message"),
    [
        ([0, 2], [0, 0], r"truth\[1\] is 2, but there are 2 classes"),
        ([0, 0], [-1, 0], r"labels\[0\] is -1"),
        ([0], [0, 0], r"truth \(1,\) and labels \(2,\)"),
    ],
)
def test_codes_that_are_no_class_are_refused(truth, labels, message):
    with pytest.raises(ValueError, match=message):
        score_labels(truth, labels, 2)
