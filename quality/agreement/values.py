"""The distinct answers that were given, and how far they are apart."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes
from quality.agreement.pairs import Rows
from quality.agreement.resampling import Floats

Distance = Callable[[Any, Any], float]
"""A symmetric function of two answers, 0 for equal ones."""

Between = Callable[[Rows, Rows], Floats]
"""(pairs,) the distances of answers given by their codes, (pairs,) and (pairs,)."""


def coded(answers: Sequence[Any]) -> tuple[Rows, Sequence[Any]]:
    """(answers,) the code of each answer, and the distinct answers; those that can't be hashed are
    all distinct."""
    seen: dict[Any, int] = {}
    try:
        codes = [seen.setdefault(answer, len(seen)) for answer in answers]
    except TypeError:
        return np.arange(len(answers)), answers
    return np.array(codes, dtype=np.int64), list(seen)


def measured(distinct: Sequence[Any], distance: Distance, one: Rows, other: Rows) -> Floats:
    """The distances of distinct answers with codes `one` (pairs,) from those with codes `other`
    (pairs,).

    Each pair of two is worked out once. Raises ValueError for a distance that isn't a finite number
    from 0 upwards.
    """
    keys = np.minimum(one, other) * len(distinct) + np.maximum(one, other)
    pairs, place = np.unique(keys, return_inverse=True)
    left, right = np.divmod(pairs, max(len(distinct), 1))
    both = zip(left.tolist(), right.tolist(), strict=True)
    apart = np.array([distance(distinct[i], distinct[j]) if i != j else 0.0 for i, j in both], dtype=np.float64)
    wrong = np.flatnonzero(~(np.isfinite(apart) & (apart >= 0)))
    if wrong.size:
        i, j = left[wrong[0]], right[wrong[0]]
        raise ValueError(f"distance is {apart[wrong[0]]} for {distinct[i]!r} and {distinct[j]!r}, not a number from 0")
    return apart[place]


def full_table(n_values: int, between: Between) -> Floats:
    """(values, values) the distances of all."""
    table = np.zeros((n_values, n_values))
    one, other = np.triu_indices(n_values, 1)
    table[one, other] = between(one, other)
    return table + table.T


def checked_table(table: npt.ArrayLike, codes: Codes) -> Floats:
    """`table` as a new array; ValueError unless it is square, symmetric, finite, from 0, and has a
    row for each code.

    The answers of one code are equal, so the diagonal is 0.
    """
    array = np.array(table, dtype=np.float64)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError(f"distance must be a function or a square table, got shape {array.shape}")
    fits = np.isfinite(array) & (array >= 0) & (array == array.T) & ((array == 0) | ~np.eye(len(array), dtype=bool))
    wrong = np.argwhere(~fits)
    if wrong.size:
        row, column = wrong[0].tolist()
        raise ValueError(
            f"distance[{row}, {column}] is {array[row, column]}; a table is symmetric, from 0, and 0 on its diagonal"
        )
    if codes.max(initial=-1) >= len(array):
        row = int(codes.argmax())
        raise ValueError(f"answers[{row}] is {codes[row]}, but distance has {len(array)} rows")
    return array
