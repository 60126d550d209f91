"""A made-up crowd that measures, for the contract suite."""

from typing import Any

import numpy as np

from quality.aggregation.numeric import METHODS, NumericFit, NumericVotes
from quality.evaluation import score_numbers
from tests.quality.aggregation.kinds import Kind, Rows


def rows(rng: np.random.Generator) -> tuple[Rows, Any]:
    """(task, worker, value) with biases of about 1 and errors between 1 and 8, where truths vary by
    20."""
    truth = rng.normal(50, 20, size=100)
    bias, spread = rng.normal(0, 1, size=12), rng.uniform(1, 8, size=12)
    return [
        (task, worker, float(truth[task] + bias[worker] + spread[worker] * rng.normal()))
        for task in range(len(truth))
        for worker in rng.choice(12, size=7, replace=False).tolist()
    ], truth


def votes_of(rows: Rows, **options: Any) -> NumericVotes:
    tasks, workers, values = np.array(rows, dtype=float).reshape(-1, 3).T
    return NumericVotes.from_codes(tasks.astype(int), workers.astype(int), values, **options)


def fit(aggregator: Any, rows: Rows) -> NumericFit:
    return aggregator.fit(votes_of(rows))


def error(fit: NumericFit, truth: Any) -> float:
    return score_numbers(truth, fit.labels).mae


KIND = Kind("numeric", METHODS, rows, fit, error, tolerance=2.5)
