"""One answer to everything: a class that a worker gives far more often than the tasks call for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation import Votes
from quality.reliability.beliefs import Beliefs
from quality.reliability.discoveries import adjusted
from quality.reliability.scores import Floats
from quality.reliability.tails import upper_tail

TOLERANCE = 0.25
"""Honest workers may give a favourite class to this share of their tasks whatever is on them."""


@dataclass(frozen=True, slots=True, eq=False)
class Constancy:
    """Each worker's favourite: the class with the most surprising number of answers.

    favourite: (workers,) codes of classes; given: (workers,) how many answers it got; expected: (workers,) how many
        the others' votes on the same tasks lead to expect.
    p: (workers,) how probable as many are of an honest worker, allowing for the choice of a class; q: adjusted.
    """

    favourite: npt.NDArray[np.int64]
    given: npt.NDArray[np.int64]
    expected: Floats
    p: Floats
    q: Floats


def find_constant(votes: Votes, posterior: npt.ArrayLike, *, tolerance: float = TOLERANCE) -> Constancy:
    """Who gives one class whatever the task, from votes and the posterior of their tasks (tasks, classes).

    An honest worker answers as the whole crowd does to tasks that the others believe to be such, but for a share of
    `tolerance`, all of one class. A vote that was given twice counts once. Raises ValueError if `tolerance` is not
    from 0 to below 1, or the posterior doesn't fit.
    """
    if not 0 <= tolerance < 1:
        raise ValueError(f"tolerance must be from 0 to below 1, got {tolerance}")
    beliefs = Beliefs.of(votes, posterior)
    chances = beliefs.of_others() @ beliefs.typical
    shape = votes.n_workers, votes.n_classes
    cells = votes.workers[:, None].astype(np.int64) * votes.n_classes + np.arange(votes.n_classes)
    given = np.bincount(cells[np.arange(len(cells)), votes.labels], minlength=shape[0] * shape[1])
    expected = np.bincount(cells.ravel(), chances.ravel(), shape[0] * shape[1]).reshape(shape)
    allowed = tolerance + (1 - tolerance) * chances
    tails = upper_tail(cells.ravel(), allowed.ravel(), given).reshape(shape)
    favourite = tails.argmin(axis=1)
    workers = np.arange(votes.n_workers)
    p = np.minimum(tails[workers, favourite] * votes.n_classes, 1.0)
    return Constancy(favourite, given.reshape(shape)[workers, favourite], expected[workers, favourite], p, adjusted(p))
