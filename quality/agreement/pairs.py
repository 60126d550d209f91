"""Answers to tasks that got two or more, and every pair of answers to one task."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.grouped import sums

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PairedAnswers:
    """The answers to paired tasks, sorted by task: only tasks with two answers or more can agree.

    rows: (answers,) their places among all answers. tasks: (answers,) paired tasks, numbered 0, 1,
        … in their order.
    sizes: (paired tasks,) answers to each. answered_tasks, answers: numbers of those, paired or
        not.
    """

    rows: Rows
    tasks: Rows
    sizes: Rows
    answered_tasks: int
    answers: int

    @classmethod
    def of(cls, tasks: Codes, *ties: Floats | Codes) -> Self:
        """From the task of each answer. Answers to one task go by the first of `ties`, then the
        next, then as given."""
        order = np.lexsort((*ties[::-1], tasks))
        starts = np.flatnonzero(np.diff(tasks[order], prepend=-1))
        sizes = np.diff(starts, append=len(tasks))
        rows = order[np.repeat(sizes > 1, sizes)]
        paired = sizes[sizes > 1]
        return cls(rows, np.repeat(np.arange(len(paired)), paired), paired, len(sizes), len(tasks))

    @property
    def weights(self) -> Floats:
        """(paired tasks,) what an ordered pair counts for, so that every answer counts once: 1 /
        (its answers - 1)."""
        return 1.0 / (self.sizes - 1)

    def by_task(self, figures: Floats) -> Floats:
        """(paired tasks,) the sum over each task's answers of `figures` (answers,)."""
        return sums(self.tasks, figures, len(self.sizes))

    def pairs(self) -> Iterator[tuple[Rows, Rows]]:
        """Places (i, j) in `tasks`, i before j, of two answers to one task: every pair once.

        All pairs that are one place apart come first, then all that are two apart, and so on, so
        that memory follows the number of answers and not that of pairs.
        """
        first, apart = np.arange(len(self.tasks)), 1
        while first.size:
            first = first[first + apart < len(self.tasks)]
            first = first[self.tasks[first] == self.tasks[first + apart]]
            yield first, first + apart
            apart += 1
