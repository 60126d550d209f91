import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.reliability import find_patterns
from tests.quality.reliability.crowd import honest_labels


@pytest.mark.parametrize(("pattern", "period"), [("AB", 2), ("ABC", 3), ("ABCDCB", 6), ("AABB", 4)])
def test_cycles_are_found_with_their_period(pattern, period):
    answers = [ord(letter) - ord("A") for letter in (pattern * 30)[:30]]

    found = find_patterns([0] * 30, answers)

    assert found.period[0] == period
    assert found.repeated[0] == 30 - period
    assert found.q[0] < 1e-6


def test_long_runs_are_found():
    found = find_patterns([0] * 40, [0] * 10 + [1] * 10 + [2] * 10 + [0] * 10)

    assert (found.period[0], found.repeated[0]) == (1, 36)
    assert found.p[0] < 1e-9


def test_one_answer_to_everything_has_no_pattern_that_shuffling_would_end():
    found = find_patterns([0] * 30, [2] * 30)

    assert found.p[0] == 1


def test_expected_repeats_are_those_of_shuffling():
    """Three A and two B: 8 of the 20 ordered pairs are equal, and there are 4 neighbours."""
    found = find_patterns([0] * 5, [0, 1, 0, 1, 0], longest=1)

    assert (found.repeated[0], found.expected[0]) == (0, pytest.approx(4 * 8 / 20))


def test_workers_are_not_blamed_for_the_order_of_tasks():
    """Tasks come sorted by class: honest answers come in runs."""
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(4), 15)
    answers = np.concatenate([honest_labels(rng, truth, np.full(60, 0.8)) for _ in range(200)])
    workers, labels = np.repeat(np.arange(200), 60), np.tile(truth, 200)

    blamed, understood = find_patterns(workers, answers), find_patterns(workers, answers, labels=labels)

    assert (blamed.q <= 0.05).mean() > 0.9
    assert (understood.q <= 0.05).mean() < 0.01


def test_bots_are_found_whatever_the_order_of_tasks():
    labels = np.repeat(np.arange(4), 15)

    found = find_patterns([0] * 60, np.arange(60) % 4, labels=labels)

    assert found.p[0] < 1e-9


@pytest.mark.parametrize("level", [0.05, 0.2, 0.5])
def test_shuffled_answers_have_uniform_p_values(level):
    rng = np.random.default_rng(0)
    workers, answers = np.repeat(np.arange(2000), 200), rng.integers(4, size=400_000)

    p = find_patterns(workers, answers, longest=1, tolerance=0.0).p

    share = (p <= level).mean()
    assert 0.7 * level < share <= level + 3 * np.sqrt(level / 2000)


@pytest.mark.parametrize("shares", [[0.9, 0.1], [0.7, 0.1, 0.1, 0.1]])
def test_p_values_are_cautious_where_answers_are_unequally_frequent(shares):
    rng = np.random.default_rng(0)
    workers, answers = np.repeat(np.arange(2000), 60), rng.choice(len(shares), size=120_000, p=shares)

    p = find_patterns(workers, answers, tolerance=0.0).p

    assert (p <= 0.05).mean() <= 0.05 + 3 * np.sqrt(0.05 / 2000)


@settings(max_examples=30)
@given(rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=40), seed=st.integers(0, 99))
def test_names_of_workers_and_answers_do_not_matter(rows, seed):
    rng = np.random.default_rng(seed)
    workers, answers = np.array(rows, dtype=int).reshape(-1, 2).T
    who, what = rng.permutation(4), rng.permutation(3)

    one = find_patterns(workers, answers, n_workers=4)
    other = find_patterns(who[workers], what[answers], n_workers=4)

    np.testing.assert_allclose(other.p[who], one.p)
    np.testing.assert_array_equal(other.repeated[who][one.p < 1], one.repeated[one.p < 1])


@pytest.mark.parametrize(
    ("workers", "answers", "options", "message"),
    [
        ([0, 1], [0], {}, "answers has 1"),
        ([0], [-1], {}, r"answers\[0\] is -1"),
        ([0], [0], {"longest": 0}, "longest must be at least 1"),
        ([0], [0], {"tolerance": 1.0}, "tolerance from 0 to below 1"),
        ([3], [0], {"n_workers": 2}, "n_workers is 2"),
    ],
)
def test_bad_columns_and_settings_are_refused(workers, answers, options, message):
    with pytest.raises(ValueError, match=message):
        find_patterns(workers, answers, **options)
