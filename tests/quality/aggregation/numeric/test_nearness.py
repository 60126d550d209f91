"""How probable it is that numbers are near the truth: worked out by hand where there is one vote,
and learnt of a crowd of which some guess."""

import numpy as np
import pytest

from quality.aggregation.numeric import NumericVotes
from quality.aggregation.numeric.nearness import USUAL, Nearness, Windows

CHANCE = 0.02


def windows_of(votes: NumericVotes, tolerance: float = 1.0) -> Windows:
    return Windows.of(votes, np.full(len(votes.values), tolerance))


def labelled(near: Nearness, votes: NumericVotes, labels: list[float]) -> list[float]:
    found = near.of_labels(votes, windows_of(votes), np.array(labels), np.ones(len(labels)))
    return [float(each) for each in found]


def test_one_vote_is_as_near_as_its_worker_mostly_is() -> None:
    votes = NumericVotes.from_codes([0], [0], [7.0])
    near = Nearness(np.array([0.6]), CHANCE)

    # Odds of 0.6 to 0.4 over the 50 places of which 49 others are as likely: 0.6 to 0.4 · 49 / 50.
    assert labelled(near, votes, [7.0]) == pytest.approx([0.6 / (0.6 + 0.4 * 49 / 50)])
    assert labelled(near, votes, [9.0]) == [0.0]


def test_votes_near_each_other_share_what_is_believed() -> None:
    votes = NumericVotes.from_codes([0] * 4, [0, 1, 2, 3], [7.0, 7.5, 8.0, 40.0])
    near = Nearness(np.full(4, USUAL), CHANCE)

    (together,) = labelled(near, votes, [7.5])
    (alone,) = labelled(near, votes, [40.0])

    assert together > 0.95
    assert together + alone < 1
    assert near.of_votes(votes, windows_of(votes))[:3] == pytest.approx([together] * 3, abs=0.05)


def test_windows_reach_as_far_as_the_tolerance_and_no_further_than_the_task() -> None:
    votes = NumericVotes.from_codes([0, 0, 0, 1], [0, 1, 2, 0], [1e9, 1e9 + 1, 1e9 + 3, 1e9])

    within = windows_of(votes).within(np.ones(4))

    assert within.tolist() == [2, 2, 1, 1]


def test_who_guesses_is_found_out() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 100, 300).astype(float)
    tasks = np.repeat(np.arange(300), 4)
    workers = np.tile(np.arange(4), 300)
    values = np.where(workers == 3, rng.integers(0, 100, 1200), truth[tasks] + rng.integers(-1, 2, 1200))
    votes = NumericVotes.from_codes(tasks, workers, values)

    near = Nearness.learnt(votes, windows_of(votes), CHANCE, np.full(1200, np.nan))

    assert (near.accuracy[:3] > 0.85).all()
    assert near.accuracy[3] < 0.1


def test_nobody_voted_and_nothing_is_wrong() -> None:
    votes = NumericVotes.from_codes([], [], [], n_tasks=2, n_workers=1)
    near = Nearness.learnt(votes, windows_of(votes), CHANCE, np.empty(0))

    assert near.accuracy == pytest.approx([USUAL])
    assert labelled(near, votes, [1.0, 2.0]) == [0.0, 0.0]
