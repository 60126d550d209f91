from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.aggregation import Votes
from quality.reliability import Copying, find_copying, mistakes
from quality.reliability.beliefs import Beliefs
from quality.reliability.copying import Comparisons
from tests.quality.datasets import read_votes
from tests.quality.reliability.crowd import CLASSES, Answers, with_ring

CROWDS: dict[str, dict[str, Any]] = {"plain": {}, "hard tasks": {"hard": 0.25}, "one class": {"constant": 4}}


def copying(crowd: Answers) -> Copying:
    return find_copying(crowd.votes, crowd.posterior)


@pytest.mark.parametrize("options", CROWDS.values(), ids=CROWDS)
def test_pairs_of_a_ring_are_found_and_honest_pairs_left_alone(options):
    """Pairs share 38 tasks on average."""
    found, false, taken = [], 0, 0
    for seed in range(6):
        evidence = copying(with_ring(np.random.default_rng(seed), n_tasks=3000, **options))
        of_ring, flagged = (evidence.pairs < 5).all(axis=1), evidence.q <= 0.05
        found.append(flagged[of_ring].mean())
        false, taken = false + (flagged & ~of_ring).sum(), taken + flagged.sum()

    assert np.mean(found) >= 0.9
    assert false <= 0.05 * taken


@pytest.mark.parametrize("options", [{"hard": 0.3}, {"constant": 6}, {"hard": 0.5, "constant": 4}])
def test_crowds_without_a_ring_are_left_alone(options):
    crowds = [copying(with_ring(np.random.default_rng(seed), ring=0, n_tasks=1600, **options)) for seed in range(4)]

    p = np.concatenate([crowd.p for crowd in crowds])
    assert sum((crowd.q <= 0.05).sum() for crowd in crowds) == 0
    for level in (0.01, 0.05, 0.2):
        assert (p <= level).mean() <= level + 3 * np.sqrt(level / len(p))


def test_a_ring_is_named_as_a_whole_where_single_pairs_are_in_doubt():
    """Pairs share 31 tasks on average, some only 20."""
    crowds = [copying(with_ring(np.random.default_rng(seed), n_tasks=2400, hard=0.25)) for seed in range(6)]

    joined = [pair for crowd in crowds for ring in crowd.rings for pair in combinations(ring, 2)]
    true = sum(max(pair) < 5 for pair in joined)
    assert true >= 0.9 * 10 * len(crowds)
    assert len(joined) - true <= 0.05 * len(joined)


def test_right_answers_that_agree_are_no_evidence():
    rng = np.random.default_rng(0)
    truth = rng.integers(CLASSES, size=200)
    votes = Votes.from_codes(np.repeat(np.arange(200), 5), np.tile(np.arange(5), 200), np.repeat(truth, 5))

    evidence = find_copying(votes, np.eye(CLASSES)[truth])

    assert evidence.shared.tolist() == [0] * 10
    assert (evidence.p == 1).all()


def test_known_answers_show_a_ring_that_is_the_majority():
    """Three of the five workers copy, so that the crowd believes their mistakes."""
    rng = np.random.default_rng(0)
    truth = rng.integers(CLASSES, size=200)
    copied = np.where(rng.random(200) < 0.7, truth, (truth + 1 + rng.integers(3, size=200)) % CLASSES)
    honest = [np.where(rng.random(200) < 0.8, truth, rng.integers(CLASSES, size=200)) for _ in range(2)]
    columns = np.tile(np.arange(200), 5), np.repeat(np.arange(5), 200), np.concatenate([*honest, *[copied] * 3])

    evidence = find_copying(Votes.from_codes(*columns, known=truth), np.eye(CLASSES)[truth])

    assert evidence.rings == ((2, 3, 4),)
    assert evidence.shared[-1] == (copied != truth).sum()


def test_a_ring_that_gives_half_of_the_answers_cannot_hide_its_mistakes():
    """Five accounts of one person make a wrong answer of two look right wherever one honest worker
    errs, too."""
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        truth = rng.integers(2, size=900)
        honest = np.argsort(rng.random((900, 40)), axis=1)[:, :5]
        right = rng.random((900, 5)) < rng.uniform(0.7, 0.95, 40)[honest]
        ring = np.repeat(np.where(rng.random(100) < 0.7, truth[:100], 1 - truth[:100]), 5)
        tasks = np.append(np.repeat(np.arange(900), 5), np.repeat(np.arange(100), 5))
        workers = np.append(honest.ravel(), np.tile(np.arange(40, 45), 100))
        answers = np.append(np.where(right, truth[:, None], 1 - truth[:, None]).ravel(), ring)
        votes = Votes.from_codes(tasks, workers, answers)
        found.append(find_copying(votes, votes.counts() / votes.per_task[:, None]).rings)

    assert found.count(((40, 41, 42, 43, 44),)) >= 11


