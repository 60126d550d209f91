import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from quality.aggregation.numeric import CATD, METHODS, PM, Auto, Gaussian, Mean, Median, NumericVotes
from quality.evaluation import score_numbers
from tests.quality.aggregation.numeric.crowd import error, rows, votes_of
from tests.quality.datasets import votes_file

every = pytest.mark.parametrize("method", METHODS)
few_examples = settings(max_examples=25)
a_value = st.one_of(st.sampled_from([0.0, 1.0, -5.0]), st.floats(-1e6, 1e6, allow_subnormal=False))
some_rows = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), a_value), max_size=20)
some_known = st.lists(st.sampled_from([np.nan, 0.0, 3.0]), min_size=6, max_size=6)


@every
@few_examples
@given(rows=some_rows, known=some_known)
def test_values_lie_among_the_votes_and_uncertainty_is_finite_where_there_is_evidence(method, rows, known):
    votes = votes_of(rows, n_workers=5, known=known)

    fit = METHODS[method].build().fit(votes)

    assert (np.isnan(fit.labels) == ~votes.has_evidence).all()
    assert (np.isnan(fit.deviation) == ~votes.has_evidence).all()
    assert (fit.deviation[votes.is_known] == 0).all()
    np.testing.assert_array_equal(fit.labels[votes.is_known], votes.known[votes.is_known])
    for figures in () if fit.workers is None else (fit.workers.weight, fit.workers.spread, fit.workers.bias):
        assert figures.shape == (5,)
        assert np.isfinite(figures).all()


@every
@few_examples
@given(shift=st.sampled_from([-100.0, 0.0, 1e4]), scale=st.sampled_from([1e-3, 1.0, 1e6]))
def test_another_unit_gives_the_same_values_in_that_unit(method, shift, scale):
    made_up, _ = rows(np.random.default_rng(0))
    changed = [(task, worker, shift + scale * value) for task, worker, value in made_up]

    one, other = (METHODS[method].build().fit(votes_of(each)) for each in (made_up, changed))

    np.testing.assert_allclose(other.labels, shift + scale * one.labels, rtol=1e-5, atol=1e-5 * scale)
    np.testing.assert_allclose(other.deviation, scale * one.deviation, rtol=1e-4)


@every
def test_votes_that_all_agree_are_the_value(method):
    fit = METHODS[method].build().fit(NumericVotes.from_codes([0, 0, 1], [0, 1, 0], [4.0, 4.0, 4.0]))

    assert fit.labels == pytest.approx([4, 4])
    assert fit.converged


def test_mean_and_median_are_those_worked_out_by_hand():
    votes = NumericVotes.from_codes([0, 0, 0, 0, 1], [0, 1, 2, 3, 0], [1.0, 9.0, 2.0, 4.0, 5.0])

    assert Mean().fit(votes).labels.tolist() == [4, 5]
    assert Median().fit(votes).labels.tolist() == [3, 5]


def test_a_value_given_twice_counts_twice():
    votes = NumericVotes.from_codes([0, 0, 0], [0, 0, 1], [1.0, 1.0, 4.0])

    assert Mean().fit(votes).labels.tolist() == [2]


def test_catd_weighs_as_published():
    votes = NumericVotes.from_codes([0, 1, 0], [0, 0, 1], [3.0, 5.0, 3.0])

    weights = CATD().weigh(votes, np.array([1.0, 4.0]))

    np.testing.assert_allclose(weights, chi2.ppf(0.025, [2, 1]) / np.array([4 + 1, 4]))


def test_pm_weighs_as_published():
    votes = NumericVotes.from_codes([0, 1, 0, 1], [0, 0, 1, 1], [3.0, 5.0, 1.0, 1.0])  # deviations 1 and 2

    weights = PM().weigh(votes, np.array([2.0, 3.0]))

    losses = np.array([1 / 1 + 4 / 2, 1 / 1 + 4 / 2]) / 2
    np.testing.assert_allclose(weights, -np.log(losses / losses.sum()))


