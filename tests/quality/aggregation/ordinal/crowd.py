"""A made-up crowd that grades, for the contract suite."""

from typing import Any

import numpy as np

from quality.aggregation import Fit, Votes
from quality.aggregation.ordinal import METHODS, OrdinalFit
from tests.quality.aggregation.kinds import Kind, Rows

N_CLASSES = 5


def rows(rng: np.random.Generator) -> tuple[Rows, Any]:
    """(task, worker, grade); workers perceive the true grade with a bias and a spread of their own,
    and round it."""
    truth = rng.integers(N_CLASSES, size=200)
    bias, spread = rng.normal(0, 0.3, size=12), rng.uniform(0.3, 1.2, size=12)
    return [
        (task, worker, int(np.clip(np.rint(truth[task] + bias[worker] + spread[worker] * rng.normal()), 0, 4)))
        for task in range(len(truth))
        for worker in rng.choice(12, size=7, replace=False).tolist()
    ], truth


def votes_of(rows: Rows, **options: Any) -> Votes:
    tasks, workers, labels = np.array(rows, dtype=int).reshape(-1, 3).T
    return Votes.from_codes(tasks, workers, labels, n_classes=N_CLASSES, **options)


def fit(aggregator: Any, rows: Rows) -> OrdinalFit:
    return aggregator.fit(votes_of(rows))


def error(fit: Fit, truth: Any) -> float:
    """The mean distance from the truth, in classes."""
    return float(np.abs(fit.labels - truth).mean())


KIND = Kind("ordinal", METHODS, rows, fit, error, tolerance=0.2)
