"""Crowds made up to order, to try methods on votes whose truth is known."""

import numpy as np

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.votes import Votes


def simulate_votes(
    rng: np.random.Generator,
    *,
    n_tasks: int,
    n_workers: int,
    n_classes: int,
    votes_per_task: int,
    accuracy: tuple[float, float] = (0.5, 0.9),
) -> tuple[Votes, Codes]:
    """Votes of a made-up crowd, and the truth behind them (tasks,).

    Every task gets `votes_per_task` votes by workers drawn with replacement. Each worker's accuracy
    on each class is drawn uniformly from the range `accuracy`, and wrong answers fall on the other
    classes in proportions of the worker's own.
    """
    truth = rng.integers(n_classes, size=n_tasks).astype(np.int32)
    tasks = np.repeat(np.arange(n_tasks, dtype=np.int32), votes_per_task)
    workers = rng.integers(n_workers, size=tasks.size).astype(np.int32)
    thresholds = _confusion(rng, n_workers, n_classes, accuracy).cumsum(axis=2)
    labels = np.zeros(tasks.size, dtype=np.int32)
    chance = rng.random(tasks.size)
    for answer in range(n_classes - 1):
        labels += chance > thresholds[workers, truth[tasks], answer]
    votes = Votes.from_codes(tasks, workers, labels, n_tasks=n_tasks, n_workers=n_workers, n_classes=n_classes)
    return votes, truth


def _confusion(rng: np.random.Generator, n_workers: int, n_classes: int, accuracy: tuple[float, float]) -> Floats:
    """(workers, classes, classes) [worker, truth, answer]."""
    right = np.eye(n_classes, dtype=bool)
    wrong = np.where(right, 0.0, rng.exponential(size=(n_workers, n_classes, n_classes)))
    wrong /= np.maximum(wrong.sum(axis=2, keepdims=True), np.finfo(float).tiny)
    chance = rng.uniform(*accuracy, size=(n_workers, n_classes, 1)) if n_classes > 1 else np.ones((n_workers, 1, 1))
    return np.where(right, chance, wrong * (1 - chance))
