"""How far masks of a set by every method overlap the true ones."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.rows import read_rows
from quality.aggregation.masks import METHODS, MaskVotes
from quality.evaluation.masks import mask_iou

Truth = dict[int, npt.NDArray[np.bool_]]


def figures(folder: Path) -> list[tuple[str, str, float]]:
    """(method, measure, value) of every method on the set in `folder`."""
    votes, truth = read_set(folder)
    found = []
    for name, method in METHODS.items():
        labels = method.build().fit(votes).labels
        overlaps = [mask_iou(true, labels[task]) for task, true in truth.items() if labels[task] is not None]
        found.append((name, "mean IoU", float(np.mean(overlaps))))
    return found


def read_set(folder: Path) -> tuple[MaskVotes, Truth]:
    """The workers' masks and the true ones, of `labels.csv`, `gold.csv` and the packed bits of
    `masks.npz`."""
    rows, gold = read_rows(folder / "labels.csv"), read_rows(folder / "gold.csv")
    tasks = {name: code for code, name in enumerate(sorted({row["task"] for row in rows + gold}))}
    workers = {name: code for code, name in enumerate(sorted({row["worker"] for row in rows}))}
    with np.load(folder / "masks.npz") as archive:
        shapes = {name: tuple(archive[f"S__{name}"].tolist()) for name in tasks}
        bits = [archive[row["label"]] for row in rows]
        true = {tasks[row["task"]]: _unpacked(archive[row["label"]], shapes[row["task"]]) for row in gold}
    columns = [tasks[row["task"]] for row in rows], [workers[row["worker"]] for row in rows]
    votes = MaskVotes.from_packed(*columns, bits, [shapes[row["task"]] for row in rows], n_tasks=len(tasks))
    return votes, true


def _unpacked(bits: npt.NDArray[np.uint8], shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    return np.unpackbits(bits, count=shape[0] * shape[1]).reshape(shape).astype(bool)
