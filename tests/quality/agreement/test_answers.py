from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.agreement import (
    DistanceAgreement,
    box_distance,
    jaccard_distance,
    masi_distance,
    mask_distance,
    measure,
    measure_distances,
    measure_numbers,
    span_distance,
)

some_answers = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=25)


def alpha_of_all_pairs(tasks: Any, answers: Any, distance: Callable[[Any, Any], float]) -> float:
    """Krippendorff's alpha written out: every pair within a task, and every pair of paired
    answers."""
    groups = [[a for t, a in zip(tasks, answers, strict=True) if t == task] for task in sorted(set(tasks))]
    groups = [group for group in groups if len(group) > 1]
    pool = [a for group in groups for a in group]
    within = sum(distance(a, b) / (len(group) - 1) for group in groups for a in group for b in group)
    among = sum(distance(a, b) for a in pool for b in pool)
    n = len(pool)
    return 1 - (within / n) / (among / (n * (n - 1))) if among else float("nan")


def measured(tasks: Any, answers: Any, distance: Any, **options: Any) -> DistanceAgreement:
    return measure_distances(tasks, answers, distance, np.random.default_rng(0), **{"resamples": 50, **options})


def alpha(tasks: Any, answers: Any, distance: Any, **options: Any) -> float:
    return measured(tasks, answers, distance, **options).krippendorff_alpha.value


def drawn_boxes(rng: np.random.Generator, *, tasks: int, answers: int, noise: float) -> tuple[Any, Any]:
    """One or two boxes a task, drawn by everybody with an error; now and then a box is left out."""
    task, drawn = np.repeat(np.arange(tasks), answers), []
    for corner in rng.uniform(0, 300, size=(tasks, 2, 2)):
        boxes = np.hstack([corner, corner + rng.uniform(30, 90, size=(2, 2))])[: rng.integers(1, 3)]
        drawn += [(boxes + rng.normal(0, noise, boxes.shape))[rng.random(len(boxes)) < 0.95] for _ in range(answers)]
    return task, drawn


@pytest.mark.parametrize(
    ("one", "other", "jaccard", "masi"),
    [
        ({"a"}, {"a"}, 0, 0),
        ({"a", "b"}, {"a"}, 1 / 2, 1 - 1 / 2 * 2 / 3),
        ({"a", "b"}, {"b", "c"}, 2 / 3, 1 - 1 / 3 * 1 / 3),
        ({"a"}, {"b"}, 1, 1),
        (set(), {"a"}, 1, 1),
        (set(), set(), 0, 0),
    ],
)
def test_sets_are_as_far_apart_as_worked_out_by_hand(one, other, jaccard, masi):
    for each, another in ((one, other), (other, one)):
        assert jaccard_distance(each, another) == pytest.approx(jaccard)
        assert masi_distance(each, another) == pytest.approx(masi)


def test_boxes_are_as_far_apart_as_the_best_matching_leaves_them():
    square, half, far = [0, 0, 10, 10], [0, 0, 10, 5], [50, 50, 60, 60]

    assert box_distance([square], [half]) == pytest.approx(0.5)
    assert box_distance([square, far], [far, half]) == pytest.approx(1 - (0.5 + 1) / 2)
    assert box_distance([square, far], [square]) == pytest.approx(0.5)
    assert box_distance([square], []) == 1
    assert box_distance([], []) == 0


def test_spans_and_masks_are_as_far_apart_as_they_fail_to_overlap():
    assert span_distance([[0, 10], [20, 30]], [[20, 25], [0, 10]]) == pytest.approx(1 - (1 + 0.5) / 2)
    assert mask_distance([[1, 1], [0, 0]], [[1, 0], [1, 0]]) == pytest.approx(2 / 3)
    assert mask_distance([[0]], [[0]]) == 0


@settings(max_examples=60)
@given(rows=some_answers)
def test_a_table_gives_what_all_pairs_give(rows):
    tasks, answers = [task for task, _ in rows], [answer for _, answer in rows]
    table = np.array([[0, 1, 2, 1], [1, 0, 0.5, 3], [2, 0.5, 0, 1], [1, 3, 1, 0.0]])

    expected = alpha_of_all_pairs(tasks, answers, lambda one, other: table[one, other])

    assert alpha(tasks, answers, table) == pytest.approx(expected, abs=1e-12, nan_ok=True)


@settings(max_examples=30)
@given(rows=st.lists(st.tuples(st.integers(0, 5), st.frozensets(st.integers(0, 3), max_size=3)), max_size=20))
def test_a_distance_of_sets_gives_what_all_pairs_give(rows):
    tasks, answers = [task for task, _ in rows], [answer for _, answer in rows]

    expected = alpha_of_all_pairs(tasks, answers, masi_distance)

    hashed, unhashed = (alpha(tasks, each, masi_distance) for each in (answers, [set(answer) for answer in answers]))
    assert hashed == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert unhashed == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_a_distance_of_boxes_gives_what_all_pairs_give():
    tasks, boxes = drawn_boxes(np.random.default_rng(0), tasks=12, answers=3, noise=4)

    assert alpha(tasks, boxes, box_distance) == pytest.approx(alpha_of_all_pairs(tasks, boxes, box_distance))


