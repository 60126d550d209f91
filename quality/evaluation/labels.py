"""Labels against the truth: accuracy, precision, recall and F1."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.evaluation.inputs import whole

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Averages:
    """Precision, recall and F1 of all classes together."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """How far labels are right. Figures lie between 0 and 1, and are nan where there is nothing to
    score.

    confusion: (classes, classes) [truth, label] tasks.
    precision, recall, f1: (classes,) of each class. A class that is missed altogether has 0 for all
        three; one that is neither true nor labelled anywhere has nan and is left out of the
        averages.
    macro: plain means over classes, so that rare classes count as much as common ones.
    micro: from all classes' tasks pooled; where every task has one true class, all three are the
        accuracy.
    """

    confusion: Counts
    accuracy: float
    precision: Floats
    recall: Floats
    f1: Floats
    macro: Averages
    micro: Averages


def confusion_matrix(truth: npt.ArrayLike, labels: npt.ArrayLike, n_classes: int) -> Counts:
    """(classes, classes) [truth, label] how many tasks of each true class got each label.

    truth, labels: (tasks,) class codes. Raises ValueError naming the entry that is no class, or the
    two shapes if they differ.
    """
    columns = {"truth": whole("truth", truth), "labels": whole("labels", labels)}
    if columns["truth"].shape != columns["labels"].shape:
        raise ValueError(f"truth {columns['truth'].shape} and labels {columns['labels'].shape} must be of one length")
    for name, codes in columns.items():
        wrong = np.flatnonzero((codes < 0) | (codes >= n_classes))
        if wrong.size:
            raise ValueError(f"{name}[{wrong[0]}] is {codes[wrong[0]]}, but there are {n_classes} classes")
    cells = np.bincount(columns["truth"] * n_classes + columns["labels"], minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes)


def score_labels(truth: npt.ArrayLike, labels: npt.ArrayLike, n_classes: int) -> Scores:
    """Score labels (tasks,) against the truth (tasks,), both class codes."""
    confusion = confusion_matrix(truth, labels, n_classes)
    right = confusion.diagonal().astype(np.float64)
    true, labelled = confusion.sum(axis=1), confusion.sum(axis=0)
    occurs = true + labelled > 0
    precision = _share(right, labelled, occurs)
    recall = _share(right, true, occurs)
    f1 = _share(2 * right, true + labelled, occurs)
    accuracy = float(right.sum() / confusion.sum()) if confusion.any() else float("nan")
    macro = (float(figure[occurs].mean()) if occurs.any() else float("nan") for figure in (precision, recall, f1))
    return Scores(confusion, accuracy, precision, recall, f1, Averages(*macro), Averages(*[accuracy] * 3))


def _share(part: Floats, whole: Counts, occurs: npt.NDArray[np.bool_]) -> Floats:
    """part / whole; 0 where the whole is nothing though the class occurs, nan where it doesn't
    occur."""
    share = np.where(occurs, 0.0, np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share
