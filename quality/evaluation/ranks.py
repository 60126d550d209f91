"""How far two rankings of the same items agree."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def spearman(truth: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """C. Spearman's (1904) rho: the correlation of ranks, from -1 to 1; equal values share the mean
    of their ranks.

    truth, scores: (items,) of any scale. nan where all values of one side are equal, or with fewer
    than two items. Raises ValueError if the lengths differ, or if a value is nan.
    """
    one, other = (_ranks(values) for values in _paired(truth, scores))
    if not (_varies(one) and _varies(other)):
        return float("nan")
    one, other = one - one.mean(), other - other.mean()
    return float(np.clip(one @ other / np.sqrt((one @ one) * (other @ other)), -1, 1))


def kendall(truth: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """M. G. Kendall's (1945) tau-b: pairs in the same order less pairs in the opposite one, as a
    share of all pairs.

    Pairs that are tied on one side count for neither, and the share allows for them. Shapes, errors
    and nan as in `spearman`.
    """
    one, other = _paired(truth, scores)
    if not (_varies(one) and _varies(other)):
        return float("nan")
    from scipy.stats import kendalltau  # noqa: PLC0415 (takes longer to load than all the rest)

    return float(kendalltau(one, other, variant="b").statistic)


def mean_over_groups(
    measure: Callable[[Floats, Floats], float], truth: npt.ArrayLike, scores: npt.ArrayLike, groups: npt.ArrayLike
) -> float:
    """The mean of `measure` over groups of items that are ranked apart, such as topics; each counts
    for one.

    groups: (items,) the group of each item, of any type that sorts. Groups where the measure is nan
    are left out; nan if that is all of them.
    """
    one, other = _paired(truth, scores)
    group = np.asarray(groups)
    if group.shape != one.shape:
        raise ValueError(f"groups {group.shape} and truth {one.shape} must be of one length")
    each = np.array([measure(one[group == name], other[group == name]) for name in np.unique(group)])
    defined = each[~np.isnan(each)]
    return float(defined.mean()) if defined.size else float("nan")


def _ranks(values: Floats) -> Floats:
    """The place of each value in order, from 1; equal ones share the mean of their places."""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    return (sizes.cumsum() - (sizes - 1) / 2)[group]


def _varies(values: Floats) -> bool:
    return bool((values != values[:1]).any())


def _paired(truth: npt.ArrayLike, scores: npt.ArrayLike) -> tuple[Floats, Floats]:
    one, other = np.asarray(truth, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(f"truth {one.shape} and scores {other.shape} must be of one length")
    for name, values in (("truth", one), ("scores", other)):
        missing = np.flatnonzero(np.isnan(values))
        if missing.size:
            raise ValueError(f"{name}[{missing[0]}] is nan")
    return one, other