def test_honest_workers_are_no_ring_where_a_third_of_the_crowd_guesses():
    """Leave most of the honest out of consensus, and the guesses of the others make them look wrong
    together."""
    for seed in range(12):
        rng = np.random.default_rng([seed, 7])
        truth = rng.integers(CLASSES, size=400)
        workers = np.argsort(rng.random((400, 20)), axis=1)[:, :5]
        right = rng.random((400, 5)) < np.append(rng.uniform(0.7, 0.95, 13), np.full(7, 1 / CLASSES))[workers]
        answers = np.where(right, truth[:, None], (truth[:, None] + rng.integers(1, CLASSES, (400, 5))) % CLASSES)
        votes = Votes.from_codes(np.repeat(np.arange(400), 5), workers.ravel(), answers.ravel())

        rings = find_copying(votes, votes.counts() / 5).rings
        assert max(map(len, rings), default=0) <= 2  # a pair may be a false alarm


@settings(max_examples=5)
@given(seed=st.integers(0, 99))
def test_names_of_workers_and_order_of_votes_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    crowd = with_ring(np.random.default_rng(0), n_tasks=800)
    posterior, names, rows = crowd.posterior, rng.permutation(40), rng.permutation(len(crowd.tasks))
    other = Answers(crowd.tasks[rows], names[crowd.workers[rows]], crowd.labels[rows], crowd.truth)

    one, two = (square(find_copying(each.votes, posterior)) for each in (crowd, other))

    np.testing.assert_allclose(two[np.ix_(names, names)], one, rtol=1e-6)


def square(evidence: Copying) -> np.ndarray:
    p = np.ones((40, 40))
    p[evidence.pairs[:, 0], evidence.pairs[:, 1]] = p[evidence.pairs[:, 1], evidence.pairs[:, 0]] = evidence.p
    return p


@pytest.mark.parametrize("limits", [{"CERTAIN": np.inf, "ROUNDING": np.inf}, {"BLOCK": 500}], ids=["slow", "blocks"])
def test_what_leaving_two_out_cannot_change_is_left_out_of_the_work_only(monkeypatch, limits):
    """30 workers answer nearly every one of 60 tasks, the first six as a ring; some votes weigh
    more."""
    rng = np.random.default_rng(3)
    truth, source = rng.integers(CLASSES, size=(2, 60))
    answers = np.where(rng.random((60, 30)) < 0.75, truth[:, None], rng.integers(CLASSES, size=(60, 30)))
    answers[:, :6] = np.where(rng.random(60) < 0.5, truth, source)[:, None]
    cells = rng.permutation(1800)[:1700]
    votes = Votes.from_codes(
        cells // 30, cells % 30, answers.ravel()[cells], weights=rng.choice([0.5, 1, 1, 2], len(cells))
    )
    posterior = votes.counts() / votes.counts().sum(axis=1, keepdims=True)
    quick = find_copying(votes, posterior)

    for name, value in limits.items():
        monkeypatch.setattr(mistakes, name, value)
    slow = find_copying(votes, posterior)

    assert (quick.shared.tolist(), quick.rings) == (slow.shared.tolist(), slow.rings)
    assert quick.rings == ((0, 1, 2, 3, 4, 5),)
    np.testing.assert_allclose(quick.expected, slow.expected, rtol=1e-12)
    np.testing.assert_allclose(quick.p, slow.p, rtol=1e-11)


def test_pairs_of_regrouped_workers_are_compared_again_and_the_others_need_not_be():
    """Between the groupings, 1 gets another partner, 2 and 4 lose theirs, and 7 to 9 stay
    together."""
    crowd = with_ring(np.random.default_rng(1), n_tasks=800)
    beliefs, compared = Beliefs.of(crowd.votes, crowd.posterior), np.arange(len(crowd.tasks))
    pairs = np.array(list(combinations(range(40), 2)))
    before, after = np.arange(40), np.arange(40)
    before[[2, 5, 8, 9]] = 1, 4, 7, 7
    after[[3, 8, 9]] = 1, 7, 7

    again, anew = Comparisons(pairs, compared), Comparisons(pairs, compared)
    again.under(beliefs.grouped(before), before)

    for kept, computed in zip(*(each.under(beliefs.grouped(after), after) for each in (again, anew)), strict=True):
        np.testing.assert_allclose(kept, computed, rtol=1e-12)


def test_only_pairs_that_share_tasks_are_compared():
    votes = Votes.from_codes([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 2, 3], [0, 0, 1, 1, 0, 1])

    evidence = find_copying(votes, np.full((3, 2), 0.5), common=2)

    assert (evidence.pairs.tolist(), evidence.common.tolist()) == ([[0, 1]], [2])
    assert find_copying(votes, np.full((3, 2), 0.5)).pairs.shape == (0, 2)


def test_no_votes_make_no_pairs():
    evidence = find_copying(Votes.from_codes([], [], []), np.zeros((0, 1)))

    assert (evidence.pairs.shape, evidence.q.shape, evidence.rings) == ((0, 2), (0,), ())


@pytest.mark.parametrize("options", [{"level": 0.0}, {"level": 1.0}, {"common": 0}])
def test_impossible_settings_are_refused(options):
    with pytest.raises(ValueError, match="level must be between 0 and 1 and common at least 1"):
        find_copying(Votes.from_codes([0], [0], [0]), [[1.0]], **options)


@pytest.mark.parametrize("name", ["rte", "dog", "face", "bluebird"])
def test_published_crowds_are_not_full_of_copiers(name):
    votes, _ = read_votes(name)
    posterior = votes.counts() / votes.per_task[:, None]

    evidence = find_copying(votes, posterior)

    assert (evidence.q <= 0.05).mean() < 0.01
