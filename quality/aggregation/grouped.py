"""Sums over groups of votes: those of one task, of one worker."""

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats


def sums(groups: npt.NDArray[np.integer], values: Floats, n_groups: int) -> Floats:
    """(n_groups,) the sum of the values (votes,) of each group, added up in their order."""
    return np.bincount(groups, values, minlength=n_groups).astype(np.float64, copy=False)
