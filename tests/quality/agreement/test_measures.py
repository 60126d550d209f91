import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats import inter_rater  # type: ignore[import-untyped]

from quality.agreement import class_agreement, class_weights, measure, task_agreement

# Fleiss (1971), table 1 as commonly reprinted: 10 subjects, 14 raters, 5 categories.
FLEISS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]

# Krippendorff (2011), example C: 12 units, 4 observers, 5 values, some missing. Gwet's Handbook
# uses it too.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]

some_counts = arrays(np.int64, st.tuples(st.integers(1, 12), st.integers(2, 4)), elements=st.integers(0, 4))


def counts_of(observers: list[list[int]]) -> np.ndarray:
    return np.stack([(np.array(observers) == value).sum(axis=0) for value in range(1, 6)], axis=1)


def test_fleiss_table_has_the_published_kappa():
    agreement = measure(FLEISS, np.random.default_rng(0))

    assert round(agreement.fleiss_kappa.value, 3) == 0.210
    assert round(agreement.percent_agreement.value, 3) == 0.378


def test_krippendorffs_observers_have_the_published_figures():
    agreement = measure(counts_of(OBSERVERS), np.random.default_rng(0))

    assert round(agreement.krippendorff_alpha.value, 3) == 0.743
    assert round(agreement.fleiss_kappa.value, 5) == 0.76117
    assert round(agreement.gwet_ac1.value, 5) == 0.77544
    assert round(agreement.percent_agreement.value, 4) == 0.8182
    assert (agreement.tasks, agreement.paired_tasks, agreement.answers) == (12, 11, 41)


def test_ac1_stays_high_where_one_class_is_rare_and_kappa_falls():
    # 118 of 125 tasks agreed on the common class, 5 and 2 split: kappa below zero, AC1 by hand
    agreement = measure([[2, 0]] * 118 + [[1, 1]] * 7, np.random.default_rng(0))

    by_chance = 2 * (243 / 250) * (7 / 250)
    assert agreement.gwet_ac1.value == pytest.approx((118 / 125 - by_chance) / (1 - by_chance))
    assert agreement.fleiss_kappa.value < 0


@settings(max_examples=60)
@given(counts=some_counts)
def test_alpha_equals_that_of_the_krippendorff_package(counts):
    paired = counts[counts.sum(axis=1) > 1]
    assume((paired.sum(axis=0) > 0).sum() > 1)

    expected = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")

    measured = measure(counts, np.random.default_rng(0), resamples=1).krippendorff_alpha.value
    assert measured == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("counts", "undefined"),
    [
        (np.zeros((0, 2)), {"krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement"}),
        ([[1, 0], [0, 1]], {"krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement"}),
        ([[2, 0], [3, 0]], {"krippendorff_alpha", "fleiss_kappa"}),
        ([[2], [3]], {"krippendorff_alpha", "fleiss_kappa", "gwet_ac1"}),
    ],
    ids=["nothing", "no task answered twice", "one class given", "one class to choose from"],
)
def test_what_cannot_be_told_is_nan(counts, undefined):
    agreement = measure(counts, np.random.default_rng(0))

    for name in ("krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement"):
        interval = getattr(agreement, name)
        if name in undefined:
            assert np.isnan([interval.value, interval.low, interval.high]).all()
        else:
            assert (interval.value, interval.low, interval.high) == (1.0, 1.0, 1.0)


def test_ordered_classes_agree_in_part_as_worked_out_by_hand():
    counts = [[2, 0, 0], [1, 1, 0], [0, 0, 2], [0, 1, 1]]

    agreement = measure(counts, np.random.default_rng(0), weights="linear")

    assert agreement.percent_agreement.value == 0.75
    assert agreement.gwet_ac1.value == pytest.approx(13 / 29)  # chance 5 / 6 · (2 · 15 / 64 + 12 / 64)
    assert agreement.fleiss_kappa.value == pytest.approx(7 / 15)  # chance (3² + 2² + 3²) / 64 + 2 (3 · 2 / 64)
    assert agreement.krippendorff_alpha.value == pytest.approx(1 - 0.25 / (30 / 56))  # 12 + 18 of 56 apart by 1/2, 1


