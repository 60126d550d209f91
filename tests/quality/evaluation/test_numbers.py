import numpy as np
import pytest

from quality.evaluation import score_numbers


def test_errors_are_those_worked_out_by_hand():
    scores = score_numbers([0, 10, 20], [1, 12, 17])

    assert (scores.mae, scores.bias, scores.tasks) == (2, 0, 3)
    assert scores.rmse == pytest.approx(np.sqrt(14 / 3))


def test_bias_is_above_zero_where_numbers_are_too_high():
    assert score_numbers([0, 0], [1, 3]).bias == 2


def test_tasks_without_truth_or_number_are_left_out():
    scores = score_numbers([1, np.nan, 3], [2, 5, np.nan])

    assert (scores.mae, scores.tasks) == (1, 1)


def test_nothing_to_score_is_nan():
    assert np.isnan(score_numbers([], []).mae)


@pytest.mark.parametrize(
    ("truth", "numbers", "message"),
    [([1], [1, 2], r"truth \(1,\) and numbers \(2,\)"), ([1, np.inf], [1, 1], r"truth\[1\] is inf")],
)
def test_bad_input_is_named(truth, numbers, message):
    with pytest.raises(ValueError, match=message):
        score_numbers(truth, numbers)