def test_equal_answers_or_none_give_alpha_of_classes():
    rng = np.random.default_rng(0)
    tasks, labels = np.repeat(np.arange(50), 4), rng.integers(3, size=200) * rng.integers(2, size=200)
    counts = np.bincount(tasks * 3 + labels).reshape(50, 3)

    by_distance = measured(tasks, labels, 1.0 - np.eye(3))

    by_class = measure(counts, rng)
    assert by_distance.krippendorff_alpha.value == pytest.approx(by_class.krippendorff_alpha.value)
    assert by_distance.distance.value == pytest.approx(1 - by_class.percent_agreement.value)


def test_squared_differences_give_alpha_of_an_interval_scale_and_its_interval():
    rng = np.random.default_rng(0)
    tasks = np.repeat(np.arange(60), 3)
    values = rng.normal(size=60)[tasks] + rng.normal(size=180)

    by_distance = measured(tasks, values, lambda one, other: (one - other) ** 2)

    by_level = measure_numbers(tasks, values, np.random.default_rng(0), resamples=50)
    for one, other in zip(
        (by_distance.krippendorff_alpha, by_distance.distance),
        (by_level.krippendorff_alpha, by_level.distance),
        strict=True,
    ):
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_a_sample_of_pairs_is_near_all_pairs_and_so_is_its_interval():
    rng = np.random.default_rng(0)
    tasks = np.repeat(np.arange(200), 3)
    values = rng.normal(size=200)[tasks] + 0.5 * rng.normal(size=600)

    def distance(one: float, other: float) -> float:
        return abs(one - other)

    exact = measured(tasks, values, distance, max_pairs=200_000, resamples=500).krippendorff_alpha
    sampled = measured(tasks, values, distance, max_pairs=20_000, resamples=500).krippendorff_alpha

    assert sampled.value != exact.value
    assert (sampled.value, sampled.low, sampled.high) == pytest.approx((exact.value, exact.low, exact.high), abs=0.02)


def test_careful_boxes_agree_more_than_sloppy_ones_and_both_beyond_chance():
    careful, sloppy = (
        measured(*drawn_boxes(np.random.default_rng(0), tasks=15, answers=3, noise=noise), box_distance)
        for noise in (1, 12)
    )

    assert careful.krippendorff_alpha.low > sloppy.krippendorff_alpha.high > 0
    assert careful.distance.high < sloppy.distance.low


def test_answers_that_agree_have_alpha_one_and_those_by_chance_about_zero():
    rng = np.random.default_rng(0)
    tasks = np.repeat(np.arange(2000), 3)
    truth = rng.integers(1, 8, size=2000)
    answers = [frozenset(bit for bit in range(3) if code >> bit & 1) for code in truth[tasks].tolist()]

    shuffled = [answers[row] for row in rng.permutation(len(answers)).tolist()]

    assert measured(tasks, answers, masi_distance).krippendorff_alpha.low == 1
    assert abs(alpha(tasks, shuffled, masi_distance)) < 0.03


def test_the_same_seed_gives_the_same_sample():
    tasks, boxes = drawn_boxes(np.random.default_rng(0), tasks=20, answers=3, noise=4)

    assert measured(tasks, boxes, box_distance, max_pairs=100) == measured(tasks, boxes, box_distance, max_pairs=100)


@pytest.mark.parametrize(
    ("answers", "distance", "message"),
    [
        ([0], np.zeros((1, 1)), "tasks has 2 and answers has 1"),
        ([0, 2], np.zeros((2, 2)), r"answers\[1\] is 2, but distance has 2 rows"),
        ([0, 1], [[0.0, 1.0], [2.0, 0.0]], r"distance\[0, 1\] is 1.0"),
        ([0, 1], [[0.0, np.nan], [np.nan, 0.0]], r"distance\[0, 1\] is nan"),
        ([0, 1], [[1.0, 0.0], [0.0, 0.0]], r"distance\[0, 0\] is 1.0"),
        ([0, 1], [0.0, 1.0], r"a square table, got shape \(2,\)"),
        ([0, 1], lambda one, other: one - other, "distance is -1.0 for 0 and 1"),
        ([0, 1], lambda one, other: float("nan"), "distance is nan for 0 and 1"),
    ],
)
def test_bad_answers_and_distances_are_refused(answers, distance, message):
    with pytest.raises(ValueError, match=message):
        measured([0, 0], answers, distance)
