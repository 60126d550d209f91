"""The sums over tasks that every measure of agreement on classes is a function of."""

from dataclasses import dataclass
from typing import ClassVar, Self, cast

import numpy as np
from scipy.sparse import csr_array

from quality.agreement.resampling import Floats, Sums


@dataclass(frozen=True, slots=True, eq=False)
class Totals(Sums):
    """Sums over tasks; a leading axis, where there is one, runs over many sums at once, such as
    resamples.

    Only tasks with two answers or more can agree; they are "paired". Every ordered pair of a task's
    answers counts, for as much as its classes agree: 1 or 0, or their entry in `weights`.

    rated: tasks with an answer.
    shares: (…, classes) each task's shares of the classes, added up over rated tasks.
    paired: tasks with two answers or more.
    agreeing: each paired task's share of pairs that agree, added up.
    values: (…, classes) answers on paired tasks.
    coinciding: each paired task's agreeing pairs divided by (its answers - 1), added up: the
        diagonal of Krippendorff's coincidence matrix.
    weights: (classes, classes) how far two classes agree; None if only equal ones do.
    """

    rated: Floats
    shares: Floats
    paired: Floats
    agreeing: Floats
    values: Floats
    coinciding: Floats
    weights: Floats | None = None

    fixed: ClassVar[tuple[str, ...]] = ("weights",)

    @classmethod
    def of_each(cls, counts: Floats, weights: Floats | None = None) -> Self:
        """One task's part in every sum, for each row of `counts` (tasks, classes)."""
        answers = counts.sum(axis=1)
        others = np.maximum(answers - 1, 1)
        paired = (answers > 1).astype(np.float64)
        agreeing = (counts * (alike(counts, weights) - 1)).sum(axis=1) / others
        return cls(
            rated=(answers > 0).astype(np.float64),
            shares=counts / np.maximum(answers, 1)[:, None],
            paired=paired,
            agreeing=agreeing / np.maximum(answers, 1),
            values=counts * paired[:, None],
            coinciding=agreeing,
            weights=weights,
        )

    @classmethod
    def of_each_sparse(cls, counts: csr_array[np.float64, tuple[int, int]]) -> Self:
        """The same without weights, where so many classes have no answer that `shares` and `values`
        stay sparse too."""
        answers = np.asarray(counts.sum(axis=1), dtype=np.float64)
        paired = (answers > 1).astype(np.float64)
        agreeing = np.asarray((counts.multiply(counts) - counts).sum(axis=1)) / np.maximum(answers - 1, 1)
        return cls(
            rated=(answers > 0).astype(np.float64),
            shares=cast(Floats, _scaled(counts, 1 / np.maximum(answers, 1))),
            paired=paired,
            agreeing=agreeing / np.maximum(answers, 1),
            values=cast(Floats, _scaled(counts, paired)),
            coinciding=agreeing,
        )


def _scaled(counts: csr_array[np.float64, tuple[int, int]], scale: Floats) -> csr_array[np.float64, tuple[int, int]]:
    """Each row of a sparse table times its entry of `scale`."""
    scaled = counts.copy()
    scaled.data *= np.repeat(scale, np.diff(counts.indptr))
    return scaled


def alike(counts: Floats, weights: Floats | None) -> Floats:
    """(…, classes) of `counts` (…, classes), those that agree with each class; every class agrees
    with itself."""
    return counts if weights is None else counts @ weights
