from typing import Any

import numpy as np
import pytest
from statsmodels.stats import inter_rater  # type: ignore[import-untyped]

from quality.agreement import Intervals, measure_two, pairwise_kappas, worker_agreement
from tests.quality.agreement.test_cohen import WEIGHTS, table_of, two_raters

every = pytest.mark.parametrize("weights", [*WEIGHTS, "ordinal"])
SKILLS = np.array([0.9, 0.8, 0.6, 0.5, 0.0])


def crowd(rng: np.random.Generator, *, tasks: int, share: float = 1.0) -> Any:
    """(task, worker, label) of five workers with `SKILLS`, each of whom answers a share of the
    tasks."""
    answers = np.argwhere(rng.random((tasks, len(SKILLS))) < share)
    truth = rng.integers(4, size=tasks)
    knows = rng.random(len(answers)) < SKILLS[answers[:, 1]]
    labels = np.where(knows, truth[answers[:, 0]], rng.integers(4, size=len(answers)))
    return np.column_stack([answers, labels])


def both(first: Any, second: Any) -> tuple[Any, Any, Any]:
    """Two raters' answers as rows of tasks, workers and labels."""
    tasks = np.arange(len(first))
    return np.append(tasks, tasks), np.repeat([0, 1], len(first)), np.append(first, second)


def assert_same(one: Intervals, other: Intervals) -> None:
    for name in ("value", "low", "high"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=1e-12)


@every
def test_two_workers_each_have_cohens_kappa(weights):
    first, second = two_raters(np.random.default_rng(0), 300)

    workers = worker_agreement(*both(first, second), weights=weights)
    pairs = pairwise_kappas(*both(first, second), weights=weights)

    expected = measure_two(first, second, np.random.default_rng(0), weights=weights)
    np.testing.assert_allclose(workers.kappa.value, expected.cohen_kappa.value)
    np.testing.assert_allclose(workers.percent_agreement.value, expected.percent_agreement.value)
    np.testing.assert_allclose(pairs.cohen_kappa.value, expected.cohen_kappa.value)
    assert pairs.mean.value == pytest.approx(expected.cohen_kappa.value)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_intervals_of_two_workers_are_the_published_ones(weights):
    first, second = two_raters(np.random.default_rng(0), 300)

    workers = worker_agreement(*both(first, second), weights=weights)
    pairs = pairwise_kappas(*both(first, second), weights=weights)

    expected = inter_rater.cohens_kappa(table_of(first, second), wt=WEIGHTS[weights])
    for low, high in (
        (workers.kappa.low, workers.kappa.high),
        (pairs.cohen_kappa.low, pairs.cohen_kappa.high),
        (pairs.mean.low, pairs.mean.high),
    ):
        np.testing.assert_allclose(low, expected.kappa_low, atol=1e-6)
        np.testing.assert_allclose(high, expected.kappa_upp, atol=1e-6)


def test_a_workers_agreement_is_the_one_worked_out_by_hand():
    tasks, workers, labels = [0, 0, 0, 1, 1, 2, 3, 3], [0, 1, 2, 0, 1, 0, 1, 2], [0, 0, 1, 1, 1, 0, 0, 0]

    agreement = worker_agreement(tasks, workers, labels, n_workers=4)

    assert agreement.answers.tolist() == [2, 3, 2, 0]
    np.testing.assert_allclose(agreement.percent_agreement.value, [3 / 4, 5 / 6, 1 / 2, np.nan])
    # by chance: worker 0 gave 1/2, 1/2 and met 1/4, 3/4; worker 1 gave 2/3, 1/3 and met 1/2, 1/2;
    # worker 2 met only 0
    np.testing.assert_allclose(agreement.kappa.value, [1 / 2, 2 / 3, 0, np.nan])


@every
def test_every_pair_has_the_kappa_of_its_common_tasks(weights):
    rows = crowd(np.random.default_rng(0), tasks=60, share=0.6)

    pairs = pairwise_kappas(*rows.T, weights=weights, min_common=20)

    table = np.full((60, 5), -1)
    table[rows[:, 0], rows[:, 1]] = rows[:, 2]
    expected = {}
    for first in range(5):
        for second in range(first + 1, 5):
            common = table[(table[:, [first, second]] >= 0).all(axis=1)][:, [first, second]]
            if len(common) >= 20:
                one, other = common.T
                two = measure_two(one, other, np.random.default_rng(0), weights=weights, n_classes=4, resamples=1)
                expected[first, second] = (len(common), two.cohen_kappa.value, two.percent_agreement.value)
    assert 0 < len(expected) < 10
    assert list(expected) == list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    measured = np.stack([pairs.common, pairs.cohen_kappa.value, pairs.percent_agreement.value], axis=1)
    np.testing.assert_allclose(measured, list(expected.values()))
    assert pairs.mean.value == pytest.approx(np.mean([kappa for _, kappa, _ in expected.values()]))


