import numpy as np
import pytest

from quality.evaluation import brier_score, cross_entropy, expected_calibration_error, softmax


def test_softmax_of_three_logits():
    assert softmax([2.0, 1.0, 0.5]).round(2).tolist() == [0.63, 0.23, 0.14]


def test_softmax_does_not_overflow_and_takes_every_row_by_itself():
    assert softmax([[1000.0, 0.0], [-1000.0, -1000.0]]).tolist() == [[1.0, 0.0], [0.5, 0.5]]
    assert softmax([0.0, -np.inf]).tolist() == [1.0, 0.0]


def test_cross_entropy_of_one_task():
    assert round(cross_entropy([0, 1, 0], [0.2, 0.6, 0.2]), 2) == 0.51


def test_cross_entropy_is_a_mean_over_tasks():
    truth, predicted = [[1, 0], [0, 1]], [[0.5, 0.5], [0.0, 1.0]]

    assert cross_entropy(truth, predicted) == pytest.approx(np.log(2) / 2)


def test_a_wrong_certainty_costs_much_but_not_everything():
    assert 30 < cross_entropy([1, 0], [0.0, 1.0]) < 40


def test_brier_score_runs_from_zero_to_two():
    assert brier_score([[0, 1]], [[0, 1]]) == 0
    assert brier_score([[0, 1]], [[1, 0]]) == 2
    assert brier_score([0, 1, 0], [0.2, 0.6, 0.2]) == pytest.approx(0.24)


@pytest.mark.parametrize("figure", [cross_entropy, brier_score, expected_calibration_error])
def test_unequal_or_empty_shapes_are_refused(figure):
    with pytest.raises(ValueError, match="shapes must be equal and not empty"):
        figure([0.5, 0.5], [1.0])
    with pytest.raises(ValueError, match="shapes must be equal and not empty"):
        figure([], [])
