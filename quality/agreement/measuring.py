"""Measure agreement on classes: as a whole, of each class, and of each task."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from quality.agreement.measures import MEASURES, ratio
from quality.agreement.patterns import distinct_rows
from quality.agreement.resampling import RESAMPLES, Counts, Floats, Interval, resampled
from quality.agreement.totals import Totals
from quality.agreement.weights import class_weights

Sparse = csr_array[np.float64, tuple[int, int]]

SAMPLINGS = 40
"""In which the samples of a sparse table are drawn."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The four measures, and what they rest on: tasks with an answer, tasks with two or more, and
    answers."""

    krippendorff_alpha: Interval
    fleiss_kappa: Interval
    gwet_ac1: Interval
    percent_agreement: Interval
    tasks: int
    paired_tasks: int
    answers: int


def measure(
    counts: npt.ArrayLike | Sparse,
    rng: np.random.Generator,
    *,
    weights: str | npt.ArrayLike = "identity",
    resamples: int = RESAMPLES,
) -> Agreement:
    """Agreement on `counts` (tasks, classes): how many answers of each class each task got.

    Columns are the classes that workers could choose from, given or not. With `weights` (see
    `class_weights`) some classes agree in part: then `gwet_ac1` is Gwet's AC2 and the others are
    the weighted forms. Intervals are those of a bootstrap over the tasks with an answer. Raises
    ValueError unless `counts` is a matrix of whole numbers from 0 upwards, or if the weights are
    none. Where classes are very many, `counts` may be sparse; then only equal classes agree.
    """
    if isinstance(counts, csr_array):
        return _measured_sparse(counts, weights, rng, resamples)
    table = _checked(counts)
    return _measured(*distinct_rows(table), class_weights(weights, table.shape[1]), rng, resamples)


def class_agreement(
    counts: npt.ArrayLike, rng: np.random.Generator, *, resamples: int = RESAMPLES
) -> tuple[Agreement, ...]:
    """Agreement on each class against all the others together, from `counts` as in `measure`.

    Its `fleiss_kappa` is the kappa of a category in J. L. Fleiss (1971), and its
    `krippendorff_alpha` that of the data with all other classes merged into one. The kappa of all
    classes is the mean of theirs, weighted by p (1 - p) where p is the share of a class.
    """
    table = _checked(counts)
    sizes = table.sum(axis=1)
    against = (np.stack([column, sizes - column], axis=1) for column in table.T)
    return tuple(_measured(*distinct_rows(each), None, rng, resamples) for each in against)


def task_agreement(counts: npt.ArrayLike, *, weights: str | npt.ArrayLike = "identity") -> Floats:
    """(tasks,) the share of pairs of a task's answers that agree; nan for a task with fewer than
    two."""
    table = _checked(counts)
    each = Totals.of_each(table.astype(np.float64), class_weights(weights, table.shape[1]))
    return ratio(each.agreeing, each.paired)


def _measured_sparse(
    counts: Sparse, weights: str | npt.ArrayLike, rng: np.random.Generator, resamples: int
) -> Agreement:
    """The measures of a table most of which is empty: samples are drawn a few at a time, since each
    has all classes."""
    if not isinstance(weights, str) or weights != "identity":
        raise ValueError("with sparse counts only equal classes agree: leave the weights out")
    answers: Floats = np.asarray(counts.sum(axis=1))
    patterns, once = Totals.of_each_sparse(counts[answers > 0]), np.ones(np.count_nonzero(answers), dtype=np.int64)
    totals = patterns.added_up(once.astype(np.float64))
    parts = [resampled(patterns, once, rng, len(some)) for some in np.array_split(np.arange(resamples), SAMPLINGS)]
    samples = {name: np.concatenate([figure(part) for part in parts]) for name, figure in MEASURES.items()}
    intervals = {name: Interval.of(figure(totals), samples[name]) for name, figure in MEASURES.items()}
    return Agreement(**intervals, tasks=len(once), paired_tasks=int(totals.paired), answers=int(answers.sum()))


def _measured(
    rows: Counts, repeats: Counts, weights: Floats | None, rng: np.random.Generator, resamples: int
) -> Agreement:
    """The measures of a table in which rows[i] occurs repeats[i] times."""
    answered = rows.any(axis=1)
    rows, repeats = rows[answered], repeats[answered]
    patterns = Totals.of_each(rows.astype(np.float64), weights)
    totals = patterns.added_up(repeats.astype(np.float64))
    samples = resampled(patterns, repeats, rng, resamples)
    intervals = {name: Interval.of(figure(totals), figure(samples)) for name, figure in MEASURES.items()}
    answers = int(rows.sum(axis=1) @ repeats)
    return Agreement(**intervals, tasks=int(repeats.sum()), paired_tasks=int(totals.paired), answers=answers)


def _checked(counts: npt.ArrayLike) -> Counts:
    array = np.asarray(counts)
    if array.ndim != 2:
        raise ValueError(f"counts must be (tasks, classes), got shape {array.shape}")
    wrong = np.argwhere((array < 0) | (array != np.floor(array)))
    if wrong.size:
        task, label = map(int, wrong[0])
        raise ValueError(f"counts[{task}, {label}] is {array[task, label]}, not a number of answers")
    return array.astype(np.int64)
