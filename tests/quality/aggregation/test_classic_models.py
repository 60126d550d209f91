"""What is particular to each of the published models of workers; what they share is in
test_contract.py."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from quality.aggregation import NO_LABEL, Votes, create, simulate_votes
from quality.aggregation.glad import GLAD
from quality.aggregation.kos import KOS
from quality.aggregation.m_msr import MMSR
from quality.aggregation.mace import MACE


def crowd(
    accuracies: Sequence[float] | npt.NDArray[np.float64], n_classes: int = 2, n_tasks: int = 300, seed: int = 0
) -> tuple[Votes, npt.NDArray[np.int64]]:
    """Everyone votes on every task, right with a probability of their own; and the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(n_classes, size=n_tasks)
    labels = np.tile(truth, (len(accuracies), 1))
    wrong = rng.random(labels.shape) >= np.array(accuracies)[:, None]
    labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, size=wrong.sum())) % n_classes
    tasks = np.tile(np.arange(n_tasks), len(accuracies))
    workers = np.repeat(np.arange(len(accuracies)), n_tasks)
    return Votes.from_codes(tasks, workers, labels.ravel(), n_classes=n_classes), truth


@pytest.mark.parametrize("name", ["glad", "mace", "m-msr"])
def test_two_good_workers_outvote_three_who_guess(name):
    votes, truth = crowd([0.95, 0.95, 0.5, 0.5, 0.5])

    labels, majority = (create(method).fit(votes).labels for method in (name, "majority"))

    assert (labels == truth).mean() > (majority == truth).mean() + 0.01


def test_skills_follow_the_outcome_and_the_outcome_the_skills():
    votes, truth = crowd([0.95, 0.9, 0.9, 0.35, 0.35, 0.35, 0.35])

    labels, majority = (create(method).fit(votes).labels for method in ("zero-based-skill", "majority"))

    assert (labels == truth).mean() > (majority == truth).mean() + 0.1


def test_glad_finds_the_hard_tasks():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=200)
    chance = np.where(np.arange(200) < 100, 0.95, 0.6)
    right = rng.random((15, 200)) < chance
    labels = np.where(right, truth, 1 - truth)
    votes = Votes.from_codes(np.tile(np.arange(200), 15), np.repeat(np.arange(15), 200), labels.ravel())

    difficulty = GLAD().fit(votes).difficulty

    assert difficulty is not None
    assert np.median(difficulty[100:]) > 2 * np.median(difficulty[:100])


def test_glad_has_no_difficulty_for_a_task_without_votes():
    difficulty = GLAD().fit(Votes.from_codes([0, 0], [0, 1], [1, 1], n_tasks=2)).difficulty

    assert difficulty is not None
    assert np.isnan(difficulty).tolist() == [False, True]


def test_glad_learns_that_a_worker_means_the_opposite():
    votes, truth = crowd([0.9, 0.9, 0.9, 0.1])

    fit = GLAD().fit(votes)

    assert (fit.labels == truth).mean() > 0.97
    assert fit.workers is not None
    assert fit.workers.accuracy[3] < 0.2


def test_mace_tells_a_button_from_knowledge():
    votes, _ = crowd([0.9, 0.9, 0.9, 0.5])
    button = Votes.from_codes(
        np.concatenate([votes.tasks, np.arange(300)]),
        np.concatenate([votes.workers, np.full(300, 4)]),
        np.concatenate([votes.labels, np.ones(300, dtype=int)]),
    )

    workers = MACE().fit(button).workers

    assert workers is not None
    confusion = workers.confusion[4]
    assert confusion[0, 1] > 0.95  # says 1 when it is 0
    assert abs(confusion[1, 1] - confusion[0, 1]) < 0.05


@pytest.mark.parametrize("n_classes", [2, 4])
def test_m_msr_estimates_accuracies(n_classes):
    accuracies = np.array([0.9, 0.8, 0.7, 0.6, 0.9, 0.8, 0.7, 0.6])
    votes, _ = crowd(accuracies, n_classes, n_tasks=3000)

    fit = MMSR().fit(votes)

    assert fit.workers is not None
    np.testing.assert_allclose(fit.workers.accuracy, accuracies, atol=0.05)


def test_m_msr_judges_by_known_answers_where_workers_share_no_task():
    tasks, workers = np.arange(100), np.repeat([0, 1], 50)
    known = np.zeros(100, dtype=int)
    labels = np.concatenate([np.zeros(50, dtype=int), np.arange(50) % 2])

    fit = MMSR().fit(Votes.from_codes(tasks, workers, labels, known=known))

    assert fit.workers is not None
    np.testing.assert_allclose(fit.workers.accuracy, [0.975, 0.5], atol=0.01)


def test_kos_sees_through_a_worker_who_lies():
    votes, truth = crowd([0.9, 0.9, 0.9, 0.9, 0.05, 0.05, 0.05])

    labels, majority = (method.fit(votes).labels for method in (KOS(), create("majority")))

    assert (labels == truth).mean() > 0.97 > (majority == truth).mean()


@pytest.mark.parametrize("name", ["zero-based-skill", "glad", "mace", "m-msr", "kos", "ibcc", "hierarchical", "ebcc"])
def test_known_answers_teach_whom_to_believe(name):
    """Of two workers who disagree, the one who was right where it is known is believed."""
    tasks = np.tile(np.arange(60), 2)
    labels = np.concatenate([np.zeros(60, dtype=int), np.ones(60, dtype=int)])
    known = np.where(np.arange(60) < 40, 1, NO_LABEL)
    extra = Votes.from_codes(tasks, np.repeat([0, 1], 60), labels, known=known, n_classes=2)

    assert create(name).fit(extra).labels[40:].tolist() == [1] * 20


@pytest.mark.parametrize(
    "name", ["one-coin", "dawid-skene", "hierarchical", "ibcc", "glad", "mace", "ebcc", "ensemble"]
)
def test_history_tells_two_workers_apart_who_disagree(name):
    history = np.zeros((2, 2, 2))
    history[0] = [[50, 50], [50, 50]]
    history[1] = [[95, 5], [5, 95]]
    tasks = np.tile(np.arange(20), 2)
    labels = np.concatenate([np.arange(20) % 2, 1 - np.arange(20) % 2])

    fit = create(name).fit(Votes.from_codes(tasks, np.repeat([0, 1], 20), labels, history=history))

    assert fit.labels.tolist() == (1 - np.arange(20) % 2).tolist()
    assert fit.workers is not None
    assert fit.workers.accuracy[0] < fit.workers.accuracy[1]


def test_belief_in_a_worker_is_surer_after_more_votes():
    votes, _ = simulate_votes(np.random.default_rng(0), n_tasks=200, n_workers=10, n_classes=3, votes_per_task=5)
    few = Votes.from_codes(votes.tasks[:100], votes.workers[:100], votes.labels[:100], n_workers=10, n_classes=3)

    early, late = (create("dawid-skene").fit(each).workers for each in (few, votes))

    assert early is not None
    assert late is not None
    assert (late.deviation < early.deviation).all()
    assert (late.deviation > 0).all()