@pytest.mark.parametrize("method", ["auto", "weighted-mean", "gaussian", "catd", "pm"])
def test_better_workers_count_for_more(method):
    made_up, truth = rows(np.random.default_rng(3))
    fit = METHODS[method].build().fit(votes_of(made_up))

    assert fit.workers is not None
    assert np.corrcoef(np.log(fit.workers.weight), np.log(fit.workers.spread))[0, 1] < -0.9
    assert error(fit, truth) < error(Mean().fit(votes_of(made_up)), truth)


def test_biases_are_found_and_taken_off():
    rng = np.random.default_rng(0)
    truth, bias = rng.normal(0, 10, 300), np.array([-8.0, 6.0, 2.0, 0.0, 0.0, 0.0])
    made_up = [
        (task, worker, truth[task] + bias[worker] + rng.normal())
        for task in range(300)
        for worker in rng.choice(6, size=3, replace=False)
    ]

    fit = Gaussian().fit(votes_of(made_up))

    assert fit.workers is not None
    np.testing.assert_allclose(fit.workers.bias, bias, atol=1)
    np.testing.assert_allclose(fit.workers.spread, 1, atol=0.3)
    assert error(fit, truth) < error(Mean().fit(votes_of(made_up)), truth) / 3


def test_uncertainty_is_honest_where_the_model_holds():
    made_up, truth = rows(np.random.default_rng(5))

    fit = Gaussian().fit(votes_of(made_up))

    assert 0.85 < np.sqrt((((fit.labels - truth) / fit.deviation) ** 2).mean()) < 1.25


def test_known_values_show_that_the_crowd_is_biased():
    rng = np.random.default_rng(0)
    truth = rng.normal(0, 10, 100)
    made_up = [(task, worker, truth[task] + 5 + rng.normal()) for task in range(100) for worker in range(4)]
    known = np.where(np.arange(100) < 50, truth, np.nan)

    blind, told = (Auto().fit(votes_of(made_up, known=k)) for k in (np.full(100, np.nan), known))

    assert (blind.method, told.method) == ("weighted-mean", "gaussian")
    assert told.reason.startswith("of 50 known values held out")
    assert score_numbers(truth[50:], blind.labels[50:]).bias == pytest.approx(5, abs=0.3)
    assert score_numbers(truth[50:], told.labels[50:]).bias == pytest.approx(0, abs=0.3)


def test_one_vote_a_task_calls_for_the_mean():
    fit = Auto().fit(NumericVotes.from_codes([0, 1], [0, 0], [1.0, 2.0]))

    assert (fit.method, fit.labels.tolist()) == ("mean", [1, 2])
    assert fit.reason == "1.0 votes a task: fewer than 2 cannot compare workers"


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1.0, np.nan], {}, r"values\[1\] is nan"),
        ([1.0, np.inf], {}, r"values\[1\] is inf"),
        ([1.0, 1e200], {}, r"values\[1\] is 1e\+200"),
        ([1.0], {}, "values has 1"),
        ([1.0, 2.0], {"known": [np.inf]}, r"known\[0\] is inf"),
        ([1.0, 2.0], {"known": [0.0], "n_tasks": 2}, "known has 1 entries, but n_tasks is 2"),
    ],
)
def test_bad_values_are_refused(values, options, message):
    with pytest.raises(ValueError, match=message):
        NumericVotes.from_codes([0, 0], [0, 1], values, **options)


def test_error_on_published_ratings_of_emotions():
    path = votes_file("num_emotion")
    with path.open(newline="") as file:
        votes = votes_of([(row["task"], row["worker"], row["label"]) for row in csv.DictReader(file)])
    with (path.parent / "gold.csv").open(newline="") as file:
        truth = {int(row["task"]): float(row["label"]) for row in csv.DictReader(file)}

    labels = Auto().fit(votes).labels

    assert score_numbers(list(truth.values()), labels[list(truth)]).mae < 11.95


def test_known_values_that_single_out_no_method_leave_the_default():
    made_up, truth = rows(np.random.default_rng(0))
    known = np.where(np.arange(100) < 25, truth, np.nan)

    fit = Auto().fit(votes_of(made_up, known=known))

    assert fit.method == "weighted-mean"
    assert fit.reason.endswith("of 25 known values held out, no method is clearly closer")
