"""Checks on what callers pass in: nothing is rounded or taken for something else in silence."""

import numpy as np
import numpy.typing as npt


def whole(name: str, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """`values` as a new vector of whole numbers; ValueError if they have another type, or more than
    one dimension."""
    array = np.asarray(values)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise ValueError(f"{name} must be whole numbers in one dimension, got {array.dtype} {array.shape}")
    return array.astype(np.int64)


def truth_values(name: str, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """`values` as booleans; ValueError naming one that is neither true nor false, 1 nor 0."""
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be true or false, got {array.dtype}")
    if not ((array == 0) | (array == 1)).all():
        raise ValueError(f"{name} must be true or false, got {array[(array != 0) & (array != 1)].flat[0]}")
    return array.astype(bool)
