"""A good crowd that draws boxes: it misses a few, draws some around nothing, and its hands shake a
little."""

from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation.boxes import METHODS, BoxClusters, BoxFit, BoxVotes
from quality.evaluation.boxes import Boxes, score_boxes
from tests.quality.aggregation.kinds import Kind, Rows

N_TASKS, N_WORKERS, GRID = 30, 6, 4


def rows(rng: np.random.Generator) -> tuple[Rows, Boxes]:
    """(task, worker, corners, class) boxes of a crowd, and the true boxes."""
    places = [(task, spot) for task in range(N_TASKS) for spot in rng.choice(GRID**2, 5, replace=False).tolist()]
    tasks = np.array([task for task, _ in places])
    corners = np.array([_square(spot) for _, spot in places])
    classes = rng.integers(3, size=len(places))
    drawn = [
        (int(tasks[row]), worker, tuple((corners[row] + rng.normal(0, 2, 4)).tolist()), int(classes[row]))
        for row in range(len(places))
        for worker in range(N_WORKERS)
        if rng.random() < 0.8
    ]
    slips = [
        (task, worker, tuple(_square(int(spot)) + 500.0), 0)
        for task in range(N_TASKS)
        for worker in range(N_WORKERS)
        for spot in rng.choice(GRID**2, rng.integers(2), replace=False)
    ]
    return drawn + slips, Boxes.from_rows(tasks, corners, classes)


def fit(aggregator: BoxClusters, drawn: Rows) -> BoxFit:
    return aggregator.fit(votes_of(drawn))


def votes_of(drawn: Rows, **options: Any) -> BoxVotes:
    tasks, workers, corners, classes = zip(*drawn, strict=True) if drawn else ([], [], [], [])
    return BoxVotes.from_codes(tasks, workers, corners, classes, **options)


def error(found: BoxFit, truth: Boxes) -> float:
    return 1 - score_boxes(truth, found.labels, overlap=0.7, by_class=True).f1


def _square(spot: int) -> npt.NDArray[np.float64]:
    x, y = 60.0 * (spot % GRID), 60.0 * (spot // GRID)
    return np.array([x, y, x + 40, y + 40])


KIND = Kind("boxes", METHODS, rows, fit, error, tolerance=0.1)
