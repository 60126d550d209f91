"""Measure agreement, with intervals from resampling the tasks."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from quality.agreement.measures import MEASURES
from quality.agreement.patterns import distinct_rows
from quality.agreement.totals import Totals

Counts = npt.NDArray[np.int64]

RESAMPLES = 1000
MAX_UNITS = 2000
"""Units to resample at most. Above it tasks are resampled in random blocks, so that time stays bounded."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the ends of its 95% interval; all nan where the figure is undefined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """The four measures, and what they rest on: tasks with an answer, tasks with two or more, and answers."""

    krippendorff_alpha: Interval
    fleiss_kappa: Interval
    gwet_ac1: Interval
    percent_agreement: Interval
    tasks: int
    paired_tasks: int
    answers: int


def measure(counts: npt.ArrayLike, rng: np.random.Generator, *, resamples: int = RESAMPLES) -> Agreement:
    """Agreement on `counts` (tasks, classes): how many answers of each class each task got.

    Columns are the classes that workers could choose from, given or not. Intervals are the 2.5% and 97.5% quantiles of
    a bootstrap over the tasks with an answer (Efron & Tibshirani, 1993, chapter 13). Raises ValueError unless `counts`
    is a matrix of whole numbers from 0 upwards.
    """
    rows, repeats = distinct_rows(_checked(counts))
    answered = rows.any(axis=1)
    rows, repeats = rows[answered], repeats[answered]
    patterns = Totals.of_each(rows.astype(np.float64))
    totals = patterns.added_up(repeats.astype(np.float64))
    samples = _resampled(patterns, repeats, rng, resamples)
    intervals = {name: _interval(float(figure(totals)), figure(samples)) for name, figure in MEASURES.items()}
    answers = int(rows.sum(axis=1) @ repeats)
    return Agreement(**intervals, tasks=int(repeats.sum()), paired_tasks=int(totals.paired), answers=answers)


def _resampled(patterns: Totals, repeats: Counts, rng: np.random.Generator, resamples: int) -> Totals:
    """Totals of `resamples` samples, each of as many tasks as there are, drawn with replacement.

    Tasks with the same pattern are drawn together, by one multinomial draw. With very many patterns, tasks are dealt
    at random to blocks of equal size and blocks are drawn: that leaves the variance of every total as it is.
    """
    if len(repeats) > MAX_UNITS:
        dealt = rng.permutation(int(repeats.sum())) % MAX_UNITS
        pattern = np.repeat(np.arange(len(repeats)), repeats)
        membership = csr_array((np.ones(len(dealt)), (dealt, pattern)), shape=(MAX_UNITS, len(repeats)))
        patterns, repeats = patterns.added_up(membership), np.ones(MAX_UNITS, dtype=np.int64)
    size = int(repeats.sum())
    draws = rng.multinomial(size, repeats / size, size=resamples) if size else np.zeros((resamples, 0))
    return patterns.added_up(draws.astype(np.float64))


def _checked(counts: npt.ArrayLike) -> Counts:
    array = np.asarray(counts)
    if array.ndim != 2:
        raise ValueError(f"counts must be (tasks, classes), got shape {array.shape}")
    wrong = np.argwhere((array < 0) | (array != np.floor(array)))
    if wrong.size:
        task, label = map(int, wrong[0])
        raise ValueError(f"counts[{task}, {label}] is {array[task, label]}, not a number of answers")
    return array.astype(np.int64)


def _interval(value: float, resampled: npt.NDArray[np.float64]) -> Interval:
    """Resamples in which the measure is undefined are left out."""
    defined = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not defined.size:
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(defined, [0.025, 0.975])
    return Interval(value, float(low), float(high))
