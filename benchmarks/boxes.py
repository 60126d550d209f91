"""How well methods for boxes find the true ones of a set: F1 at an overlap of 0.5, classes left
aside, and mAP."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.rows import read_rows
from quality.aggregation.boxes import METHODS, BoxVotes
from quality.evaluation.boxes import Boxes, mean_average_precision, score_boxes

CORNERS = ("x1", "y1", "x2", "y2")


def figures(folder: Path) -> list[tuple[str, str, float]]:
    """(method, measure, value) of every method on the set in `folder`."""
    votes, truth = read_set(folder)
    found = []
    for name, method in METHODS.items():
        labels = method.build().fit(votes).labels
        one_class = Boxes.from_rows(labels.tasks, labels.corners, scores=labels.scores)
        no_class = Boxes.from_rows(truth.tasks, truth.corners)
        found += [
            (name, "F1@0.5", score_boxes(truth, labels).f1),
            (name, "F1@0.5 by class", score_boxes(truth, labels, by_class=True).f1),
            (name, "AP@0.5:0.95, one class", mean_average_precision(no_class, one_class)),
        ]
    return found


def read_set(folder: Path) -> tuple[BoxVotes, Boxes]:
    """The workers' boxes and the true ones, of `labels.csv` and `gold.csv`."""
    drawn, gold = (read_rows(folder / name) for name in ("labels.csv", "gold.csv"))
    tasks = _codes(row["task"] for row in drawn + gold)
    workers = _codes(row["worker"] for row in drawn)
    columns = ([tasks[row["task"]] for row in drawn], [workers[row["worker"]] for row in drawn])
    votes = BoxVotes.from_codes(*columns, _corners(drawn), _classes(drawn), n_tasks=len(tasks))
    return votes, Boxes.from_rows([tasks[row["task"]] for row in gold], _corners(gold), _classes(gold))


def _codes(names: Iterable[str]) -> dict[str, int]:
    return {name: code for code, name in enumerate(sorted(set(names)))}


def _corners(rows: list[dict[str, str]]) -> npt.NDArray[np.float64]:
    return np.array([[float(row[name]) for name in CORNERS] for row in rows])


def _classes(rows: list[dict[str, str]]) -> list[int]:
    return [int(row["category"]) for row in rows]
