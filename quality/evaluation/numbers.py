"""Numbers against the truth: how far off they are, and to which side."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class NumberScores:
    """How far numbers are off, in their own unit; nan where there is nothing to score.

    mae: the mean absolute error.
    rmse: the root of the mean squared error, which large errors dominate.
    bias: the mean error; above 0 where numbers are too high.
    tasks: how many were scored.
    """

    mae: float
    rmse: float
    bias: float
    tasks: int


def score_numbers(truth: npt.ArrayLike, numbers: npt.ArrayLike) -> NumberScores:
    """Score numbers (tasks,) against the truth (tasks,); tasks where either is nan are left out.

    Raises ValueError if the lengths differ, or naming the first entry that is infinite.
    """
    target, estimate = np.asarray(truth, dtype=np.float64), np.asarray(numbers, dtype=np.float64)
    if target.ndim != 1 or target.shape != estimate.shape:
        raise ValueError(f"truth {target.shape} and numbers {estimate.shape} must be of one length")
    for name, values in (("truth", target), ("numbers", estimate)):
        infinite = np.flatnonzero(np.isinf(values))
        if infinite.size:
            raise ValueError(f"{name}[{infinite[0]}] is {values[infinite[0]]}")
    errors = (estimate - target)[~np.isnan(estimate - target)]
    if errors.size == 0:
        return NumberScores(float("nan"), float("nan"), float("nan"), 0)
    rmse = float(np.sqrt((errors**2).mean()))
    return NumberScores(float(np.abs(errors).mean()), rmse, float(errors.mean()), errors.size)
