from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats import inter_rater  # type: ignore[import-untyped]

from quality.agreement import class_weights, measure_two

WEIGHTS = {"identity": None, "linear": "linear", "quadratic": "quadratic"}

every = pytest.mark.parametrize("weights", WEIGHTS)
some_answers = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=25)


def two_raters(rng: np.random.Generator, tasks: int) -> tuple[Any, Any]:
    truth = rng.integers(4, size=tasks)
    first, second = (np.where(rng.random(tasks) < 0.5, truth, rng.integers(4, size=tasks)) for _ in range(2))
    return first, second


def table_of(first: Any, second: Any) -> Any:
    table = np.zeros((4, 4))
    np.add.at(table, (first, second), 1)
    return table


def test_kappa_of_a_small_table_is_the_one_worked_out_by_hand():
    # 20 times both yes, 15 times both no, 5 and 10 times one of them: observed 0.7, by chance 0.5 ·
    # 0.6 + 0.5 · 0.4
    first, second = [0] * 20 + [0] * 5 + [1] * 10 + [1] * 15, [0] * 20 + [1] * 5 + [0] * 10 + [1] * 15

    agreement = measure_two(first, second, np.random.default_rng(0))

    assert agreement.percent_agreement.value == pytest.approx(0.7)
    assert agreement.cohen_kappa.value == pytest.approx(0.4)
    assert agreement.tasks == 50


@every
def test_kappa_equals_that_of_statsmodels_and_its_interval_has_about_that_width(weights):
    first, second = two_raters(np.random.default_rng(0), 400)

    interval = measure_two(first, second, np.random.default_rng(0), weights=weights).cohen_kappa

    expected = inter_rater.cohens_kappa(table_of(first, second), wt=WEIGHTS[weights])
    assert interval.value == pytest.approx(expected.kappa)
    assert interval.low == pytest.approx(expected.kappa_low, abs=0.015)
    assert interval.high == pytest.approx(expected.kappa_upp, abs=0.015)


@settings(max_examples=50)
@given(rows=some_answers, weights=st.sampled_from([*WEIGHTS, "ordinal"]))
def test_raters_may_change_places_and_tasks_their_order(rows, weights):
    first, second = np.array(rows, dtype=int).reshape(-1, 2).T

    one, other = (
        measure_two(*each, np.random.default_rng(0), weights=weights, n_classes=4, resamples=1).cohen_kappa.value
        for each in ((first, second), (second[::-1], first[::-1]))
    )

    assert one == pytest.approx(other, abs=1e-12, nan_ok=True)


def test_a_table_of_weights_counts_as_its_name_does():
    first, second = two_raters(np.random.default_rng(0), 50)

    table = class_weights("linear", 4)

    assert table is not None
    named = measure_two(first, second, np.random.default_rng(0), weights="linear")
    assert measure_two(first, second, np.random.default_rng(0), weights=table) == named


@pytest.mark.parametrize("weights", [*WEIGHTS, "ordinal"])
def test_raters_who_agree_have_kappa_one_and_those_by_chance_about_zero(weights):
    rng = np.random.default_rng(0)
    first = rng.integers(4, size=20_000)

    agreed, by_chance = (
        measure_two(first, second, rng, weights=weights).cohen_kappa for second in (first, rng.permutation(first))
    )

    assert (agreed.value, agreed.low, agreed.high) == pytest.approx((1, 1, 1))
    assert by_chance.low < 0 < by_chance.high
    assert abs(by_chance.value) < 0.03


@pytest.mark.parametrize("answers", [[], [2, 2]], ids=["nothing", "one class given"])
def test_what_cannot_be_told_is_nan(answers):
    interval = measure_two(answers, answers, np.random.default_rng(0)).cohen_kappa

    assert np.isnan([interval.value, interval.low, interval.high]).all()


@pytest.mark.parametrize(
    ("second", "options", "message"),
    [
        ([0], {}, "first has 2, second has 1"),
        ([0, -1], {}, r"second\[1\] is -1"),
        ([0, 3], {"n_classes": 3}, r"second\[1\] is 3, but n_classes is 3"),
    ],
)
def test_bad_codes_are_refused(second, options, message):
    with pytest.raises(ValueError, match=message):
        measure_two([0, 1], second, np.random.default_rng(0), **options)