def test_names_of_workers_and_order_of_votes_do_not_matter():
    rng = np.random.default_rng(0)
    rows = crowd(rng, tasks=100, share=0.5)
    name = rng.permutation(5)
    renamed = np.column_stack([rows[:, 0], name[rows[:, 1]], rows[:, 2]])[rng.permutation(len(rows))]

    one, other = (worker_agreement(*each.T) for each in (rows, renamed))
    before, after = (pairwise_kappas(*each.T) for each in (rows, renamed))

    assert_same(one.kappa, Intervals(other.kappa.value[name], other.kappa.low[name], other.kappa.high[name]))
    assert one.answers.tolist() == other.answers[name].tolist()
    assert (before.mean.value, before.mean.low, before.mean.high) == pytest.approx(
        (after.mean.value, after.mean.low, after.mean.high)
    )


def test_better_workers_agree_more_and_guessing_is_no_agreement():
    agreement = worker_agreement(*crowd(np.random.default_rng(0), tasks=2000).T)

    assert (np.diff(agreement.kappa.value) < 0).all()
    assert (agreement.kappa.low[:4] > 0.2).all()
    assert agreement.kappa.low[4] < 0 < agreement.kappa.high[4]


def test_always_the_same_class_is_no_agreement_however_common_it_is():
    rng = np.random.default_rng(0)
    labels = (rng.random(500) < 0.1).astype(int)

    agreement = worker_agreement(*both(np.zeros(500, dtype=int), labels))

    assert agreement.percent_agreement.value[0] > 0.85
    assert agreement.kappa.value[0] == pytest.approx(0, abs=1e-12)


def test_workers_who_agree_have_kappa_one():
    labels = np.arange(30) % 3

    assert_same(worker_agreement(*both(labels, labels)).kappa, Intervals(*np.ones((3, 2))))
    assert pairwise_kappas(*both(labels, labels)).mean.low == 1


def test_intervals_hold_the_value_of_many_tasks_about_as_often_as_they_say():
    rng = np.random.default_rng(0)
    many = crowd(rng, tasks=100_000, share=0.8)
    truth, mean = worker_agreement(*many.T).kappa.value, pairwise_kappas(*many.T).mean.value

    held, mean_held = np.zeros(5), 0
    for _ in range(200):
        rows = crowd(rng, tasks=80, share=0.8)
        kappa, pairs = worker_agreement(*rows.T).kappa, pairwise_kappas(*rows.T)
        held += (kappa.low <= truth) & (truth <= kappa.high)
        mean_held += pairs.mean.low <= mean <= pairs.mean.high

    assert ((held >= 178) & (held <= 200)).all()
    assert 178 <= mean_held <= 200


def test_a_pair_without_variation_is_left_out_of_the_mean():
    rows = [(task, worker, label) for task in range(10) for worker, label in ((0, 0), (1, 0), (2, task % 2))]

    pairs = pairwise_kappas(*np.array(rows).T)

    assert np.isnan(pairs.cohen_kappa.value).tolist() == [True, False, False]
    assert pairs.mean.value == 0


def test_nobody_who_shares_enough_tasks_gives_no_pairs():
    pairs = pairwise_kappas([0, 0, 1], [0, 1, 0], [0, 0, 0], min_common=2)
    nothing = worker_agreement([], [], [], n_workers=2)

    assert pairs.common.size == 0
    assert np.isnan([pairs.mean.value, pairs.mean.low, pairs.mean.high]).all()
    assert np.isnan(nothing.kappa.value).tolist() == [True, True]


@pytest.mark.parametrize("figures", [worker_agreement, pairwise_kappas])
@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        ([0], {}, "labels has 1"),
        ([0, -1], {}, r"labels\[1\] is -1"),
        ([0, 3], {"n_classes": 2}, r"labels\[1\] is 3, but n_classes is 2"),
        ([0, 1], {"weights": "cubic"}, "got 'cubic'"),
    ],
)
def test_bad_codes_are_refused(figures, labels, options, message):
    with pytest.raises(ValueError, match=message):
        figures([0, 0], [0, 1], labels, **options)
