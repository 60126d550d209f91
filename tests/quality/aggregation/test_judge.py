"""Judging new votes by an earlier fit."""

import numpy as np
import pytest

from quality.aggregation import Auto, DawidSkene, Judge, MajorityVote, Votes, simulate_votes
from quality.aggregation import judge as module
from quality.aggregation.judge import NEWCOMER


@pytest.fixture
def votes() -> Votes:
    rng = np.random.default_rng(7)
    return simulate_votes(rng, n_tasks=400, n_workers=20, n_classes=3, votes_per_task=5)[0]


def everybody(votes: Votes) -> range:
    return range(votes.n_workers)


def test_the_judge_of_dawid_and_skene_says_what_their_own_step_says(votes: Votes) -> None:
    fit = DawidSkene(tol=1e-12, max_iter=1000).fit(votes)
    judged = Judge.of(fit, votes).of_workers(everybody(votes)).fit(votes)
    assert np.abs(judged.posterior - fit.posterior).max() < 0.05  # the power is one of a few
    assert (judged.labels == fit.labels).mean() > 0.99


def test_the_judge_of_a_pool_is_as_sure_as_the_pool(votes: Votes) -> None:
    fit = Auto().fit(votes)
    judged = Judge.of(fit, votes).of_workers(everybody(votes)).fit(votes)
    assert judged.confidence.mean() == pytest.approx(fit.confidence.mean(), abs=0.03)
    assert np.abs(judged.posterior - fit.posterior).mean() < 0.05


def test_without_models_of_workers_votes_are_counted(votes: Votes) -> None:
    fit = MajorityVote().fit(votes)
    judged = Judge.of(fit, votes).of_workers(everybody(votes)).fit(votes)
    assert np.array_equal(judged.posterior, fit.posterior)


def test_new_tasks_are_judged_nearly_as_by_fitting_again(votes: Votes) -> None:
    old = votes.where(votes.tasks < 380)
    judge = Judge.of(Auto().fit(old), old).of_workers(everybody(votes))
    new = np.arange(380, 400)
    judged, again = judge.fit(votes.on_tasks(new)), Auto().fit(votes)
    assert (judged.labels == again.labels[new]).mean() >= 0.9
    assert np.abs(judged.posterior - again.posterior[new]).mean() < 0.06


def test_matrices_too_large_to_keep_are_stood_for_by_accuracies(votes: Votes, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = Auto().fit(votes)
    monkeypatch.setattr(module, "LARGEST", 10)
    judge = Judge.of(fit, votes)
    judged = judge.of_workers(everybody(votes)).fit(votes)
    assert judge.confusion is None
    assert (judged.labels == fit.labels).mean() > 0.9


def test_a_newcomer_counts_less_than_the_best_and_more_than_the_worst(votes: Votes) -> None:
    fit = Auto().fit(votes)
    assert fit.workers is not None
    best, worst = int(fit.workers.accuracy.argmax()), int(fit.workers.accuracy.argmin())
    one_vote = Votes.from_codes([0, 1, 2], [0, 1, 2], [1, 1, 1], n_classes=3)
    good, new, bad = Judge.of(fit, votes).of_workers([best, NEWCOMER, worst]).fit(one_vote).posterior[:, 1]
    assert good > new > bad


def test_known_answers_are_certain(votes: Votes) -> None:
    judge = Judge.of(Auto().fit(votes), votes).of_workers([0])
    fit = judge.fit(Votes.from_codes([0], [0], [1], n_classes=3, known=[2]))
    assert fit.labels.tolist() == [2]
    assert fit.posterior.tolist() == [[0, 0, 1]]
