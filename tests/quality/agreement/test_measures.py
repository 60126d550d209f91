import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from quality.agreement import measure

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

# Krippendorff (2011), example C: 12 units, 4 observers, 5 values, some missing. Gwet's Handbook uses it too.
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


@settings(max_examples=60, deadline=None)
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
