import numpy as np
import pytest

from quality.aggregation import NO_LABEL, DawidSkene, Parameters, Votes, e_step, simulate_votes
from tests.quality.datasets import read_gold, read_votes

# Dawid & Skene (1979), table 1: 45 patients; observer 1 three times, then observers 2 to 5.
PATIENTS = """
    1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212
    1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111
    1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111
    2322222 1211111 2222222
"""


def patients() -> Votes:
    labels = np.array([[int(answer) - 1 for answer in row] for row in PATIENTS.split()])
    observers = [0, 0, 0, 1, 2, 3, 4]
    tasks = np.repeat(np.arange(len(labels)), labels.shape[1])
    return Votes.from_codes(tasks, np.tile(observers, len(labels)), labels.ravel())


def test_maximum_likelihood_gives_the_class_shares_published_in_1979():
    fit = DawidSkene.maximum_likelihood().fit(patients())

    assert fit.converged
    np.testing.assert_allclose(fit.class_shares, [0.40, 0.42, 0.11, 0.07], atol=0.01)


def test_maximum_likelihood_gives_the_error_rates_published_in_1979():
    """Every observer's, to the two digits that the paper prints."""
    fit = DawidSkene.maximum_likelihood(tol=1e-9).fit(patients())

    assert fit.workers is not None
    assert fit.class_shares.round(2).tolist() == [0.40, 0.42, 0.11, 0.07]
    assert fit.workers.confusion.round(2).tolist() == [
        [[0.89, 0.11, 0, 0], [0.07, 0.88, 0.05, 0], [0, 0.34, 0.66, 0], [0, 0, 0.56, 0.44]],
        [[0.83, 0.17, 0, 0], [0.05, 0.63, 0.31, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
        [[1, 0, 0, 0], [0.11, 0.79, 0.11, 0], [0, 0.40, 0.20, 0.40], [0, 0, 0.67, 0.33]],
        [[0.94, 0.06, 0, 0], [0.05, 0.84, 0.10, 0], [0, 0, 0.80, 0.20], [0, 0, 0.33, 0.67]],
        [[1, 0, 0, 0], [0.16, 0.73, 0.11, 0], [0, 0.21, 0.79, 0], [0, 0, 0.33, 0.67]],
    ]


def test_maximum_likelihood_rules_out_answers_that_a_worker_never_gives():
    fit = DawidSkene.maximum_likelihood().fit(patients())

    assert fit.workers is not None
    assert (fit.workers.confusion == 0).any()
    assert np.isfinite(fit.posterior).all()
    assert np.isfinite(fit.log_likelihood).all()


def test_a_worker_without_votes_has_the_prior_or_answers_evenly_without_one():
    votes = Votes.from_codes([0, 1], [0, 0], [0, 1], n_workers=2)

    with_prior, without = (method.fit(votes).workers for method in (DawidSkene(), DawidSkene.maximum_likelihood()))

    assert with_prior is not None
    assert without is not None
    np.testing.assert_allclose(with_prior.confusion[1], [[0.8, 0.2], [0.2, 0.8]])
    np.testing.assert_allclose(without.confusion[1], 0.5)


def test_a_worker_who_always_says_the_opposite_is_understood():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=200)
    tasks, workers = np.repeat(np.arange(200), 3), np.tile([0, 1, 2], 200)
    is_wrong = rng.random(600) < np.tile([0.1, 0.1, 0.95], 200)

    fit = DawidSkene().fit(Votes.from_codes(tasks, workers, truth[tasks] ^ is_wrong))

    assert fit.workers is not None
    assert fit.workers.accuracy[2] < 0.15
    assert (fit.labels == truth).mean() > 0.95


def test_known_answers_reveal_the_better_of_two_workers_who_disagree():
    tasks = np.repeat(np.arange(40), 2)
    labels = np.stack([np.arange(40) % 2, 1 - np.arange(40) % 2], axis=1).ravel()
    known = np.where(np.arange(40) < 20, np.arange(40) % 2, NO_LABEL)

    fit = DawidSkene().fit(Votes.from_codes(tasks, np.tile([0, 1], 40), labels, known=known))

    assert fit.labels.tolist() == (np.arange(40) % 2).tolist()


def test_one_e_step_labels_new_votes_with_workers_of_an_earlier_fit():
    votes, _ = simulate_votes(np.random.default_rng(0), n_tasks=100, n_workers=9, n_classes=3, votes_per_task=5)
    fit = DawidSkene().fit(votes)
    assert fit.workers is not None

    votes_seen = np.ones((votes.n_workers, votes.n_classes))
    posterior, _ = e_step(votes, Parameters(fit.class_shares, fit.workers.confusion, votes_seen))

    np.testing.assert_array_equal(posterior, fit.posterior)


def test_stopping_early_is_told():
    votes, _ = simulate_votes(np.random.default_rng(0), n_tasks=100, n_workers=9, n_classes=3, votes_per_task=3)

    fit = DawidSkene(max_iter=2).fit(votes)

    assert (fit.iterations, fit.converged) == (2, False)


@pytest.mark.parametrize(("name", "at_least"), [("bluebird", 0.88), ("rte", 0.925), ("dog", 0.83), ("web", 0.77)])
def test_accuracy_on_public_sets(name, at_least):
    votes, coding = read_votes(name)
    gold = read_gold(name)

    fit = DawidSkene().fit(votes)

    labels = dict(zip(coding.tasks, (coding.classes[label] for label in fit.labels), strict=True))
    assert np.mean([labels[task] == answer for task, answer in gold.items()]) >= at_least


def test_votes_that_every_class_rules_out_still_have_a_posterior():
    fit = DawidSkene.maximum_likelihood().fit(Votes.from_codes([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1]))
    assert fit.workers is not None

    contradictory = Votes.from_codes([0, 0], [0, 1], [0, 1], n_classes=2)
    posterior, log_likelihood = e_step(
        contradictory, Parameters(fit.class_shares, fit.workers.confusion, np.ones((2, 2)))
    )

    np.testing.assert_allclose(posterior, [[0.5, 0.5]])
    assert np.isfinite(log_likelihood)


def test_parameters_of_other_workers_are_refused():
    parameters = Parameters(np.array([0.5, 0.5]), np.full((3, 2, 2), 0.5), np.ones((3, 2)))

    with pytest.raises(ValueError, match=r"confusion of 2 workers is wanted, got shape \(3, 2, 2\)"):
        e_step(Votes.from_codes([0, 0], [0, 1], [0, 1]), parameters)


def test_no_iterations_at_all_are_refused():
    with pytest.raises(ValueError, match="max_iter must be at least 1, got 0"):
        DawidSkene(max_iter=0).fit(Votes.from_codes([0], [0], [0]))
