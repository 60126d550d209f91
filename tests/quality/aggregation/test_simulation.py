import numpy as np

from quality.aggregation import simulate_votes


def test_simulated_workers_are_as_accurate_as_asked():
    votes, truth = simulate_votes(
        np.random.default_rng(0), n_tasks=2000, n_workers=5, n_classes=3, votes_per_task=10, accuracy=(0.7, 0.7)
    )

    right = np.average(votes.labels == truth[votes.tasks], weights=votes.weights)

    assert votes.total == 20_000
    assert abs(right - 0.7) < 0.01
