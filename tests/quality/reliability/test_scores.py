import numpy as np
import pytest
from scipy.stats import beta

from quality.reliability import score_accuracy


def test_interval_is_that_of_the_beta_distribution():
    reliability = score_accuracy([8, 0], [10, 0])

    np.testing.assert_allclose(reliability.value, [8.5 / 11, 0.5])
    np.testing.assert_allclose(reliability.low, [beta.ppf(0.025, 8.5, 2.5), beta.ppf(0.025, 0.5, 0.5)])
    np.testing.assert_allclose(reliability.high, [beta.ppf(0.975, 8.5, 2.5), beta.ppf(0.975, 0.5, 0.5)])


def test_more_answers_narrow_the_interval():
    reliability = score_accuracy([9, 90, 900], [10, 100, 1000])

    widths = reliability.high - reliability.low
    assert (np.diff(widths) < 0).all()
    assert ((reliability.low < reliability.value) & (reliability.value < reliability.high)).all()


def test_fractions_of_answers_count():
    between = score_accuracy([7.5], [10]).value

    assert score_accuracy([7], [10]).value < between < score_accuracy([8], [10]).value


def test_sums_that_exceed_their_number_by_rounding_are_accepted():
    assert score_accuracy([3.0000000000000004], [3]).value == score_accuracy([3], [3]).value


@pytest.mark.parametrize(
    ("right", "seen", "level", "message"),
    [
        ([1, 3], [2, 2], 0.95, r"right\[1\] is 3.0, of 2.0 seen"),
        ([-1], [2], 0.95, r"right\[0\] is -1.0"),
        ([np.nan], [2], 0.95, r"right\[0\] is nan"),
        ([1], [1, 2], 0.95, r"one shape, got \(1,\) and \(2,\)"),
        ([1], [2], 1.0, "level must be between 0 and 1"),
    ],
)
def test_impossible_counts_are_refused(right, seen, level, message):
    with pytest.raises(ValueError, match=message):
        score_accuracy(right, seen, level=level)
