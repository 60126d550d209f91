"""How many of those that stand out do so by chance: the false discovery rate."""

import numpy as np
import numpy.typing as npt

from quality.evaluation.accuracy import Floats


def adjusted(p: npt.ArrayLike) -> Floats:
    """Y. Benjamini & Y. Hochberg (1995), Controlling the false discovery rate: q-values from
    p-values (tests,).

    Take all with q up to 0.05, and 5% of what was taken is expected to be a false alarm.
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * len(values) / np.arange(1, len(values) + 1)
    return _placed(np.minimum.accumulate(scaled[::-1])[::-1], order)


def expected_alarms(posterior: npt.ArrayLike) -> Floats:
    """M. A. Newton et al. (2004), Detecting differential gene expression, section 4: q-values from
    posteriors (tests,).

    The mean probability of a false alarm among those that are at least as suspicious.
    """
    doubt = 1 - np.asarray(posterior, dtype=np.float64)
    order = np.argsort(doubt, kind="stable")
    return _placed(np.cumsum(doubt[order]) / np.arange(1, len(doubt) + 1), order)


def _placed(ordered: Floats, order: npt.NDArray[np.intp]) -> Floats:
    values = np.empty_like(ordered)
    values[order] = np.minimum(ordered, 1.0)
    return values
