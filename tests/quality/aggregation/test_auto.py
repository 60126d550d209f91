import numpy as np
import pytest

from quality.aggregation import Auto, Votes, create, simulate_votes
from tests.quality.datasets import read_votes

SETS = "adult bluebird cf_amt dog face labelme leaves ms_music product rte sp_amt temporal web zc_us"


def test_enough_votes_call_for_the_ensemble():
    votes, _ = simulate_votes(np.random.default_rng(0), n_tasks=100, n_workers=10, n_classes=2, votes_per_task=5)

    fit = Auto().fit(votes)

    assert fit.method == "ensemble"
    assert fit.reason.startswith("5.0 votes a task, 50.0 votes a worker and 2 classes: enough to tell workers apart.")
    np.testing.assert_array_equal(fit.posterior, create("ensemble").fit(votes).posterior)


def test_few_votes_a_worker_call_for_majority():
    votes, _ = simulate_votes(np.random.default_rng(0), n_tasks=100, n_workers=200, n_classes=4, votes_per_task=5)

    fit = Auto().fit(votes)

    assert fit.method == "majority"
    assert fit.reason.endswith("telling workers apart takes 4 votes a worker")


def test_one_vote_a_task_calls_for_majority_unless_answers_are_known():
    tasks, workers, labels = np.arange(100), np.arange(100) % 5, np.arange(100) % 2
    known = np.where(tasks < 50, labels, -1)

    blind, informed = (Auto().fit(Votes.from_codes(tasks, workers, labels, known=k)) for k in (None, known))

    assert blind.method == "majority"
    assert blind.reason.endswith("fewer than 2 votes a task cannot compare workers")
    assert informed.method == "ensemble"


@pytest.mark.parametrize("name", [name for name in SETS.split() if name != "adult"])
def test_public_sets_have_enough_votes(name):
    assert Auto().fit(read_votes(name)[0]).method == "ensemble"


def test_history_makes_up_for_few_votes():
    """An expert with a record stands against two who are known to guess."""
    history = np.full((20, 3, 3), 30.0)
    history[0] = np.eye(3) * 100

    fit = Auto().fit(Votes.from_codes([0, 0, 0], [0, 1, 2], [0, 1, 1], n_workers=20, n_classes=3, history=history))

    assert (fit.method, fit.labels.tolist()) == ("ensemble", [0])
