"""Bots among honest workers: 30 answers each, 4 classes, 5 answers a task."""

import numpy as np
import pytest

from quality.aggregation import Votes
from quality.reliability import find_constant, find_guessing, find_patterns
from tests.quality.reliability.crowd import CLASSES, Answers, with_bots, with_ring

HONEST = 20


def flagged(crowd: Answers) -> dict[str, np.ndarray]:
    """(workers,) by each test."""
    posterior = crowd.posterior
    believed = posterior.argmax(axis=1)[crowd.tasks]
    return {
        "random": find_guessing(crowd.votes, posterior).posterior > 0.5,
        "constant": find_constant(crowd.votes, posterior).q <= 0.05,
        "cyclic": find_patterns(crowd.workers, crowd.labels, labels=believed).q <= 0.05,
    }


@pytest.mark.parametrize("kind", ["random", "constant", "cyclic"])
def test_thirty_answers_give_bots_away_and_few_honest_workers(kind):
    crowds = [flagged(with_bots(np.random.default_rng(seed), kind)) for seed in range(40)]

    found = np.mean([crowd[kind][HONEST:].mean() for crowd in crowds])
    accused = np.mean([np.any(list(crowd.values()), axis=0)[:HONEST].mean() for crowd in crowds])

    assert found >= 0.95
    assert accused <= 0.02


def test_each_kind_of_bot_is_told_from_the_others():
    constant, random = (flagged(with_bots(np.random.default_rng(0), kind)) for kind in ("constant", "random"))

    assert constant["random"][HONEST:].all()
    assert not constant["cyclic"][HONEST:].any()
    assert not (random["constant"] | random["cyclic"])[HONEST:].any()


def test_knowledge_is_measured_with_its_uncertainty():
    crowd = with_bots(np.random.default_rng(1), "random", each=200)
    right = crowd.labels == crowd.truth[crowd.tasks]
    accuracy = np.bincount(crowd.workers, right) / np.bincount(crowd.workers)
    known = (accuracy - 1 / CLASSES) / (1 - 1 / CLASSES)

    guessing = find_guessing(crowd.votes, crowd.posterior)

    np.testing.assert_allclose(guessing.knowledge[:HONEST], known[:HONEST], atol=0.1)
    assert (guessing.knowledge[HONEST:] < 0.1).all()
    assert ((guessing.low <= guessing.knowledge) & (guessing.knowledge <= guessing.high)).all()
    assert guessing.q[HONEST:].max() < 0.01


def test_who_always_swaps_two_classes_does_not_guess():
    rng = np.random.default_rng(0)
    truth, accuracy = rng.integers(2, size=60), np.full(60, 0.9)
    answers = [np.where(rng.random(60) < accuracy, truth, 1 - truth) for _ in range(6)]
    answers.append(1 - truth)
    votes = Votes.from_codes(np.tile(np.arange(60), 7), np.repeat(np.arange(7), 60), np.concatenate(answers))

    posterior = np.eye(2)[truth]

    assert find_guessing(votes, posterior).posterior[-1] < 0.01


def test_a_share_of_alarms_is_false_as_announced():
    false, announced = 0.0, 0.0
    for seed in range(40):
        crowd = with_bots(np.random.default_rng(100 + seed), "random", bots=10)
        guessing = find_guessing(crowd.votes, crowd.posterior)
        taken = guessing.posterior > 0.5
        false += taken[:HONEST].sum()
        announced += (1 - guessing.posterior[taken]).sum()

    assert false == pytest.approx(announced, rel=0.5)


def test_the_favourite_class_and_its_numbers_are_told():
    crowd = with_bots(np.random.default_rng(0), "constant")

    constancy = find_constant(crowd.votes, crowd.posterior)

    bots = np.arange(HONEST, HONEST + 5)
    np.testing.assert_array_equal(constancy.favourite[bots], bots % CLASSES)
    assert (constancy.given[bots] == 30).all()
    assert ((constancy.expected[bots] > 2) & (constancy.expected[bots] < 15)).all()


def test_a_common_class_is_no_ones_favourite():
    """All tasks are of one class: to give it always is right."""
    votes = Votes.from_codes(np.repeat(np.arange(60), 5), np.tile(np.arange(5), 60), [0] * 300, n_classes=2)

    constancy = find_constant(votes, np.tile([1.0, 0.0], (60, 1)))

    assert constancy.p.min() > 0.5


@pytest.mark.parametrize("level", [0.01, 0.05, 0.2])
def test_honest_workers_are_rarely_surprising(level):
    crowd = with_ring(np.random.default_rng(0), ring=0, n_tasks=1600)

    p = find_constant(crowd.votes, crowd.posterior, tolerance=0.0).p

    assert (p <= level).mean() <= level + 3 * np.sqrt(level / len(p))


@pytest.mark.parametrize("find", [find_guessing, find_constant])
def test_order_of_workers_and_of_votes_does_not_matter(find):
    crowd = with_bots(np.random.default_rng(3), "random")
    rng = np.random.default_rng(0)
    renamed, rows = rng.permutation(25), rng.permutation(len(crowd.tasks))
    other = Answers(crowd.tasks[rows], renamed[crowd.workers[rows]], crowd.labels[rows], crowd.truth)

    one, two = find(crowd.votes, crowd.posterior), find(other.votes, crowd.posterior)

    for field in ("q", "p" if find is find_constant else "knowledge"):
        np.testing.assert_allclose(getattr(two, field)[renamed], getattr(one, field), rtol=1e-6, atol=1e-9)


def test_workers_without_votes_are_not_accused():
    votes = Votes.from_codes([0, 0, 1], [0, 2, 0], [1, 1, 0], n_workers=4)
    posterior = np.array([[0.1, 0.9], [0.9, 0.1]])

    guessing, constancy = find_guessing(votes, posterior), find_constant(votes, posterior)

    assert guessing.posterior[[1, 3]].tolist() == pytest.approx([0.3, 0.3], abs=0.1)
    assert constancy.q[[1, 3]].tolist() == [1, 1]


def test_no_votes_are_no_evidence():
    votes = Votes.from_codes([], [], [], n_workers=2, n_tasks=1, n_classes=2)

    assert find_guessing(votes, [[0.5, 0.5]]).q.shape == (2,)
    assert find_constant(votes, [[0.5, 0.5]]).p.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("posterior", "options", "message"),
    [
        ([[1.0, 0.0]] * 2, {}, r"\(1, 2\), got shape \(2, 2\)"),
        ([[np.nan, 1.0]], {}, "finite"),
        ([[1.0, 0.0]], {"least": 1.0}, "least must be between 0 and 1"),
    ],
)
def test_what_does_not_fit_is_refused(posterior, options, message):
    with pytest.raises(ValueError, match=message):
        find_guessing(Votes.from_codes([0], [0], [1]), posterior, **options)


def test_a_tolerance_of_everything_is_refused():
    with pytest.raises(ValueError, match="tolerance must be from 0 to below 1, got 1"):
        find_constant(Votes.from_codes([0], [0], [0]), [[1.0]], tolerance=1)
