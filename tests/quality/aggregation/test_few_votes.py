"""Labels from one or two votes a task: as sure as the crowd has earned, and never overturned by
nobody."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.few_votes import PUBLIC, pooled_errors
from quality.aggregation import NO_LABEL, Auto, Judge, Votes, create, simulate_votes
from tests.quality.datasets import FOLDER


def one_worker(*labels: int, known: npt.ArrayLike | None = None, history: npt.ArrayLike | None = None) -> Votes:
    """One vote on each task, all by the same worker."""
    n = len(labels)
    return Votes.from_codes(np.arange(n), np.zeros(n, int), labels, n_classes=2, known=known, history=history)


def test_one_vote_and_two_equal_ones_are_as_sure_as_crowds_mostly_earn():
    votes = Votes.from_codes([0, 1, 1, 2, 2], [0, 1, 2, 3, 4], [0, 1, 1, 0, 1], n_tasks=9, n_classes=2)
    one, two, contested = Auto().fit(votes).confidence[:3]
    assert 0.7 < one < 0.85 < two < 0.95
    assert contested == pytest.approx(0.5)


def test_more_classes_leave_more_ways_to_be_wrong():
    sure = [Auto().fit(Votes.from_codes([0], [0], [0], n_classes=n)).confidence[0] for n in (2, 4, 10, 1000)]
    assert sure == sorted(sure, reverse=True)
    assert sure[-1] > 0.5


def test_known_answers_teach_how_far_single_votes_can_be_believed():
    labels, truth = np.zeros(60, int), np.where(np.arange(60) < 30, np.arange(60) % 3 == 0, NO_LABEL).astype(int)
    workers = np.arange(60)
    blind = Auto().fit(Votes.from_codes(workers, workers, labels, n_classes=2)).confidence[30:]
    taught = Auto().fit(Votes.from_codes(workers, workers, labels, n_classes=2, known=truth)).confidence[30:]
    right = (truth[:30] == 0).mean()
    assert right == pytest.approx(2 / 3, abs=0.01)
    assert abs(taught - right).max() < abs(blind - right).min()


def test_two_votes_that_mostly_agree_are_believed_more_than_two_that_mostly_do_not():
    tasks, workers = np.repeat(np.arange(100), 2), np.arange(200)
    agree, differ = (np.repeat(np.arange(100) % 2, 2) for _ in range(2))
    differ[1::2] = np.where(np.arange(100) % 10 < 5, differ[1::2], 1 - differ[1::2])
    of_agreeing, of_differing = (Auto().fit(Votes.from_codes(tasks, workers, each)) for each in (agree, differ))
    assert of_agreeing.confidence.min() > of_differing.confidence.max()


@pytest.mark.parametrize("source", ["known", "history"])
def test_one_earlier_answer_that_was_wrong_overturns_nothing(source: str):
    """A worker whose only record is one mistake says cat five times, and nobody else says
    anything."""
    past = np.zeros((1, 2, 2))
    past[0, 1, 0] = 1.0
    told: dict[str, dict[str, npt.ArrayLike]]
    told = {"known": {"known": [1, *[NO_LABEL] * 5]}, "history": {"history": past}}
    before = Auto().fit(one_worker(0, 0, 0, 0, 0, 1))
    after = Auto().fit(one_worker(0, 0, 0, 0, 0, 1, **told[source]))
    assert after.labels[1:].tolist() == before.labels[1:].tolist() == [0, 0, 0, 0, 1]
    assert (after.confidence[1:] < before.confidence[1:]).all()
    assert (after.confidence[1:] > 0.5).all()


def test_a_worker_who_was_always_wrong_is_believed_no_more_than_a_coin_and_not_turned_round():
    votes = one_worker(*[0] * 30, 0, known=[*[1] * 30, NO_LABEL])
    fit = Auto().fit(votes)
    assert fit.labels[30] == 0
    assert 0.5 < fit.confidence[30] < 0.6


def test_gold_that_nobody_has_answered_changes_nothing():
    votes, _ = simulate_votes(np.random.default_rng(0), n_tasks=60, n_workers=9, n_classes=3, votes_per_task=4)
    few = votes.where(np.append(True, votes.tasks[1:] != votes.tasks[:-1]))
    for each in (votes, few):
        wide = each.widened(63, 9)
        known = np.full(63, NO_LABEL, dtype=np.int32)
        known[60:] = 2
        without, told = Auto().fit(wide), Auto().fit(replace(wide, known=known))
        assert np.array_equal(told.posterior[:60], without.posterior[:60])
        assert (told.labels[60:].tolist(), told.posterior[60:].tolist()) == ([2, 2, 2], [[0, 0, 1]] * 3)


def test_groups_that_never_meet_overturn_nothing_that_nobody_contradicts():
    tasks = np.repeat(np.arange(6), 2)
    workers = [0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5]
    votes = Votes.from_codes(tasks, workers, [0] * 8 + [1] * 4)
    for method in ("auto", "ensemble"):
        fit = create(method).fit(votes)
        assert fit.labels.tolist() == [0, 0, 0, 0, 1, 1]
        assert (fit.posterior[np.arange(6), fit.labels] > 0.5).all()


@pytest.mark.parametrize("seed", range(5))
def test_where_nobody_contradicts_nothing_is_overturned(seed: int):
    """Three groups that never meet, one of them of workers who are mostly wrong, and classes of
    unequal size."""
    rng = np.random.default_rng(seed)
    group = rng.integers(3, size=90)
    tasks = np.repeat(np.arange(90), 2)
    workers = group[tasks] * 6 + rng.integers(6, size=180)
    truth = (rng.random(90) < 0.15).astype(int)
    right = rng.random(180) < np.array([0.9, 0.8, 0.3])[group[tasks]]
    votes = Votes.from_codes(tasks, workers, np.where(right, truth[tasks], 1 - truth[tasks]), n_classes=2)
    counts = votes.counts()
    agreed = np.flatnonzero((counts > 0).sum(axis=1) == 1)
    fit = Auto().fit(votes)
    assert fit.method == "ensemble"
    assert (fit.labels[agreed] == counts[agreed].argmax(axis=1)).all()


def test_the_judge_says_of_few_votes_what_the_fit_said_bit_for_bit():
    rng = np.random.default_rng(3)
    known = np.where(np.arange(200) < 20, 1, NO_LABEL)
    votes = Votes.from_codes(np.arange(200), rng.integers(12, size=200), rng.integers(2, size=200), known=known)
    fit = Auto().fit(votes)
    judged = Judge.of(fit, votes).of_workers(range(votes.n_workers)).fit(votes)
    assert fit.method == "majority"
    assert np.array_equal(judged.posterior, fit.posterior)
    assert np.array_equal(judged.labels, fit.labels)


def test_confidence_on_public_sets_thinned_to_one_and_two_votes_a_task_is_close_to_accuracy():
    if not FOLDER.exists():
        pytest.skip("the public sets are not at hand")
    assert pooled_errors(FOLDER, PUBLIC, 1, seeds=range(1)).blind <= 0.05
    quick = ["bluebird", "cf_amt", "dog", "face", "product", "rte", "sp_amt", "temporal"]
    assert pooled_errors(FOLDER, quick, 2, seeds=range(1)).blind <= 0.05
