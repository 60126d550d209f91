"""A few votes of every kind, on which workers agree, with the known answers and the truth that they
lead to."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = Mapping[str, Any]
FORMATS = ("csv", "jsonl", "parquet")


@dataclass(frozen=True)
class Example:
    """votes, known, truth: rows of files. perfect: what evaluate says of labels that are all right.

    workers: the columns that a method with a model of workers has of them besides worker and votes;
        none without.
    setting: one that the kind has no use for.
    """

    votes: Sequence[Row]
    known: Sequence[Row]
    truth: Sequence[Row]
    perfect: Mapping[str, float]
    workers: Sequence[str] = ()
    setting: Sequence[str] = ("--order", "a,b")


def voted(labels: Mapping[str, Any]) -> list[Row]:
    """The votes of three workers who all give these answers, by task."""
    return [
        {"task": task, "worker": worker, "label": label} for task, label in labels.items() for worker in ("a", "b", "c")
    ]


def answered(labels: Mapping[str, Any]) -> list[Row]:
    return [{"task": task, "label": label} for task, label in labels.items()]


def drawn(rows: Sequence[Row]) -> list[Row]:
    return [{"task": row["task"], "worker": worker, **row} for worker in ("a", "b", "c") for row in rows]


CLASSES = {"t1": "cat", "t2": "dog", "t3": "cat", "t4": "dog"}
SETS = {"t1": "cat|dog", "t2": "", "t3": "cat", "t4": "dog"}
GRADES = {"t1": 1, "t2": 3, "t3": 2, "t4": 3}
NUMBERS = {"t1": 1.5, "t2": -20, "t3": 1e-7, "t4": 0.1}
TEXTS = {"t1": "a red car", "t2": "", "t3": "žluťoučký kůň", "t4": 'he said "no", and left'}
NO_BOX = {"x1": None, "y1": None, "x2": None, "y2": None, "label": None}
BOXES: list[Row] = [
    {"task": "t1", "x1": 0.5, "y1": 0, "x2": 10, "y2": 10, "label": "cat"},
    {"task": "t1", "x1": 20, "y1": 0, "x2": 30, "y2": 10, "label": "dog"},
    {"task": "t2", **NO_BOX},
    {"task": "t3", "x1": 0, "y1": 0, "x2": 5, "y2": 5, "label": "dog"},
]
SPANS: list[Row] = [
    {"task": "t1", "start": 0, "end": 4, "label": "name"},
    {"task": "t1", "start": 9, "end": 12, "label": "place"},
    {"task": "t2", "start": None, "end": None, "label": None},
    {"task": "t3", "start": 2, "end": 3, "label": "name"},
]
BETTER = [("x", "y", "left"), ("z", "y", "z"), ("x", "z", "right")]

RELIABILITY = ("accuracy", "reliability", "reliability_low", "reliability_high")

EXAMPLES = {
    "choice": Example(
        voted(CLASSES), answered(CLASSES)[:2], answered(CLASSES), {"accuracy": 1, "f1": 1}, workers=RELIABILITY
    ),
    "choices": Example(
        voted(SETS), answered(SETS)[:2], answered(SETS), {"subset_accuracy": 1, "f1": 1}, workers=("skill", "deviation")
    ),
    "rating": Example(
        voted(GRADES),
        answered(GRADES)[:2],
        answered(GRADES),
        {"accuracy": 1, "mean_distance": 0, "weighted_kappa": 1},
        workers=RELIABILITY,
        setting=("--distance", "masi"),
    ),
    "number": Example(
        voted(NUMBERS),
        answered(NUMBERS)[:2],
        answered(NUMBERS),
        {"mae": 0, "rmse": 0, "bias": 0},
        workers=("weight", "spread", "spread_deviation", "bias", "bias_deviation"),
    ),
    "text": Example(
        voted(TEXTS),
        answered(TEXTS)[:2],
        answered(TEXTS),
        {"mean_word_error_rate": 0, "corpus_word_error_rate": 0},
        workers=("accuracy", "deviation", "weight"),
    ),
    "boxes": Example(
        drawn(BOXES),
        BOXES[:2],
        BOXES,
        {"f1": 1, "precision": 1, "recall": 1, "mean_average_precision": 1},
        workers=("detection", "uncertainty", "slips", "deviation"),
    ),
    "spans": Example(drawn(SPANS), SPANS[:2], SPANS, {"f1": 1, "character_f1": 1}),
    "pairwise": Example(
        [
            {"left": left, "right": right, "worker": worker, "label": label}
            for left, right, label in BETTER
            for worker in ("a", "b", "c")
        ],
        [{"left": "y", "right": "x", "label": "right"}],
        [{"item": "z", "score": 10}, {"item": "x", "score": 5.5}, {"item": "y", "score": -3}],
        {"spearman": 1, "kendall": 1},
        workers=("reliability", "deviation"),
    ),
}
"""By the name of the kind."""


def write(path: Path, rows: Sequence[Row]) -> None:
    """The rows as a file in the format that the path ends in."""
    if path.suffix == ".csv":
        with path.open("w", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of such a file."""
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows
