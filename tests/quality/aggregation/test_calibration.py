import numpy as np
import numpy.typing as npt

from quality.aggregation import Votes, create, simulate_votes
from quality.aggregation.calibration import disagreement, tempering
from quality.aggregation.posterior import vote_shares

Floats = npt.NDArray[np.float64]


def crowd(accuracy_of_worker: Floats, accuracy_of_task: Floats, rng: np.random.Generator) -> tuple[Votes, Floats]:
    """Ten votes on each of 500 tasks of two classes, right with the product of two
    probabilities."""
    truth = rng.integers(2, size=500)
    tasks = np.repeat(np.arange(500), 10)
    workers = np.concatenate([rng.permutation(len(accuracy_of_worker))[:10] for _ in range(500)])
    right = rng.random(tasks.size) < accuracy_of_worker[workers] * accuracy_of_task[tasks]
    labels = np.where(right, truth[tasks], 1 - truth[tasks])
    return Votes.from_codes(tasks, workers, labels), np.eye(2)[truth]


def power(votes: Votes, posterior: Floats) -> Floats:
    return tempering(votes, disagreement(votes, posterior))


def test_disagreement_lies_in_the_workers_when_they_differ():
    rng = np.random.default_rng(0)
    votes, truth = crowd(np.linspace(0.5, 1, 20), np.ones(500), rng)

    found = disagreement(votes, truth)

    assert found.between_workers > 0.05
    assert abs(found.between_tasks) < 0.02
    assert found.task_share < 0.25


def test_disagreement_lies_in_the_tasks_when_they_differ():
    rng = np.random.default_rng(0)
    votes, truth = crowd(np.ones(20), rng.uniform(0.3, 1, 500), rng)

    found = disagreement(votes, truth)

    assert abs(found.between_workers) < 0.02
    assert found.task_share > 0.9


def test_hard_tasks_flatten_the_posterior_and_unequal_workers_do_not():
    rng = np.random.default_rng(0)
    unequal, truth_of_unequal = crowd(np.linspace(0.5, 1, 20), np.ones(500), rng)
    hard, truth_of_hard = crowd(np.ones(20), rng.uniform(0.3, 1, 500), rng)

    of_unequal, of_hard = power(unequal, truth_of_unequal), power(hard, truth_of_hard)

    contested = vote_shares(hard).max(axis=1) < 0.8
    np.testing.assert_allclose(of_hard[contested], 0.65 * 0.81, rtol=0.01)
    np.testing.assert_allclose(of_unequal[vote_shares(unequal).max(axis=1) < 0.8], 0.81, rtol=0.01)


def test_agreement_counts_in_full_whatever_the_number_of_votes():
    votes = Votes.from_codes(np.repeat(np.arange(4), np.arange(3, 7)), np.zeros(18, int), np.zeros(18, int))

    np.testing.assert_allclose(power(votes, vote_shares(votes)), 0.81 * 1.4)


def test_more_votes_of_the_same_crowd_never_make_it_less_sure():
    confidences = []
    for a_task in (5, 20, 80):
        votes, _ = simulate_votes(
            np.random.default_rng(0), n_tasks=200, n_workers=30, n_classes=3, votes_per_task=a_task, accuracy=(0.5, 0.8)
        )
        confidences.append(create("auto").fit(votes).confidence.mean())

    assert confidences == sorted(confidences)


def test_two_votes_are_not_yet_unanimous():
    votes = Votes.from_codes([0, 0, 1, 1, 1], [0, 1, 0, 1, 2], [0, 0, 0, 0, 0])

    np.testing.assert_allclose(power(votes, vote_shares(votes)), [0.81, 0.81 * 1.4])


def test_next_to_no_disagreement_flattens_nothing():
    """A model's rounding is no sign that tasks are hard."""
    votes = Votes.from_codes(np.repeat(np.arange(100), 5), np.tile(np.arange(5), 100), np.repeat(np.arange(100) % 2, 5))
    nearly_certain = 0.999 * vote_shares(votes) + 0.0005

    np.testing.assert_allclose(power(votes, nearly_certain), 0.81 * 1.4, rtol=0.05)


def test_agreeing_workers_are_believed_whether_few_or_many():
    for n_workers in (3, 5, 20):
        tasks, workers = np.repeat(np.arange(50), n_workers), np.tile(np.arange(n_workers), 50)
        for n_classes in (2, 4, 8):
            fit = create("auto").fit(Votes.from_codes(tasks, workers, tasks % n_classes))

            assert fit.method == "ensemble"
            assert (fit.confidence > 0.95).all()


def test_no_votes_disagree_about_nothing():
    found = disagreement(Votes.from_codes([], [], [], n_tasks=3, n_classes=2), np.full((3, 2), 0.5))

    assert (found.between_workers, found.between_tasks, found.task_share) == (0, 0, 0)


def test_confidence_of_the_ensemble_is_close_to_its_accuracy_on_a_simulated_crowd():
    votes, truth = simulate_votes(
        np.random.default_rng(2), n_tasks=2000, n_workers=40, n_classes=3, votes_per_task=3, accuracy=(0.4, 0.9)
    )

    fit = create("ensemble").fit(votes)

    assert abs(fit.confidence.mean() - (fit.labels == truth).mean()) < 0.05
