"""Accounts that act as one: they answer alike whatever the task, and take their time alike."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import checked_codes, require_equal_lengths
from quality.evaluation.accuracy import Floats

ENOUGH = 5
"""Measured times that a correlation needs."""


@dataclass(frozen=True, slots=True, eq=False)
class Sameness:
    """How far the workers of each pair answer alike.

    common: (pairs,) tasks that both answered; alike: (pairs,) how many of them with the same
        answer.
    rhythm: (pairs,) the correlation of the logarithms of the seconds they took; nan where too few
        were measured.
    """

    common: npt.NDArray[np.int64]
    alike: npt.NDArray[np.int64]
    rhythm: Floats


def find_sameness(
    tasks: npt.ArrayLike,
    workers: npt.ArrayLike,
    answers: npt.ArrayLike,
    seconds: npt.ArrayLike,
    pairs: npt.NDArray[np.integer],
) -> Sameness:
    """Compare pairs of workers (pairs, 2), from one row an answer: codes, and seconds, nan where
    not measured.

    A worker answers a task once. Good workers answer alike as well: sameness is evidence only
    beside mistakes that are shared (`find_copying`). Raises ValueError for bad codes and columns of
    unequal length.
    """
    task, worker, answer = (
        checked_codes(name, codes) for name, codes in (("tasks", tasks), ("workers", workers), ("answers", answers))
    )
    times = np.asarray(seconds, dtype=np.float64)
    require_equal_lengths(tasks=task, workers=worker, answers=answer, seconds=times)
    pair, one, other = _met(task, worker, pairs)
    alike = np.bincount(pair[answer[one] == answer[other]], minlength=len(pairs))
    rhythm = _correlation(pair, times[one], times[other], len(pairs))
    return Sameness(np.bincount(pair, minlength=len(pairs)), alike, rhythm)


def _met(
    tasks: npt.NDArray[np.int32], workers: npt.NDArray[np.int32], pairs: npt.NDArray[np.integer]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each task that the workers of a pair share: which pair, and the rows of the answers of
    the two."""
    order = np.lexsort((tasks, workers))
    n_tasks = int(tasks.max(initial=-1)) + 1
    keys = workers[order].astype(np.int64) * n_tasks + tasks[order]
    first, last = (np.searchsorted(workers[order], pairs[:, 0], side) for side in ("left", "right"))
    sizes = last - first
    pair = np.repeat(np.arange(len(pairs)), sizes)
    one = np.repeat(first - (sizes.cumsum() - sizes), sizes) + np.arange(sizes.sum())
    wanted = pairs[pair, 1].astype(np.int64) * n_tasks + tasks[order][one]
    other = np.searchsorted(keys, wanted)
    met = np.append(keys, -1)[other] == wanted
    return pair[met], order[one[met]], order[other[met]]


def _correlation(pair: npt.NDArray[np.int64], one: Floats, other: Floats, n_pairs: int) -> Floats:
    """(pairs,) of the logarithms, where both were measured."""
    measured = (one > 0) & (other > 0)
    group, x, y = pair[measured], np.log(one[measured]), np.log(other[measured])
    n = np.bincount(group, minlength=n_pairs)
    x, y = (each - (np.bincount(group, each, n_pairs) / np.maximum(n, 1))[group] for each in (x, y))
    products = np.bincount(group, x * y, n_pairs)
    spread = np.sqrt(np.bincount(group, x * x, n_pairs) * np.bincount(group, y * y, n_pairs))
    told = (n >= ENOUGH) & (spread > 0)
    return np.divide(products, spread, out=np.full(n_pairs, np.nan), where=told)
