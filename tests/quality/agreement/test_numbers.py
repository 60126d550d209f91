from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quality.agreement import LEVELS, DistanceAgreement, measure_numbers
from tests.quality.agreement.test_measures import OBSERVERS

every = pytest.mark.parametrize("level", LEVELS)
few_examples = settings(max_examples=60)
a_value = st.one_of(st.sampled_from([0.0, 1.0, 5.0]), st.floats(1e-3, 1e6))
some_rows = st.lists(st.tuples(st.integers(0, 4), a_value), max_size=20)


def measured(rows: Any, level: str, resamples: int = 1) -> DistanceAgreement:
    tasks, values = np.array(rows, dtype=float).reshape(-1, 2).T
    return measure_numbers(tasks.astype(int), values, np.random.default_rng(0), level=level, resamples=resamples)


def alpha(rows: Any, level: str) -> float:
    return measured(rows, level).krippendorff_alpha.value


def observed() -> Any:
    workers, tasks = np.nonzero(np.array(OBSERVERS))
    return np.stack([tasks, np.array(OBSERVERS)[workers, tasks]], axis=1)


def crowd(rng: np.random.Generator, *, tasks: int, answers: int, noise: float = 1.0) -> Any:
    task = np.repeat(np.arange(tasks), answers)
    values = np.exp(rng.normal(size=tasks)[task] + noise * rng.normal(size=len(task)))
    return np.stack([task, values], axis=1)


