import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from quality.reliability import score_quality

some_shares = arrays(np.float64, 3, elements=st.floats(0.05, 1)).map(lambda shares: shares / shares.sum())
some_confusion = arrays(np.float64, (2, 3, 3), elements=st.floats(0.01, 1)).map(
    lambda confusion: confusion / confusion.sum(axis=2, keepdims=True)
)
few_examples = settings(max_examples=50)


def test_quality_of_a_good_worker_on_a_rare_class_is_that_worked_out_by_hand():
    """Right 80% of the time where 85% of tasks are of one class: more mistakes than a spammer
    makes, but worth more."""
    worker, spammer = [[0.8, 0.2], [0.2, 0.8]], [[1.0, 0.0], [1.0, 0.0]]

    quality = score_quality([worker, spammer], [0.85, 0.15])

    cost = 2 * 0.68 * 0.03 / 0.71 + 2 * 0.17 * 0.12 / 0.29
    assert quality == pytest.approx([1 - cost / (2 * 0.85 * 0.15), 0])


def test_mistakes_cost_what_they_are_said_to():
    confusion = [[[0.9, 0.1], [0.0, 1.0]]]

    quality = score_quality(confusion, [0.5, 0.5], [[0, 1], [4, 0]])

    cost = 0.05 * 0.5 / 0.55 * 5  # only the second answer leaves a doubt
    assert quality == pytest.approx([1 - cost / (0.25 * 5)])


@few_examples
@given(shares=some_shares, order=st.permutations(range(3)))
def test_who_always_takes_classes_for_each_other_scores_one(shares, order):
    assert score_quality([np.eye(3)[list(order)]], shares) == pytest.approx([1])


@few_examples
@given(shares=some_shares, row=some_shares)
def test_who_answers_without_looking_scores_zero(shares, row):
    assert score_quality([np.tile(row, (3, 1))], shares) == pytest.approx([0], abs=1e-9)


@few_examples
@given(confusion=some_confusion, shares=some_shares, order=st.permutations(range(3)))
def test_quality_lies_between_the_two_whatever_answers_are_called(confusion, shares, order):
    quality = score_quality(confusion, shares)

    assert ((quality >= -1e-9) & (quality <= 1)).all()
    np.testing.assert_allclose(score_quality(confusion[:, :, list(order)], shares), quality, atol=1e-12)
    np.testing.assert_allclose(score_quality(confusion[::-1], shares), quality[::-1], atol=1e-12)


def test_quality_is_undefined_where_a_spammer_costs_nothing():
    assert np.isnan(score_quality([np.eye(2)], [1.0, 0.0])).all()


@pytest.mark.parametrize(
    ("confusion", "shares", "costs", "message"),
    [
        ([np.eye(2)], [0.5, 0.6], None, r"class_shares\[\] is no distribution"),
        ([np.eye(2), [[1, 0], [0.5, 0.4]]], [0.5, 0.5], None, r"confusion\[1, 1\] is no distribution"),
        ([[[1.5, -0.5], [0, 1]]], [0.5, 0.5], None, r"confusion\[0, 0\] is no distribution"),
        ([np.eye(3)], [0.5, 0.5], None, r"must be \(workers, 2, 2\), got shape \(1, 3, 3\)"),
        ([np.eye(2)], [0.5, 0.5], np.ones((2, 2)), "0 on the diagonal"),
        ([np.eye(2)], [0.5, 0.5], [[0, -1], [1, 0]], "not below 0"),
        ([np.eye(2)], [0.5, 0.5], [[0, 1]], r"costs must be \(2, 2\), got shape \(1, 2\)"),
    ],
)
def test_what_is_no_distribution_or_no_cost_is_refused(confusion, shares, costs, message):
    with pytest.raises(ValueError, match=message):
        score_quality(confusion, shares, costs)
