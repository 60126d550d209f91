"""Sets of classes against the truth, where a task may have any number of classes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.evaluation.inputs import truth_values
from quality.evaluation.labels import Averages, Counts, Floats


@dataclass(frozen=True, slots=True, eq=False)
class SetScores:
    """How far sets of classes are right. Figures lie between 0 and 1, and are nan where there is
    nothing to score.

    precision, recall, f1: (classes,) of each class. A class that is missed altogether has 0 for all
        three; one that is neither true nor labelled anywhere has nan and is left out of the
        averages.
    macro: plain means over classes. micro: from all (task, class) pairs pooled.
    subset_accuracy: the share of tasks whose set is wholly right.
    jaccard: the mean over tasks of shared classes over classes in either set; 1 where both sets are
        empty.
    """

    precision: Floats
    recall: Floats
    f1: Floats
    macro: Averages
    micro: Averages
    subset_accuracy: float
    jaccard: float


def score_sets(truth: npt.ArrayLike, labels: npt.ArrayLike, known: npt.ArrayLike | None = None) -> SetScores:
    """Score sets of classes (tasks, classes) against the truth (tasks, classes), both boolean.

    known: (tasks, classes) which entries of the truth are known; all if left out. The others count
    for nothing, and a task none of which is known has no share in the means over tasks. ValueError
    if the shapes differ.
    """
    found = truth_values("labels", labels)
    judged = np.ones_like(found) if known is None else truth_values("known", known)
    true = truth_values("truth", truth)
    if true.ndim != 2 or not true.shape == found.shape == judged.shape:
        raise ValueError(f"one row a task and one column a class, got {true.shape}, {found.shape} and {judged.shape}")
    true, found = true & judged, found & judged
    right, n_true, n_found = (each.sum(axis=0) for each in (true & found, true, found))
    occurs = n_true + n_found > 0
    precision, recall, f1 = _ratios(right, n_true, n_found)
    macro = Averages(*(_mean(each[occurs]) for each in (precision, recall, f1)))
    pooled = _ratios(*(each.sum(keepdims=True) for each in (right, n_true, n_found)))
    micro = Averages(*(float(each[0]) for each in pooled))
    tasks = judged.any(axis=1)
    shared, either = (true & found).sum(axis=1)[tasks], (true | found).sum(axis=1)[tasks]
    jaccard = np.divide(shared, either, out=np.ones(len(either)), where=either > 0)
    return SetScores(precision, recall, f1, macro, micro, _mean(shared == either), _mean(jaccard))


def _ratios(right: Counts, n_true: Counts, n_found: Counts) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and F1; 0 where a whole is nothing though the class occurs, nan where it
    doesn't occur."""
    share = np.where(n_true + n_found > 0, 0.0, np.nan)
    precision = np.divide(right, n_found, out=share.copy(), where=n_found > 0)
    recall = np.divide(right, n_true, out=share.copy(), where=n_true > 0)
    f1 = np.divide(2 * right, n_true + n_found, out=share.copy(), where=n_true + n_found > 0)
    return precision, recall, f1


def _mean(figures: npt.NDArray[np.bool_] | Floats) -> float:
    return float(figures.mean()) if figures.size else float("nan")
