"""The sums over tasks that every measure of agreement is a function of."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Sums over tasks; a leading axis, where there is one, runs over many sums at once, such as resamples.

    Only tasks with two answers or more can agree; they are "paired". Every ordered pair of a task's answers counts.

    rated: tasks with an answer.
    shares: (…, classes) each task's shares of the classes, added up over rated tasks.
    paired: tasks with two answers or more.
    agreeing: each paired task's share of pairs that agree, added up.
    values: (…, classes) answers on paired tasks.
    coinciding: each paired task's agreeing pairs divided by (its answers - 1), added up: the diagonal of
        Krippendorff's coincidence matrix.
    """

    rated: Floats
    shares: Floats
    paired: Floats
    agreeing: Floats
    values: Floats
    coinciding: Floats

    @classmethod
    def of_each(cls, counts: Floats) -> Self:
        """One task's part in every sum, for each row of `counts` (tasks, classes)."""
        answers = counts.sum(axis=1)
        others = np.maximum(answers - 1, 1)
        paired = (answers > 1).astype(np.float64)
        agreeing = (counts * (counts - 1)).sum(axis=1) / others
        return cls(
            rated=(answers > 0).astype(np.float64),
            shares=counts / np.maximum(answers, 1)[:, None],
            paired=paired,
            agreeing=agreeing / np.maximum(answers, 1),
            values=counts * paired[:, None],
            coinciding=agreeing,
        )

    def added_up(self, times: Floats | csr_array[np.float64, tuple[int, int]]) -> "Totals":
        """Sums in which entry i of the leading axis occurs times[…, i] times."""
        return Totals(*(np.asarray(times @ getattr(self, field.name)) for field in fields(self)))
