"""A good crowd that paints discs: its outlines waver, one pixel in fifty is a slip."""

from typing import Any

import numpy as np

from quality.aggregation.masks import METHODS, MaskFit, MaskVotes
from quality.evaluation.masks import mask_iou
from tests.quality.aggregation.kinds import Kind, Rows

N_TASKS, N_WORKERS, SIDE = 12, 7, 32


def rows(rng: np.random.Generator) -> tuple[Rows, list[Any]]:
    """(task, worker, mask) masks of a crowd, and the true masks."""
    truth = [disc(rng.uniform(14, 18), rng.uniform(14, 18), rng.uniform(8, 12)) for _ in range(N_TASKS)]
    painted = []
    for task in range(N_TASKS):
        for worker in range(N_WORKERS):
            mask = np.roll(truth[task], rng.choice([-1, 0, 0, 1], 2), axis=(0, 1)) ^ (rng.random((SIDE, SIDE)) < 0.02)
            painted.append((task, worker, tuple(map(tuple, mask.tolist()))))
    return painted, truth


def disc(x: float, y: float, radius: float) -> Any:
    across, down = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    return (across - x) ** 2 + (down - y) ** 2 <= radius**2


def fit(aggregator: Any, painted: Rows) -> MaskFit:
    found: MaskFit = aggregator.fit(votes_of(painted))
    return found


def votes_of(painted: Rows, **options: Any) -> MaskVotes:
    tasks, workers, masks = zip(*painted, strict=True) if painted else ([], [], [])
    return MaskVotes.from_codes(tasks, workers, [np.array(mask) for mask in masks], **options)


def error(found: MaskFit, truth: list[Any]) -> float:
    overlaps = [mask_iou(true, label) for true, label in zip(truth, found.labels, strict=True) if label is not None]
    return 1 - float(np.mean(overlaps))


KIND = Kind("masks", METHODS, rows, fit, error, tolerance=0.1)
