import numpy as np
import pytest
from scipy import stats

from quality.evaluation import kendall, mean_over_groups, spearman


@pytest.mark.parametrize("measure", [spearman, kendall])
def test_the_same_order_is_one_and_the_opposite_minus_one(measure):
    assert measure([1, 2, 3], [10, 200, 3000]) == 1
    assert measure([1, 2, 3], [3, 2, 1]) == -1


def test_figures_are_those_worked_out_by_hand():
    assert spearman([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(1 - 6 * 2 / (4 * 15))
    assert kendall([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx((5 - 1) / 6)
    assert kendall([1, 1, 2, 3], [1, 2, 3, 3]) == pytest.approx(4 / np.sqrt(5 * 5))  # one tie on either side


def test_ties_are_treated_as_scipy_does():
    rng = np.random.default_rng(0)
    truth, scores = rng.integers(5, size=(2, 40))

    assert spearman(truth, scores) == pytest.approx(stats.spearmanr(truth, scores).statistic)
    assert kendall(truth, scores) == pytest.approx(stats.kendalltau(truth, scores).statistic)


@pytest.mark.parametrize("measure", [spearman, kendall])
@pytest.mark.parametrize(("truth", "scores"), [([], []), ([1], [2]), ([1, 1], [1, 2])])
def test_without_an_order_there_is_no_figure(measure, truth, scores):
    assert np.isnan(measure(truth, scores))


def test_every_group_counts_for_one_and_those_without_an_order_for_none():
    truth, scores = [1, 2, 3, 1, 2, 7], [1, 2, 3, 2, 1, 7]

    assert mean_over_groups(spearman, truth, scores, ["a", "a", "a", "b", "b", "c"]) == 0
    assert np.isnan(mean_over_groups(spearman, [1], [1], ["a"]))


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"scores\[1\] is nan"):
        spearman([1, 2], [1, np.nan])
    with pytest.raises(ValueError, match=r"truth \(1,\) and scores \(2,\)"):
        kendall([1], [1, 2])
    with pytest.raises(ValueError, match=r"groups \(1,\)"):
        mean_over_groups(spearman, [1, 2], [1, 2], ["a"])