@pytest.mark.parametrize(
    ("name", "first_row"),
    [
        ("linear", [1, 2 / 3, 1 / 3, 0]),
        ("quadratic", [1, 8 / 9, 5 / 9, 0]),
        ("ordinal", [1, 5 / 6, 1 / 2, 0]),
    ],
)
def test_weights_are_the_published_ones(name, first_row):
    weights = class_weights(name, 4)

    assert weights is not None
    for shift in range(4):
        np.testing.assert_allclose(np.diagonal(weights, shift), first_row[shift])
        np.testing.assert_allclose(np.diagonal(weights, -shift), first_row[shift])


@pytest.mark.parametrize("name", ["linear", "quadratic", "ordinal"])
def test_weights_of_two_classes_are_no_weights(name):
    counts = [[3, 1], [0, 4], [2, 2]]

    weighted, plain = (measure(counts, np.random.default_rng(0), weights=each) for each in (name, "identity"))

    assert weighted == plain


@settings(max_examples=60)
@given(counts=some_counts)
def test_quadratic_alpha_is_that_of_an_interval_scale(counts):
    paired = counts[counts.sum(axis=1) > 1]
    assume((paired.sum(axis=0) > 0).sum() > 1)

    expected = krippendorff.alpha(
        value_counts=counts, value_domain=list(range(counts.shape[1])), level_of_measurement="interval"
    )

    measured = measure(counts, np.random.default_rng(0), weights="quadratic", resamples=1).krippendorff_alpha.value
    assert measured == pytest.approx(expected, abs=1e-12)


@settings(max_examples=60)
@given(counts=some_counts, seed=st.integers(0, 9))
def test_names_of_classes_do_not_matter_without_weights(counts, seed):
    renamed = counts[:, np.random.default_rng(seed).permutation(counts.shape[1])]

    one, other = (measure(each, np.random.default_rng(0), resamples=1) for each in (counts, renamed))

    for name in ("krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement"):
        figures = getattr(one, name).value, getattr(other, name).value
        assert figures[0] == pytest.approx(figures[1], abs=1e-12, nan_ok=True)


def test_kappas_of_classes_are_those_of_fleiss():
    counts = np.array(FLEISS)

    classes = class_agreement(counts, np.random.default_rng(0))

    share = counts.sum(axis=0) / counts.sum()
    spread = share * (1 - share)
    expected = 1 - (counts * (14 - counts)).sum(axis=0) / (10 * 14 * 13 * spread)  # Fleiss (1971), of a category
    measured = np.array([each.fleiss_kappa.value for each in classes])
    np.testing.assert_allclose(measured, expected)
    assert measured @ spread / spread.sum() == pytest.approx(inter_rater.fleiss_kappa(counts))


def test_alpha_of_a_class_is_that_of_the_others_merged():
    counts = counts_of(OBSERVERS)

    classes = class_agreement(counts, np.random.default_rng(0))

    for label, each in enumerate(classes):
        merged = [[row[label], sum(row) - row[label]] for row in counts.tolist()]
        expected = krippendorff.alpha(value_counts=np.array(merged), level_of_measurement="nominal")
        assert each.krippendorff_alpha.value == pytest.approx(expected)
        assert each.krippendorff_alpha.low <= expected <= each.krippendorff_alpha.high


def test_agreement_on_a_task_is_the_share_of_pairs_that_agree():
    counts = [[3, 0, 0], [2, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 0]]

    np.testing.assert_allclose(task_agreement(counts), [1, 1 / 3, 0, np.nan, np.nan])
    np.testing.assert_allclose(task_agreement(counts, weights="linear"), [1, 2 / 3, 0, np.nan, np.nan])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("cubic", "weights must be one of identity, linear, quadratic, ordinal or a table, got 'cubic'"),
        ([[1.0]], r"weights must have shape \(2, 2\), got \(1, 1\)"),
        ([[1.0, 0.5], [0.4, 1.0]], r"weights\[0, 1\] is 0.5"),
        ([[1.0, 0.0], [0.0, 0.9]], r"weights\[1, 1\] is 0.9"),
        ([[1.0, np.nan], [np.nan, 1.0]], r"weights\[0, 1\] is nan"),
    ],
)
def test_weights_that_are_none_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        measure([[1, 1]], np.random.default_rng(0), weights=weights)
