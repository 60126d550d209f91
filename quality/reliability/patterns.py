"""Answers that follow a pattern instead of the tasks: all alike for a while, or the same few over
and over."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, checked_codes, checked_size, require_equal_lengths
from quality.evaluation.accuracy import Floats
from quality.reliability.discoveries import adjusted
from quality.reliability.tails import upper_tail

LONGEST = 8
TOLERANCE = 0.1
"""Honest workers may repeat themselves, unlike shuffled answers, in this share of their answers."""


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Each worker's most surprising pattern.

    period: (workers,) after how many answers it repeats: 1 for runs of one answer, 3 for ABCABC.
    repeated: (workers,) how many answers equal the one `period` answers before; expected:
        (workers,) how many would if the order were shuffled.
    p: (workers,) how probable as many are of an honest worker, allowing for the choice of a period;
        q: adjusted.
    """

    period: npt.NDArray[np.int64]
    repeated: npt.NDArray[np.int64]
    expected: Floats
    p: Floats
    q: Floats


def find_patterns(
    workers: npt.ArrayLike,
    answers: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    longest: int = LONGEST,
    tolerance: float = TOLERANCE,
    n_workers: int | None = None,
) -> Patterns:
    """Whose answers repeat with a period, from the answers in the order in which they were given.

    workers, answers: (rows,) codes. labels: (rows,) codes of what the tasks are believed to be.
    With them only answers to tasks of one label are shuffled, so that workers are not blamed for
    the order of the tasks.
    longest: periods are tried from 1 up to it.

    Repeats at period 1 are the runs test (A. Wald & J. Wolfowitz, 1940) for any number of classes.
    They are taken to be independent of each other: if answers are equally frequent that has the
    variance of shuffling, and a larger one if not, so that p is cautious. Raises ValueError for bad
    codes, lengths and settings.
    """
    worker, answer = checked_codes("workers", workers), checked_codes("answers", answers)
    label = np.zeros_like(answer) if labels is None else checked_codes("labels", labels)
    require_equal_lengths(workers=worker, answers=answer, labels=label)
    size = checked_size("n_workers", n_workers, workers=worker)
    if longest < 1 or not 0 <= tolerance < 1:
        raise ValueError(f"longest must be at least 1 and tolerance from 0 to below 1, got {longest} and {tolerance}")
    order = np.argsort(worker, kind="stable")
    columns = worker[order], _strata(worker[order], label[order]), answer[order]
    tried = [_repeats(*columns, period, tolerance, size) for period in range(1, longest + 1)]
    repeated, expected, tails = (np.stack(figures) for figures in zip(*tried, strict=True))
    best, everyone = tails.argmin(axis=0), np.arange(size)
    p = np.minimum(tails[best, everyone] * longest, 1.0)
    return Patterns(best + 1, repeated[best, everyone], expected[best, everyone], p, adjusted(p))


def _strata(workers: Codes, labels: Codes) -> npt.NDArray[np.int64]:
    """(rows,) codes of the sets of answers that may be shuffled: those of one worker to tasks of
    one label."""
    _, strata = np.unique(workers.astype(np.int64) * (int(labels.max(initial=0)) + 1) + labels, return_inverse=True)
    return strata.astype(np.int64)


def _repeats(
    workers: Codes, strata: npt.NDArray[np.int64], answers: Codes, period: int, tolerance: float, n_workers: int
) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """(workers,) each: answers that equal the one `period` before, how many would after shuffling,
    and the tail."""
    later, before = np.arange(period, len(workers)), np.arange(len(workers) - period)
    own = workers[period:] == workers[: len(before)]
    later, before = later[own], before[own]
    chances = _chances(strata, answers, later, before)
    repeated = np.bincount(workers[later][answers[later] == answers[before]], minlength=n_workers)
    expected = np.bincount(workers[later], chances, n_workers).astype(np.float64)
    return repeated, expected, upper_tail(workers[later], tolerance + (1 - tolerance) * chances, repeated)


def _chances(
    strata: npt.NDArray[np.int64], answers: Codes, later: npt.NDArray[np.int64], before: npt.NDArray[np.int64]
) -> Floats:
    """How probable it is that two answers are equal, after shuffling the strata that they are
    in."""
    shape = int(strata.max(initial=-1)) + 1, int(answers.max(initial=-1)) + 1
    cells = np.bincount(strata * shape[1] + answers, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    one, other = strata[later], strata[before]
    itself = (one == other).astype(np.float64)  # an answer isn't drawn twice
    drawn = cells.sum(axis=1)
    equal = np.einsum("ra,ra->r", cells[one], cells[other]) - itself * drawn[one]
    return equal / (drawn[one] * (drawn[other] - itself))
