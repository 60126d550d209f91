"""Checks on the integer codes that callers pass in; every refusal names the array and the row at
fault."""

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

LARGEST_CODE = np.iinfo(np.int32).max


def checked_codes(name: str, values: npt.ArrayLike, *, lowest: int = 0) -> Codes:
    """`values` as a new int32 vector; ValueError unless they are integers from `lowest` upwards in
    one dimension."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got shape {array.shape}")
    if array.size == 0:
        return np.empty(0, dtype=np.int32)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} must be integer codes, got {array.dtype}")
    for row in (int(array.argmin()), int(array.argmax())):
        if not lowest <= array[row] < LARGEST_CODE:
            raise ValueError(f"{name}[{row}] is {array[row]}; codes go from {lowest} to {LARGEST_CODE - 1}")
    return array.astype(np.int32)


def checked_size(name: str, size: int | None, *, at_least: int = 0, **codes: Codes) -> int:
    """How many values `codes` may take: `size`, or as many as occur. ValueError if a code doesn't
    fit in `size`."""
    if size is None:
        return max(at_least, *(int(column.max(initial=-1)) + 1 for column in codes.values()))
    if size < at_least:
        raise ValueError(f"{name} must be at least {at_least}, got {size}")
    for column_name, column in codes.items():
        if column.max(initial=-1) >= size:
            row = int(column.argmax())
            raise ValueError(f"{column_name}[{row}] is {column[row]}, but {name} is {size}")
    return size


def checked_weights(weights: npt.ArrayLike) -> Floats:
    """`weights` as a new float vector; ValueError unless every one is a finite number above
    zero."""
    array = np.array(weights, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"weights must have one dimension, got shape {array.shape}")
    wrong = np.flatnonzero(~(np.isfinite(array) & (array > 0)))
    if wrong.size:
        raise ValueError(f"weights[{wrong[0]}] is {array[wrong[0]]}; a weight is finite and above zero")
    return array


def checked_history(history: npt.ArrayLike, n_workers: int, n_classes: int) -> Floats:
    """`history` as a new read-only array; ValueError unless it has finite counts from 0 for every
    worker and class."""
    array = np.array(history, dtype=np.float64)
    if array.shape != (n_workers, n_classes, n_classes):
        raise ValueError(f"history must have shape {(n_workers, n_classes, n_classes)}, got {array.shape}")
    wrong = np.argwhere(~(np.isfinite(array) & (array >= 0)))
    if wrong.size:
        entry = tuple(wrong[0].tolist())
        raise ValueError(f"history{list(entry)} is {array[entry]}; a count is finite and not below zero")
    array.flags.writeable = False
    return array


def require_equal_lengths(**columns: Codes | Floats) -> None:
    """ValueError naming every length, unless all columns have the same one."""
    if len({len(column) for column in columns.values()}) > 1:
        lengths = ", ".join(f"{name} has {len(column)}" for name, column in columns.items())
        raise ValueError(f"one row a vote, but {lengths}")
