"""Answers that come too fast: against the crowd, on the same tasks."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from quality.aggregation.codes import Codes, checked_codes, checked_size, require_equal_lengths
from quality.evaluation.accuracy import Floats
from quality.reliability.discoveries import adjusted

ENOUGH = 3
"""Answers from which a task has a usual time of its own."""

TO_DEVIATION = 1.4826
"""A normal distribution's standard deviation over its median absolute deviation."""

MEDIAN_ERROR = 1.2533
"""The standard error of a median over that of a mean, of normal values."""


@dataclass(frozen=True, slots=True, eq=False)
class Haste:
    """How fast each worker is.

    pace: (workers,) seconds the worker takes where the crowd takes one.
    z: (workers,) how many standard deviations of workers the logarithm of the pace lies from its
        median.
    p: (workers,) how probable so fast a worker is among honest ones; q: adjusted.

    Without answers pace and z are nan, and p is 1.
    """

    pace: Floats
    z: Floats
    p: Floats
    q: Floats


def find_haste(
    tasks: npt.ArrayLike, workers: npt.ArrayLike, seconds: npt.ArrayLike, *, n_workers: int | None = None
) -> Haste:
    """Who answers too fast, from one row an answer: codes of task and worker, and how long it took,
    in seconds.

    Logarithms of seconds are compared with the median of the others on the task, or of all answers
    where a task has fewer than `ENOUGH`. A worker's pace is the median of that. Medians and median
    absolute deviations (F. Hampel, 1974) describe the honest crowd as long as it is more than half
    of all workers; z is taken to be t distributed, with a degree of freedom less than there are
    workers. Raises ValueError for bad codes, columns of unequal length and seconds that are not
    finite and above zero, naming the row.
    """
    task, worker = checked_codes("tasks", tasks), checked_codes("workers", workers)
    times = np.asarray(seconds, dtype=np.float64)
    require_equal_lengths(tasks=task, workers=worker, seconds=times)
    wrong = np.flatnonzero(~(np.isfinite(times) & (times > 0)))
    if wrong.size:
        raise ValueError(f"seconds[{wrong[0]}] is {times[wrong[0]]}; a time is finite and above zero")
    size = checked_size("n_workers", n_workers, workers=worker)
    relative = _relative(task, np.log(times))
    pace, answers = _medians(worker, relative, size), np.bincount(worker, minlength=size)
    z = _robust_z(pace, answers, TO_DEVIATION * _median(np.abs(relative - pace[worker])))
    degrees = max(int(np.count_nonzero(answers)) - 1, 1)
    p = np.where(answers > 0, stdtr(degrees, np.where(answers > 0, z, 0.0)), 1.0)
    return Haste(np.exp(pace), z, p, adjusted(p))


def _relative(tasks: Codes, times: Floats) -> Floats:
    """Logarithms of times less what is usual on their task: the median of the other answers to
    it."""
    order = np.lexsort((times, tasks))
    sizes = np.bincount(tasks)[tasks[order]] if tasks.size else np.zeros(0, dtype=np.int64)
    starts = np.searchsorted(tasks[order], tasks[order])
    rank = np.arange(len(order)) - starts
    others = np.maximum(sizes - 1, 1)
    low, high = (place + (place >= rank) for place in ((others - 1) // 2, others // 2))
    ordered = times[order]
    enough = sizes >= ENOUGH
    usual = np.full(len(order), _median(times))
    usual[enough] = (ordered[(starts + low)[enough]] + ordered[(starts + high)[enough]]) / 2
    relative = np.empty_like(times)
    relative[order] = ordered - usual
    return relative


def _robust_z(pace: Floats, answers: npt.NDArray[np.int64], noise: float) -> Floats:
    """(workers,) distances from the median pace; few answers add their noise to the spread of
    workers."""
    middle = _median(pace[answers > 0])
    spread = TO_DEVIATION * _median(np.abs(pace[answers > 0] - middle))
    error = MEDIAN_ERROR * noise / np.sqrt(np.maximum(answers, 1))
    deviation = np.hypot(spread, error)
    return np.divide(pace - middle, deviation, out=0 * pace, where=deviation > 0)


def _medians(groups: Codes, values: Floats, n_groups: int) -> Floats:
    """(n_groups,) the median of each group's values; nan for groups without any."""
    ordered = values[np.lexsort((values, groups))]
    sizes = np.bincount(groups, minlength=n_groups)
    starts, some = np.cumsum(sizes) - sizes, sizes > 0
    medians = np.full(n_groups, np.nan)
    middle = starts[some] + (sizes[some] - 1) // 2, starts[some] + sizes[some] // 2
    medians[some] = (ordered[middle[0]] + ordered[middle[1]]) / 2
    return medians


def _median(values: Floats) -> float:
    return float(np.median(values)) if values.size else 0.0
