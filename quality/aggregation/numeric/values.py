"""Votes that are numbers: who gave which value to which task."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats, checked_codes, checked_size, require_equal_lengths
from quality.aggregation.grouped import sums

LARGEST = 1e100
"""Numbers beyond it are refused, so that no square of one overflows."""


@dataclass(frozen=True, eq=False)
class NumericVotes:
    """Votes in one canonical order, by task, worker and value; a value that is given twice counts
    twice.

    tasks, workers: (votes,) codes. values: (votes,) what was answered, in the unit of the answers.
    known: (tasks,) the true value of each task where it is known, nan elsewhere.
    """

    tasks: Codes
    workers: Codes
    values: Floats
    known: Floats
    n_workers: int

    @classmethod
    def from_codes(
        cls,
        tasks: npt.ArrayLike,
        workers: npt.ArrayLike,
        values: npt.ArrayLike,
        *,
        n_tasks: int | None = None,
        n_workers: int | None = None,
        known: npt.ArrayLike | None = None,
    ) -> Self:
        """Votes from integer codes of tasks and workers and a value each, one row a vote, in any
        order.

        Raises ValueError naming the array and the entry at fault: a value is finite, and no larger
        than `LARGEST`.
        """
        task, worker = checked_codes("tasks", tasks), checked_codes("workers", workers)
        value = _checked_values("values", values, missing=False)
        require_equal_lengths(tasks=task, workers=worker, values=value)
        answer = None if known is None else _checked_values("known", known, missing=True)
        if answer is not None and n_tasks not in {None, len(answer)}:
            raise ValueError(f"known has {len(answer)} entries, but n_tasks is {n_tasks}")
        n_tasks = checked_size("n_tasks", n_tasks if answer is None else len(answer), tasks=task)
        n_workers = checked_size("n_workers", n_workers, workers=worker)
        answer = np.full(n_tasks, np.nan) if answer is None else answer
        order = np.lexsort((value, worker, task))
        columns = task[order], worker[order], value[order], answer
        for column in columns:
            column.flags.writeable = False
        return cls(*columns, n_workers)

    def knowing(self, known: Floats) -> Self:
        """The same votes with other known values (tasks,)."""
        return replace(self, known=known)

    @property
    def n_tasks(self) -> int:
        return len(self.known)

    @cached_property
    def is_known(self) -> npt.NDArray[np.bool_]:
        """(tasks,) whether the true value is known."""
        return ~np.isnan(self.known)

    @cached_property
    def per_task(self) -> Floats:
        """(tasks,) votes on each task."""
        return self.by_task(np.ones(len(self.tasks)))

    @cached_property
    def per_worker(self) -> Floats:
        """(workers,) votes by each worker."""
        return self.by_worker(np.ones(len(self.tasks)))

    @cached_property
    def has_evidence(self) -> npt.NDArray[np.bool_]:
        """(tasks,) whether a task has a vote or a known value."""
        return (self.per_task > 0) | self.is_known

    def by_task(self, figures: Floats) -> Floats:
        """(tasks,) the sum over each task's votes of `figures` (votes,)."""
        return sums(self.tasks, figures, self.n_tasks)

    def by_worker(self, figures: Floats) -> Floats:
        """(workers,) the sum over each worker's votes of `figures` (votes,)."""
        return sums(self.workers, figures, self.n_workers)

    def averages(self, weights: Floats | None = None) -> Floats:
        """(tasks,) the known value, or the mean of the votes weighted by `weights` (votes,); nan
        without either."""
        weight = np.ones(len(self.values)) if weights is None else weights
        totals = self.by_task(weight)
        means = np.full(self.n_tasks, np.nan)
        np.divide(self.by_task(weight * self.values), totals, out=means, where=totals > 0)
        return np.where(self.is_known, self.known, means)

    def noise(self, centres: Floats) -> float:
        """The variance of votes about `centres` (tasks,), with a degree of freedom off for each
        that isn't known.

        Where every one is used up, half of the variance of all votes: as if truths and errors
        varied alike.
        """
        free = len(self.values) - np.count_nonzero((self.per_task > 0) & ~self.is_known)
        if free > 0:
            return float(((self.values - centres[self.tasks]) ** 2).sum() / free)
        return float(self.values.var() / 2) if self.values.size else 0.0


def _checked_values(name: str, values: npt.ArrayLike, *, missing: bool) -> Floats:
    array = np.array(values, dtype=np.float64) + 0.0  # no -0.0, which sorts like 0.0 but prints differently
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got shape {array.shape}")
    wrong = np.flatnonzero(~(np.abs(array) <= LARGEST) & ~(missing & np.isnan(array)))
    if wrong.size:
        raise ValueError(f"{name}[{wrong[0]}] is {array[wrong[0]]}; a value is finite and at most {LARGEST:g}")
    return array
