import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from quality.agreement import MEASURES, measure
from quality.agreement.patterns import distinct_rows


def crowd_counts(rng: np.random.Generator, *, tasks: int, answers: int, classes: int) -> np.ndarray:
    truth = rng.integers(classes, size=tasks)
    labels = np.where(rng.random((tasks, answers)) < 0.6, truth[:, None], rng.integers(classes, size=(tasks, answers)))
    return np.stack([(labels == label).sum(axis=1) for label in range(classes)], axis=1)


def test_the_same_seed_gives_the_same_interval():
    counts = crowd_counts(np.random.default_rng(0), tasks=50, answers=4, classes=3)

    one, again = (measure(counts, np.random.default_rng(7)) for _ in range(2))

    assert one == again


def test_order_of_tasks_does_not_matter():
    counts = crowd_counts(np.random.default_rng(0), tasks=50, answers=4, classes=3)

    assert measure(counts, np.random.default_rng(7)) == measure(counts[::-1], np.random.default_rng(7))


def test_intervals_hold_the_value_of_the_whole_crowd_about_as_often_as_they_say():
    rng = np.random.default_rng(0)
    whole = measure(crowd_counts(rng, tasks=200_000, answers=4, classes=3), rng, resamples=1)

    held = dict.fromkeys(MEASURES, 0)
    for _ in range(200):
        sample = measure(crowd_counts(rng, tasks=80, answers=4, classes=3), rng, resamples=300)
        for name in MEASURES:
            interval = getattr(sample, name)
            held[name] += interval.low <= getattr(whole, name).value <= interval.high

    assert all(175 <= times <= 200 for times in held.values())


def test_blocks_of_tasks_give_the_same_width_as_tasks(monkeypatch):
    counts = crowd_counts(np.random.default_rng(0), tasks=4000, answers=6, classes=4)

    single = measure(counts, np.random.default_rng(1)).krippendorff_alpha
    monkeypatch.setattr("quality.agreement.resampling.MAX_UNITS", 50)
    blocks = measure(counts, np.random.default_rng(1)).krippendorff_alpha

    assert blocks.value == single.value
    assert blocks.high - blocks.low == pytest.approx(single.high - single.low, rel=0.35)


def test_a_million_tasks_take_less_than_a_second_or_two():
    counts = crowd_counts(np.random.default_rng(0), tasks=1_000_000, answers=5, classes=3)

    started = time.process_time()
    measure(counts, np.random.default_rng(0))

    assert time.process_time() - started < 2  # 0.1 s on an idle core


@settings(max_examples=50)
@given(
    counts=arrays(
        np.int64,
        st.tuples(st.integers(0, 20), st.integers(1, 6)),
        elements=st.sampled_from([0, 1, 2, 2**31]),
    )
)
def test_distinct_rows_are_those_of_sorting_whole_rows(counts):
    rows, repeats = distinct_rows(counts)

    expected, expected_repeats = np.unique(counts, axis=0, return_counts=True)
    assert rows.tolist() == expected.tolist()
    assert repeats.tolist() == expected_repeats.tolist()


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1, 2], r"\(tasks, classes\), got shape \(2,\)"),
        ([[1, -1]], r"counts\[0, 1\] is -1"),
        ([[1, 0], [0.5, 1]], r"counts\[1, 0\] is 0.5"),
        ([[np.nan, 1]], r"counts\[0, 0\] is nan"),
    ],
)
def test_counts_that_are_none_are_refused(counts, message):
    with pytest.raises(ValueError, match=message):
        measure(counts, np.random.default_rng(0))
