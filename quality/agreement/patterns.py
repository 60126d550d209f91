"""Tasks that got the same answers, counted instead of repeated."""

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


def distinct_rows(counts: Counts) -> tuple[Counts, Counts]:
    """The distinct rows of `counts` (tasks, classes) and how often each occurs.

    Sorting whole rows is slow, so rows are numbered column by column: each number stands for one
    beginning of a row.
    """
    number = np.zeros(len(counts), dtype=np.int64)
    for column in counts.T:
        base = int(column.max(initial=0)) + 1
        if (int(number.max(initial=0)) + 1) * base > np.iinfo(np.int64).max:
            number = np.unique(number, return_inverse=True)[1]
        number = number * base + column
    _, first, repeats = np.unique(number, return_index=True, return_counts=True)
    return counts[first], repeats
