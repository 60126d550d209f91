"""Answers that tick any number of classes: who ticked what on which task."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats, checked_codes, checked_size, require_equal_lengths

Bools = npt.NDArray[np.bool_]
UNKNOWN = -1
"""Stands for "not known" in `known`; 0 is known to be absent, 1 known to be present."""


@dataclass(frozen=True, eq=False)
class MultiLabelVotes:
    """Answers in one canonical order: by task, worker and ticks. Build them with `from_codes`.

    tasks, workers: (answers,) codes; an answer that is given twice counts twice.
    ticks: (answers, classes) which classes each answer ticks; it may be none.
    known: (tasks, classes) 1 where a class is known to be right, 0 where it is known to be wrong,
        else `UNKNOWN`.
    """

    tasks: Codes
    workers: Codes
    ticks: Bools
    known: npt.NDArray[np.int8]
    n_workers: int

    @classmethod
    def from_codes(
        cls,
        tasks: npt.ArrayLike,
        workers: npt.ArrayLike,
        ticks: npt.ArrayLike,
        *,
        n_tasks: int | None = None,
        n_workers: int | None = None,
        known: npt.ArrayLike | None = None,
    ) -> Self:
        """Answers from integer codes and a table (answers, classes) of ticks, one row an answer.

        Sizes that are left out are read off the codes. Raises ValueError naming the array and the
        row at fault.
        """
        task, worker = checked_codes("tasks", tasks), checked_codes("workers", workers)
        ticked = _checked_ticks(ticks, known)
        require_equal_lengths(tasks=task, workers=worker, ticks=ticked.astype(np.float64))
        answers = None if known is None else _checked_known(known, ticked.shape[1])
        if answers is not None and n_tasks is not None and len(answers) != n_tasks:
            raise ValueError(f"known has {len(answers)} rows, but n_tasks is {n_tasks}")
        n_tasks = checked_size("n_tasks", n_tasks if answers is None else len(answers), tasks=task)
        if answers is None:
            answers = np.full((n_tasks, ticked.shape[1]), UNKNOWN, dtype=np.int8)
        n_workers = checked_size("n_workers", n_workers, workers=worker)
        order = np.lexsort((*ticked.T[::-1], worker, task))
        columns = task[order], worker[order], ticked[order], answers
        for column in columns:
            column.flags.writeable = False
        return cls(*columns, n_workers)

    @property
    def n_tasks(self) -> int:
        return len(self.known)

    @property
    def n_classes(self) -> int:
        return self.known.shape[1]

    @cached_property
    def per_task(self) -> Floats:
        """(tasks,) answers to each task."""
        return np.bincount(self.tasks, minlength=self.n_tasks).astype(np.float64)

    @cached_property
    def per_worker(self) -> Floats:
        """(workers,) answers by each worker."""
        return np.bincount(self.workers, minlength=self.n_workers).astype(np.float64)

    def counts(self, weights: Floats | None = None) -> Floats:
        """(tasks, classes) ticks; with `weights` (workers,), a tick counts for its worker's
        weight."""
        each = np.ones(len(self.tasks)) if weights is None else weights[self.workers]
        columns = [np.bincount(self.tasks, each * ticked, self.n_tasks) for ticked in self.ticks.T]
        return np.stack(columns, axis=1) if columns else np.zeros((self.n_tasks, 0))


def _checked_ticks(ticks: npt.ArrayLike, known: npt.ArrayLike | None) -> Bools:
    """`ticks` as a new table of booleans; no rows at all have as many classes as `known`."""
    table = np.array(ticks)
    if table.size == 0 and table.ndim < 2:
        table = np.zeros((0, np.shape(known)[1] if known is not None and np.ndim(known) == 2 else 0))
    if table.ndim != 2:
        raise ValueError(f"ticks must have one row an answer and one column a class, got shape {table.shape}")
    wrong = np.argwhere((table != 0) & (table != 1))
    if wrong.size:
        row, column = wrong[0].tolist()
        raise ValueError(f"ticks[{row}, {column}] is {table[row, column]}; a tick is 0 or 1")
    return table.astype(bool)


def _checked_known(known: npt.ArrayLike, n_classes: int) -> npt.NDArray[np.int8]:
    table = np.array(known)
    if table.ndim != 2 or table.shape[1] != n_classes:
        raise ValueError(f"known must have shape (tasks, {n_classes}), got {table.shape}")
    wrong = np.argwhere(~np.isin(table, (UNKNOWN, 0, 1)))
    if wrong.size:
        row, column = wrong[0].tolist()
        raise ValueError(f"known[{row}, {column}] is {table[row, column]}; it is 0, 1 or {UNKNOWN}")
    return table.astype(np.int8)
