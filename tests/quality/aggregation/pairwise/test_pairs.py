"""What is believed of each pair, and how far scores may be off."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from quality.aggregation.pairwise import EQUAL, LEFT, METHODS, RIGHT, BradleyTerry, Comparisons
from quality.aggregation.pairwise.gains import STRANGERS, gains
from quality.aggregation.pairwise.pairs import PairJudge
from quality.aggregation.pairwise.spreads import spreads

ITEMS, WORKERS = 30, 20


def drawn(seed: int, pairs: int = 200, each: int = 5) -> tuple[Comparisons, Any, Any]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 1.5, ITEMS)
    left = rng.integers(0, ITEMS, pairs)
    right = (left + rng.integers(1, ITEMS, pairs)) % ITEMS
    ahead = scores[left] - scores[right]
    truth = np.where(np.abs(ahead) < 0.3, EQUAL, np.where(ahead > 0, LEFT, RIGHT))
    task = np.repeat(np.arange(pairs), each)
    worker = np.concatenate([rng.choice(WORKERS, each, replace=False) for _pair in range(pairs)])
    accuracy = rng.uniform(0.5, 0.95, WORKERS)[worker]
    wrong = (truth[task] + rng.integers(1, 3, len(task))) % 3
    answer = np.where(rng.random(len(task)) < accuracy, truth[task], wrong)
    sizes: dict[str, Any] = {"n_items": ITEMS, "n_workers": WORKERS}
    return Comparisons.from_codes(task, worker, answer, left=left, right=right, **sizes), scores, truth


def learnt(comparisons: Comparisons) -> tuple[PairJudge, Any]:
    return PairJudge.learnt(comparisons, comparisons.votes, METHODS["auto"].build().fit(comparisons))


@pytest.mark.parametrize("seed", range(3))
def test_labels_are_no_worse_than_the_majority_and_about_as_sure_as_right(seed: int) -> None:
    comparisons, _scores, truth = drawn(seed)
    _judge, posterior = learnt(comparisons)
    right = posterior.argmax(axis=1) == truth
    assert right.mean() >= (comparisons.votes.counts().argmax(axis=1) == truth).mean()
    assert posterior.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.06)
    np.testing.assert_allclose(posterior.sum(axis=1), 1)


def test_what_a_fit_has_learnt_says_the_same_again() -> None:
    comparisons, _scores, _truth = drawn(0)
    judge, posterior = learnt(comparisons)
    everybody = judge.of_items(np.arange(ITEMS)).of_workers(np.arange(WORKERS))
    np.testing.assert_array_equal(everybody.posterior(comparisons, comparisons.votes), posterior)


def test_sides_are_alike() -> None:
    comparisons, _scores, _truth = drawn(1)
    votes = comparisons.votes
    turned = Comparisons.from_codes(
        votes.tasks,
        votes.workers,
        np.array([RIGHT, LEFT, EQUAL])[votes.labels],
        left=comparisons.right,
        right=comparisons.left,
        n_items=ITEMS,
        n_workers=WORKERS,
    )
    np.testing.assert_allclose(learnt(comparisons)[1], learnt(turned)[1][:, [RIGHT, LEFT, EQUAL]], atol=1e-6)


def test_intervals_hold_the_true_score_as_often_as_they_say() -> None:
    inside = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        scores = rng.normal(0, 1, ITEMS)
        left = rng.integers(0, ITEMS, 400)
        right = (left + rng.integers(1, ITEMS, 400)) % ITEMS
        answer = np.where(rng.random(400) < expit(scores[left] - scores[right]), LEFT, RIGHT)
        comparisons = Comparisons.from_codes(
            np.arange(400), rng.integers(0, WORKERS, 400), answer, left=left, right=right, n_items=ITEMS
        )
        fit = BradleyTerry().fit(comparisons)
        spread = spreads(comparisons, fit.scores, np.ones(comparisons.n_workers))
        inside.append(np.abs(fit.scores - scores) < 1.96 * spread)
    assert 0.92 < np.mean(inside) <= 1


def test_nearest_and_least_known_say_most() -> None:
    ahead, variance = np.array([0.0, 2.0, 0.0, 0.0]), np.array([STRANGERS, STRANGERS, 1.0, 0.0])
    found = gains(ahead, variance)
    assert (found[0], found[3]) == (1.0, 0.0)
    assert found[0] > found[1]
    assert found[0] > found[2] > found[3]