@pytest.mark.parametrize(("level", "published"), [("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)])
def test_krippendorffs_observers_have_the_published_alpha(level, published):
    agreement = measured(observed(), level)

    assert round(agreement.krippendorff_alpha.value, 3) == published
    assert (agreement.tasks, agreement.paired_tasks, agreement.answers) == (12, 11, 41)


@every
@few_examples
@given(rows=some_rows)
def test_alpha_equals_that_of_the_krippendorff_package(level, rows):
    table = np.full((max(len(rows), 1), 5), np.nan)  # nobody answers twice, so every row is a worker
    for worker, (task, value) in enumerate(rows):
        table[worker, task] = value
    paired = table[:, (~np.isnan(table)).sum(axis=0) > 1]
    assume(len(np.unique(paired[~np.isnan(paired)])) > 1)

    expected = krippendorff.alpha(table, level_of_measurement=level)

    assert alpha(rows, level) == pytest.approx(expected, abs=1e-7)


def test_the_distance_is_the_mean_over_answers():
    rows = [(0, 1.0), (0, 3.0), (1, 2.0), (1, 2.0), (1, 5.0), (2, 100.0)]

    assert measured(rows, "interval").distance.value == pytest.approx((2 * 4 + 3 * (9 + 9) / 3) / 5)


@every
def test_values_that_agree_have_alpha_one_and_those_by_chance_about_zero(level):
    rng = np.random.default_rng(0)
    rows = crowd(rng, tasks=3000, answers=4)

    agreed = measured(np.stack([rows[:, 0], np.repeat(rows[::4, 1], 4)], axis=1), level, resamples=50)
    shuffled = np.stack([rows[:, 0], rng.permutation(rows[:, 1])], axis=1)

    assert agreed.krippendorff_alpha.value == 1
    assert agreed.krippendorff_alpha.low == pytest.approx(1, abs=1e-6)
    assert abs(alpha(shuffled, level)) < 0.03


@pytest.mark.parametrize(
    ("level", "change"),
    [
        ("interval", lambda values: 3 * values - 1e4),
        ("ratio", lambda values: 1e5 * values),
        ("ordinal", np.sqrt),
    ],
    ids=["interval: another zero and unit", "ratio: another unit", "ordinal: any rising scale"],
)
def test_another_scale_of_the_level_gives_the_same_alpha(level, change):
    rows = crowd(np.random.default_rng(1), tasks=40, answers=3)

    one = measured(rows, level, resamples=100).krippendorff_alpha
    other = measured(np.stack([rows[:, 0], change(rows[:, 1])], axis=1), level, resamples=100).krippendorff_alpha

    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), abs=1e-7)


@every
def test_order_of_answers_does_not_matter(level):
    rows = crowd(np.random.default_rng(1), tasks=30, answers=3)

    assert measured(rows, level, resamples=50) == measured(rows[::-1], level, resamples=50)


@every
def test_ranges_of_many_orders_of_magnitude_are_measured(level):
    rows = [(0, 0.0), (0, 1e-90), (1, 1e90), (1, 2e90), (2, 3.0), (2, 0.0)]
    table = np.array([[0.0, 1e90, 3.0], [1e-90, 2e90, 0.0]])

    expected = krippendorff.alpha(table, level_of_measurement=level)

    assert alpha(rows, level) == pytest.approx(expected, abs=1e-9)


@every
def test_intervals_hold_the_value_of_the_whole_crowd_about_as_often_as_they_say(level):
    rng = np.random.default_rng(0)
    truth = alpha(crowd(rng, tasks=100_000, answers=3, noise=0.5).round(1), level)

    held = 0
    for _ in range(80):
        interval = measured(crowd(rng, tasks=100, answers=3, noise=0.5).round(1), level, 150).krippendorff_alpha
        held += interval.low <= truth <= interval.high

    assert 66 <= held <= 80


def test_merged_grades_give_nearly_the_same_interval(monkeypatch):
    rows = crowd(np.random.default_rng(0), tasks=100, answers=4)

    merged = measured(rows, "ordinal", resamples=100).krippendorff_alpha
    monkeypatch.setattr("quality.agreement.ordinal_level.MAX_GRADES", 400)
    finer = measured(rows, "ordinal", resamples=100).krippendorff_alpha

    assert (merged.value, merged.low, merged.high) == pytest.approx((finer.value, finer.low, finer.high), abs=2e-3)


@every
def test_blocks_of_tasks_give_the_same_width_as_tasks(monkeypatch, level):
    rows = crowd(np.random.default_rng(0), tasks=500, answers=3)

    single = measured(rows, level, resamples=1000).krippendorff_alpha
    monkeypatch.setattr("quality.agreement.resampling.MAX_UNITS", 100)
    blocks = measured(rows, level, resamples=1000).krippendorff_alpha

    assert blocks.value == pytest.approx(single.value, abs=1e-12)
    assert blocks.high - blocks.low == pytest.approx(single.high - single.low, rel=0.3)


@every
@pytest.mark.parametrize(
    "rows",
    [[], [(0, 1.0), (1, 2.0)], [(0, 0.1), (0, 0.1), (1, 0.1), (1, 0.1)], [(0, 0.0), (0, 0.0)]],
    ids=["nothing", "no task answered twice", "one value given", "only zeros given"],
)
def test_what_cannot_be_told_is_nan(level, rows):
    interval = measured(rows, level, resamples=20).krippendorff_alpha

    assert np.isnan([interval.value, interval.low, interval.high]).all()


@pytest.mark.parametrize(
    ("tasks", "values", "level", "message"),
    [
        ([0, 0], [1.0], "interval", "values has 1"),
        ([0, 0], [1.0, np.nan], "interval", r"values\[1\] is nan"),
        ([0, 0], [1.0, 1e101], "ordinal", r"values\[1\] is 1e\+101"),
        ([0, 0], [1.0, -2.0], "ratio", r"values\[1\] is -2.0; values go from 0"),
        ([0, 0], [[1.0], [2.0]], "ratio", r"values must have one dimension, got shape \(2, 1\)"),
        ([0, -1], [1.0, 1.0], "interval", r"tasks\[1\] is -1"),
        ([0, 0], [1.0, 1.0], "nominal", "level must be one of ordinal, interval, ratio, got 'nominal'"),
    ],
)
def test_bad_values_are_refused(tasks, values, level, message):
    with pytest.raises(ValueError, match=message):
        measure_numbers(tasks, values, np.random.default_rng(0), level=level)
