"""A made-up crowd that compares items, for the contract suite."""

from typing import Any

import numpy as np
from scipy.special import expit

from quality.aggregation.pairwise import EQUAL, LEFT, METHODS, RIGHT, Comparisons, PairwiseFit
from quality.evaluation import kendall
from tests.quality.aggregation.kinds import Kind, Rows

N_ITEMS = 20


def rows(rng: np.random.Generator) -> tuple[Rows, Any]:
    """(pair, worker, left, right, answer); the truth is the score of each item."""
    truth = rng.normal(0, 2, N_ITEMS)
    pairs = [(one, other) for one in range(N_ITEMS) for other in range(one + 1, N_ITEMS)]
    return [
        (pair, worker, left, right, _answer(rng, truth[left] - truth[right]))
        for pair, (left, right) in enumerate(pairs)
        for worker in rng.choice(12, size=4, replace=False).tolist()
    ], truth


def _answer(rng: np.random.Generator, ahead: float) -> int:
    if abs(ahead) < 0.3 and rng.random() < 0.5:
        return EQUAL
    return LEFT if rng.random() < expit(ahead) else RIGHT


def comparisons_of(rows: Rows) -> Comparisons:
    _, workers, left, right, labels = np.array(rows, dtype=int).reshape(-1, 5).T
    return Comparisons.from_rows(left, right, workers, labels)


def fit(aggregator: Any, rows: Rows) -> PairwiseFit:
    return aggregator.fit(comparisons_of(rows))


def error(fit: PairwiseFit, truth: Any) -> float:
    """How far the scores are from the right order: 0 if it is right, 1 if it has nothing to do with
    it."""
    return 1 - kendall(truth, fit.scores)


KIND = Kind("pairwise", METHODS, rows, fit, error, tolerance=0.25)
