"""One answer to everything: a class that a worker gives far more often than the tasks call for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation import Votes
from quality.aggregation.grouped import sums
from quality.evaluation.accuracy import Floats
from quality.reliability.beliefs import Beliefs
from quality.reliability.discoveries import adjusted
from quality.reliability.tails import binomial_tail, upper_tail

TOLERANCE = 0.25
"""Honest workers may give a favourite class to this share of their tasks whatever is on them."""


@dataclass(frozen=True, slots=True, eq=False)
class Constancy:
    """Each worker's favourite: the class with the most surprising number of answers.

    favourite: (workers,) codes of classes; given: (workers,) how many answers it got; expected:
        (workers,) how many the others' votes on the same tasks lead to expect.
    p: (workers,) how probable as many are of an honest worker, allowing for the choice of a class;
        q: adjusted.
    """

    favourite: npt.NDArray[np.int64]
    given: npt.NDArray[np.int64]
    expected: Floats
    p: Floats
    q: Floats


def find_constant(
    votes: Votes, posterior: npt.ArrayLike, *, tolerance: float = TOLERANCE, rows: npt.NDArray[np.bool_] | None = None
) -> Constancy:
    """Who gives one class whatever the task, from votes and the posterior of their tasks (tasks,
    classes).

    An honest worker answers as the whole crowd does to tasks that the others believe to be such,
    but for a share of `tolerance`, all of one class. A vote that was given twice counts once.

    rows: (votes,) which votes to judge workers by, if not all; the others still tell what the tasks
    are. Raises ValueError if `tolerance` is not from 0 to below 1, or the posterior doesn't fit.
    """
    if not 0 <= tolerance < 1:
        raise ValueError(f"tolerance must be from 0 to below 1, got {tolerance}")
    judged, beliefs = votes if rows is None else votes.where(rows), Beliefs.of(votes, posterior)
    chances = beliefs.of_others(None if rows is None else np.flatnonzero(rows)) @ beliefs.typical
    allowed = tolerance + (1 - tolerance) * chances
    shape = votes.n_workers, votes.n_classes
    cells = judged.workers.astype(np.int64) * votes.n_classes + judged.labels
    given = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    expected, likely, variance = (
        _by_worker(judged, figures) for figures in (chances, allowed, allowed * (1 - allowed))
    )
    favourite = binomial_tail(likely, variance, given).argmin(axis=1)
    workers = np.arange(votes.n_workers)
    taken = given[workers, favourite]
    tails = upper_tail(
        judged.workers.astype(np.int64), allowed[np.arange(len(allowed)), favourite[judged.workers]], taken
    )
    p = np.minimum(tails * votes.n_classes, 1.0)
    return Constancy(favourite, taken, expected[workers, favourite], p, adjusted(p))


def _by_worker(judged: Votes, figures: Floats) -> Floats:
    """(workers, classes) the sums over each worker's votes of figures (votes, classes)."""
    return np.stack([sums(judged.workers, column, judged.n_workers) for column in figures.T], axis=1)
