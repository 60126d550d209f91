"""python -m quality evaluate"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.cli.errors import BadFile
from quality.cli.output import print_json, print_text
from quality.cli.tables import Table, read_table, require_one_stdin
from quality.evaluation import Scores, cross_entropy, expected_calibration_error, score_labels

Codes = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]

SHOWN = ("accuracy", "precision", "recall", "f1", "cross_entropy", "calibration_error")


def evaluate(arguments: argparse.Namespace) -> None:
    """Print how far labels match known answers, over the tasks that are in both files."""
    require_one_stdin(arguments.labels, arguments.gold)
    labels = read_table(arguments.labels, ("task", "label"), optional=("confidence",))
    gold = read_table(arguments.gold, ("task", "label"))
    summary = compare(labels, gold)
    if arguments.json:
        print_json(summary)
        return
    lines = [f"{name.replace('_', ' '):18} {summary[name]:.4f}" for name in SHOWN if summary[name] is not None]
    counts = f"on {summary['tasks']} tasks; {summary['unlabelled']} known answers have no label"
    print_text("\n".join([*lines, counts, ""]))


def compare(labels: Table, gold: Table) -> dict[str, Any]:
    """The figures. Precision, recall and F1 are macro averages; each class's own stand under `classes`."""
    label_rows, gold_rows = labels.by_task(), gold.by_task()
    shared = [task for task in gold_rows if task in label_rows]
    if not shared:
        raise BadFile(gold.name, f"none of its {len(gold_rows)} tasks has a label in {labels.name}")
    names = sorted({*labels.columns["label"].names, *gold.columns["label"].names})
    rows = np.array([label_rows[task] for task in shared])
    given = labels.columns["label"].within(names)[rows]
    truth = gold.columns["label"].within(names)[[gold_rows[task] for task in shared]]
    scores = score_labels(truth, given, len(names))
    return {
        "tasks": len(shared),
        "unlabelled": len(gold_rows) - len(shared),
        "accuracy": scores.accuracy,
        **asdict(scores.macro),
        **_probabilities(labels, rows, given, truth, len(names)),
        "micro": asdict(scores.micro),
        "classes": _by_class(scores, names),
    }


def _by_class(scores: Scores, names: Sequence[str]) -> dict[str, dict[str, float]]:
    figures = zip(names, scores.precision, scores.recall, scores.f1, strict=True)
    return {name: {"precision": float(p), "recall": float(r), "f1": float(f)} for name, p, r, f in figures}


def _probabilities(labels: Table, rows: Codes, given: Codes, truth: Codes, n_classes: int) -> dict[str, float | None]:
    """Cross-entropy and calibration error; null where the file has no confidences.

    Cross-entropy needs whole distributions, so what a label's confidence leaves is shared evenly among the other
    classes: exact with two classes, an estimate with more.
    """
    if "confidence" not in labels.columns:
        return {"cross_entropy": None, "calibration_error": None}
    confidence = _confidences(labels)[rows]
    is_label = given[:, None] == np.arange(n_classes)
    rest = (1 - confidence) / max(n_classes - 1, 1)
    predicted = np.where(is_label, confidence[:, None], rest[:, None])
    return {
        "cross_entropy": cross_entropy(np.eye(n_classes)[truth], predicted),
        "calibration_error": expected_calibration_error(confidence, given == truth),
    }


def _confidences(labels: Table) -> Floats:
    confidences = np.empty(len(labels.lines))
    for row, cell in enumerate(labels.columns["confidence"].values()):
        try:
            confidences[row] = float(cell)
        except ValueError:
            confidences[row] = np.nan
        if not 0 <= confidences[row] <= 1:
            raise BadFile(labels.name, f"confidence {cell!r} is not a number from 0 to 1", line=labels.lines[row])
    return confidences
