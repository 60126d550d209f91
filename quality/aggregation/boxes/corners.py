"""Where the boxes of a cluster lie together, and how precisely each worker draws."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from quality.aggregation.boxes.votes import BoxVotes
from quality.aggregation.codes import Floats
from quality.evaluation.geometry import box_areas

Indices = npt.NDArray[np.int64]
Centre = Literal["mean", "median"]

PRIOR_BOXES = 1.0
"""Boxes that every worker is imagined to have drawn before, as precisely as the middle one of the
crowd draws."""

SMALLEST = 1e-3
"""The least deviation believed of a worker, in sides of the box: nobody draws better than to a
thousandth."""

ROUNDS = 20
"""Enough for the deviations to settle to three digits; they only weigh corners against each
other."""


def consensus(corners: Floats, clusters: Indices, weights: Floats, centre: Centre = "mean") -> Floats:
    """(clusters, 4) the weighted mean, or median, of each corner coordinate over the boxes (boxes,
    4) of a cluster."""
    n_clusters = int(clusters.max(initial=-1)) + 1
    middle = _mean if centre == "mean" else _median
    return np.stack([middle(column, clusters, weights, n_clusters) for column in corners.T], axis=1)


def deviations(votes: BoxVotes, clusters: Indices) -> Floats:
    """(workers,) the standard deviation of each worker's corner coordinates, in sides (√area) of
    the consensus box.

    A normal model: a corner that worker w draws lies around the true one with variance v_w. The
    consensus weighted by 1/v and the variances are estimated in turns; the squared distance from a
    consensus in which w has the share h is v_w (1 - h) on average, so the sum is divided by the sum
    of 1 - h (as REML does). Lone boxes say nothing.
    """
    n_clusters = int(clusters.max(initial=-1)) + 1
    variance = np.ones(votes.n_workers)
    for _ in range(ROUNDS if len(clusters) else 0):
        weights = 1 / variance[votes.workers]
        middle = consensus(votes.corners, clusters, weights)
        sides = np.sqrt(box_areas(middle))[clusters]
        distance = (((votes.corners - middle[clusters]) / sides[:, None]) ** 2).mean(axis=1)
        free = 1 - weights / np.bincount(clusters, weights, n_clusters)[clusters]
        squares = np.bincount(votes.workers, distance, votes.n_workers).astype(np.float64, copy=False)
        freedom = np.bincount(votes.workers, free, votes.n_workers).astype(np.float64, copy=False)
        variance = _shrunk(squares, freedom)
    return np.sqrt(variance)


def _shrunk(squares: Floats, freedom: Floats) -> Floats:
    """(workers,) squares / freedom, drawn towards the median of those who have any freedom."""
    shared = freedom > 1e-9
    middle = float(np.median(squares[shared] / freedom[shared])) if shared.any() else 1.0
    variance: Floats = (squares + PRIOR_BOXES * middle) / (freedom + PRIOR_BOXES)
    return np.maximum(variance, SMALLEST**2)


def _mean(values: Floats, clusters: Indices, weights: Floats, n_clusters: int) -> Floats:
    totals: Floats = np.bincount(clusters, weights * values, n_clusters) / np.bincount(clusters, weights, n_clusters)
    return totals


def _median(values: Floats, clusters: Indices, weights: Floats, n_clusters: int) -> Floats:
    """The value at which half of the weight is reached; between two values where it falls on their
    border."""
    order = np.lexsort((values, clusters))
    group, value = clusters[order], values[order]
    starts = np.searchsorted(group, np.arange(n_clusters + 1))
    heaped = np.concatenate([[0.0], np.cumsum(weights[order])])
    half = (heaped[starts[:-1]] + heaped[starts[1:]]) / 2
    slack = 1e-9 * np.diff(heaped[starts])
    last = starts[1:] - 1
    low = np.minimum(np.searchsorted(heaped[1:], half - slack, side="left"), last)
    high = np.minimum(np.searchsorted(heaped[1:], half + slack, side="right"), last)
    middle: Floats = (value[low] + value[high]) / 2
    return middle
