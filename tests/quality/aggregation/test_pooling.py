from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation.ensemble import company
from quality.aggregation.pooling import Pool, learn_pool

EVEN = Pool(np.array([0.5, 0.5]), np.zeros(2))


def certain(labels: Any, probability: float = 0.9) -> npt.NDArray[np.float64]:
    posterior = np.full((len(labels), 2), 1 - probability)
    posterior[np.arange(len(labels)), labels] = probability
    return posterior


def test_members_that_agree_are_believed_and_members_that_disagree_are_not():
    one, other = certain([0, 0]), certain([0, 1])

    joined = EVEN.join([one, other], np.ones(2))

    assert joined[0, 0] > 0.85
    np.testing.assert_allclose(joined[1], 0.5)


def test_power_takes_each_task_towards_even_odds():
    joined = EVEN.join([certain([0, 0]), certain([0, 0])], np.array([1.0, 0.5]))

    odds = joined[:, 0] / joined[:, 1]
    np.testing.assert_allclose(odds[1], np.sqrt(odds[0]))


def test_one_member_cannot_veto():
    joined = EVEN.join([np.array([[1.0, 0.0]]), np.array([[0.4, 0.6]])], np.ones(1))

    assert 0.01 < joined[0, 1] < 0.5


def test_known_answers_shift_weight_to_the_member_that_is_right():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=200).astype(np.int32)
    right, guessing = certain(truth), certain(rng.integers(2, size=200))

    learnt = learn_pool(EVEN, [right, guessing], np.ones(200), truth)

    assert learnt.weights[0] > 2 * learnt.weights[1]
    np.testing.assert_allclose(learnt.weights.sum(), 1)


def test_known_answers_make_an_overconfident_pool_less_sharp():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=400).astype(np.int32)
    sure = certain(np.where(rng.random(400) < 0.7, truth, 1 - truth), 0.99)

    learnt = learn_pool(EVEN, [sure, sure], np.ones(400), truth)

    confidence = learnt.join([sure, sure], np.ones(400)).max(axis=1)
    assert abs(confidence.mean() - 0.7) < 0.05


def test_known_answers_tell_that_only_unanimous_votes_can_be_believed():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=400).astype(np.int32)
    agreed = rng.random(400) < 0.5
    given = np.where(rng.random(400) < np.where(agreed, 0.95, 0.55), truth, 1 - truth)
    shares = np.where(agreed[:, None], certain(given, 1.0), certain(given, 0.6))

    learnt = learn_pool(EVEN, [shares, certain(given, 0.85)], np.ones(400), truth)

    confidence = learnt.join([shares, certain(given, 0.85)], np.ones(400)).max(axis=1)
    assert learnt.contrast > 0.3
    assert abs(confidence[agreed].mean() - 0.95) < 0.05
    assert abs(confidence[~agreed].mean() - 0.55) < 0.1


def test_known_answers_correct_a_class_that_is_overrated():
    rng = np.random.default_rng(0)
    truth = (rng.random(400) < 0.2).astype(np.int32)
    leaning = np.tile([0.45, 0.55], (400, 1))

    learnt = learn_pool(EVEN, [leaning, leaning], np.ones(400), truth)

    assert learnt.join([leaning, leaning], np.ones(400))[0, 0] > 0.7


def test_a_handful_of_known_answers_moves_the_pool_only_a_little():
    learnt = learn_pool(EVEN, [certain([0, 1]), certain([1, 1])], np.ones(2), np.array([0, 1], dtype=np.int32))

    np.testing.assert_allclose(learnt.weights, 0.5, atol=0.2)
    assert 0.8 < learnt.sharpness < 1.25


def test_gradient_of_what_is_minimised_is_right():
    rng = np.random.default_rng(0)
    members = [rng.dirichlet([1, 1, 1], 30) for _ in range(3)]
    truth = rng.integers(3, size=30).astype(np.int32)
    default = Pool(np.array([0.2, 0.3, 0.5]), np.zeros(3))

    learnt = learn_pool(default, members, np.ones(30), truth)

    def loss(weights: npt.NDArray[np.float64], sharpness: float) -> float:
        posterior = Pool(weights / weights.sum(), learnt.offsets, sharpness).join(members, np.ones(30))
        log_weights = np.log(weights / weights.sum() / default.weights)
        log_weights -= np.median(log_weights)
        likelihood = np.log(posterior[np.arange(30), truth]).sum()
        learnt_here = np.concatenate([log_weights, learnt.offsets, [np.log(sharpness)]])
        return float(3 * np.sqrt(learnt_here**2 + 0.01).sum() - likelihood)

    best = loss(learnt.weights, learnt.sharpness)
    for _ in range(50):
        nearby = learnt.weights * np.exp(0.05 * rng.normal(size=3))
        assert best <= loss(nearby, learnt.sharpness * np.exp(0.05 * rng.normal())) + 1e-4


def test_a_member_that_stands_alone_has_little_company_and_ties_have_no_favourite():
    right, collapsed, tied = certain([0, 1, 0, 1]), certain([0, 0, 0, 0]), np.full((4, 2), 0.5)

    of_right, of_others, of_collapsed = company([right, right, collapsed], np.array([1.0, 0.75, 0.75]))
    mirrored = company([each[:, ::-1] for each in (right, collapsed, tied)], np.array([1.0, 0.5, 0.5]))

    assert (of_right, of_others, of_collapsed) == (1.0, 1.0, 0.5)
    np.testing.assert_array_equal(company([right, collapsed, tied], np.array([1.0, 0.5, 0.5])), mirrored)
