"""A good crowd that ticks classes: it leaves out a third of what is right, and seldom ticks what is
wrong."""

from typing import Any

import numpy as np

from quality.aggregation.multilabel import METHODS, MultiLabelFit, MultiLabelVotes
from tests.quality.aggregation.kinds import Kind, Rows

N_TASKS, N_WORKERS, N_CLASSES, ANSWERS = 200, 12, 4, 9


def rows(rng: np.random.Generator) -> tuple[Rows, Any]:
    """(task, worker, ticks) answers of a crowd, and the true sets (tasks, classes)."""
    truth = rng.random((N_TASKS, N_CLASSES)) < 0.3
    answers = []
    for task in range(N_TASKS):
        for worker in rng.choice(N_WORKERS, ANSWERS, replace=False).tolist():
            chance = np.where(truth[task], 0.67, 0.03)
            answers.append((task, worker, tuple((rng.random(N_CLASSES) < chance).tolist())))
    return answers, truth


def fit(aggregator: Any, answers: Rows) -> MultiLabelFit:
    found: MultiLabelFit = aggregator.fit(votes_of(answers))
    return found


def votes_of(answers: Rows, **options: Any) -> MultiLabelVotes:
    tasks, workers, ticks = zip(*answers, strict=True) if answers else ([], [], [])
    return MultiLabelVotes.from_codes(tasks, workers, ticks, **options)


def error(found: MultiLabelFit, truth: Any) -> float:
    return float((found.labels != truth).mean())


KIND = Kind("multilabel", METHODS, rows, fit, error, tolerance=0.05)
