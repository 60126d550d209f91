import numpy as np
import pytest

from quality.evaluation.sets import score_sets

TRUTH = [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
LABELS = [[1, 0, 0], [0, 1, 0], [1, 0, 0]]


def test_scores_are_those_worked_out_by_hand():
    scores = score_sets(TRUTH, LABELS)

    np.testing.assert_allclose(scores.precision, [1 / 2, 1, np.nan])
    np.testing.assert_allclose(scores.recall, [1, 1 / 2, np.nan])
    np.testing.assert_allclose(scores.f1, [2 / 3, 2 / 3, np.nan])
    assert scores.macro.f1 == pytest.approx(2 / 3)
    assert (scores.micro.precision, scores.micro.recall, scores.micro.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert scores.subset_accuracy == pytest.approx(1 / 3)
    assert scores.jaccard == pytest.approx((1 / 2 + 1 + 0) / 3)


def test_empty_sets_agree():
    scores = score_sets([[0, 0]], [[0, 0]])

    assert (scores.subset_accuracy, scores.jaccard) == (1, 1)
    assert np.isnan([scores.macro.f1, scores.micro.f1]).all()


def test_what_is_not_known_counts_for_nothing():
    known = [[1, 1, 1], [1, 1, 1], [0, 0, 0]]

    assert score_sets(TRUTH, LABELS, known).precision[0] == 1
    assert score_sets(TRUTH, LABELS, known).subset_accuracy == 1 / 2


def test_no_tasks_at_all_are_nan():
    scores = score_sets(np.zeros((0, 2)), np.zeros((0, 2)))

    assert np.isnan([scores.subset_accuracy, scores.jaccard, scores.macro.f1]).all()


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 3\), \(1, 3\)"):
        score_sets(TRUTH, LABELS[:1])
