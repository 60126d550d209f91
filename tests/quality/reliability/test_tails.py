import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from quality.reliability.tails import EXACT, binomial_tail, upper_tail


def convolved(chances: list[float], successes: int) -> float:
    distribution = np.ones(1)
    for chance in chances:
        distribution = np.convolve(distribution, [1 - chance, chance])
    return float(distribution[successes:].sum())


@settings(max_examples=100)
@given(groups=st.lists(st.lists(st.floats(0, 1), max_size=8), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_tails_are_those_of_the_convolved_trials_in_any_order(groups, seed):
    rng = np.random.default_rng(seed)
    successes = np.array([rng.integers(len(chances) + 1) for chances in groups])
    trial = np.repeat(np.arange(len(groups)), [len(chances) for chances in groups])
    order = rng.permutation(len(trial))
    chances = np.array([chance for group in groups for chance in group])

    tails = upper_tail(trial[order], chances[order], successes)

    assert tails == pytest.approx([convolved(*each) for each in zip(groups, successes, strict=True)], abs=1e-12)


def test_tiny_tails_keep_their_precision():
    assert upper_tail(np.zeros(20, dtype=int), np.full(20, 1e-3), np.array([20])) == pytest.approx([1e-60])


def test_large_numbers_have_nearly_the_exact_tail():
    chances = np.random.default_rng(0).uniform(0.1, 0.6, 400)

    for successes, error in ((EXACT + 1, 1e-3), (140, 1e-3), (160, 0.03), (200, 0.3)):
        tail = upper_tail(np.zeros(400, dtype=int), chances, np.array([successes]))[0]
        assert tail == pytest.approx(convolved(chances.tolist(), successes), rel=error)


def test_equal_chances_make_the_binomial_distribution():
    tails = upper_tail(np.repeat([0, 1], 300), np.full(600, 0.4), np.array([130, 30]))

    assert tails == pytest.approx([binom.sf(129, 300, 0.4), binom.sf(29, 300, 0.4)])


def test_groups_without_trials_have_no_surprise():
    assert upper_tail(np.array([2]), np.array([0.5]), np.array([0, 0, 1])).tolist() == [1, 1, 0.5]
    assert upper_tail(np.zeros(0, dtype=int), np.zeros(0), np.zeros(0, dtype=int)).size == 0


def test_tail_by_moments_is_that_of_the_binomial_distribution_from_none_to_all():
    successes = np.arange(21)
    tails = binomial_tail(np.full(21, 20 * 0.3), np.full(21, 20 * 0.3 * 0.7), successes)

    assert tails == pytest.approx(binom.sf(successes - 1, 20, 0.3))
