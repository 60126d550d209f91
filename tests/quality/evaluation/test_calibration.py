import numpy as np
import pytest

from quality.evaluation import expected_calibration_error, reliability_diagram


def test_calibration_error_is_the_gap_between_being_sure_and_being_right():
    confidence = [0.8] * 10 + [0.95] * 10
    right = [True] * 6 + [False] * 4 + [True] * 10

    assert expected_calibration_error(confidence, right) == pytest.approx(0.5 * 0.2 + 0.5 * 0.05)


def test_confidences_at_both_ends_have_a_bin():
    assert expected_calibration_error([0.0, 1.0], [False, True]) == 0


def test_confidences_outside_zero_and_one_are_refused():
    with pytest.raises(ValueError, match=r"between 0 and 1, got 1\.5"):
        expected_calibration_error([0.5, 1.5], [True, True])


def test_a_diagram_has_a_row_for_each_group_with_labels():
    diagram = reliability_diagram([0.05, 0.55, 0.6, 0.95], [False, True, False, True], bins=10)

    np.testing.assert_allclose(diagram.low, [0.0, 0.5, 0.9])
    np.testing.assert_allclose(diagram.high, [0.1, 0.6, 1.0])
    assert diagram.labels.tolist() == [1, 2, 1]
    np.testing.assert_allclose(diagram.confidence, [0.05, 0.575, 0.95])
    np.testing.assert_allclose(diagram.accuracy, [0.0, 0.5, 1.0])
    assert ((diagram.accuracy_low <= diagram.accuracy) & (diagram.accuracy <= diagram.accuracy_high)).sum() == 1
    assert diagram.expected_error == pytest.approx((0.05 + 2 * 0.075 + 0.05) / 4)
    assert diagram.largest_error == pytest.approx(0.075)


def test_groups_of_equal_counts_hold_equally_many():
    sure = np.random.default_rng(0).permutation(np.linspace(0.5, 1, 1000))

    diagram = reliability_diagram(sure, sure > 0.7, bins=10, by="count")

    assert len(diagram.labels) == 10
    assert np.abs(diagram.labels - 100).max() <= 1
    assert diagram.labels.sum() == 1000


def test_equal_confidences_stay_in_one_group():
    diagram = reliability_diagram([0.9] * 70 + [0.5] * 30, [True] * 100, bins=10, by="count")

    assert diagram.labels.tolist() == [30, 70]


def test_confidences_that_tell_the_truth_have_next_to_no_error():
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1, 200_000)

    assert expected_calibration_error(sure, rng.random(200_000) < sure) < 0.005
