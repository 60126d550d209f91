"""How probable it is that a number is within a tolerance of the truth."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.few_votes import CORRELATION
from quality.aggregation.grouped import sums
from quality.aggregation.numeric.values import NumericVotes

Ints = npt.NDArray[np.int64]

USUAL = 0.6
"""How often a vote is near the truth, before anything is seen of its worker."""

COMPANY = 10.0
"""Votes that every worker is imagined to have given before, as near as the whole crowd's; and the
crowd, as near as is usual."""

ROUNDS = 12
CLOSEST = 0.999
"""Nobody is believed to be near more often."""

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The votes of each task in order of value, and how far the tolerance of each reaches among
    them.

    order: (votes,) places in the votes' own order. first, end: (votes,) of the vote at each of
    those places, the first vote within its tolerance and the one after the last.
    """

    order: Ints
    task: Ints
    first: Ints
    end: Ints
    n_tasks: int

    @classmethod
    def of(cls, votes: NumericVotes, tolerance: Floats) -> Self:
        """tolerance: (votes,) of each value."""
        order = np.lexsort((votes.values, votes.tasks))
        task, value, reach = votes.tasks[order].astype(np.int64), votes.values[order], tolerance[order]
        low, span = _extent(task, value, votes.n_tasks)

        def key(figures: Floats) -> Floats:
            """Between a quarter and three quarters of the way from one task to the next."""
            return np.add(task, np.clip(0.25 + 0.5 * (figures - low[task]) / span[task], 0.0, 0.999), dtype=np.float64)

        slack = reach * ROUNDING + ROUNDING * span[task]
        at = key(value)
        first = np.searchsorted(at, key(value - reach - slack), side="left")
        end = np.searchsorted(at, key(value + reach + slack), side="right")
        return cls(order, task, first, end, votes.n_tasks)

    def within(self, figures: Floats) -> Floats:
        """(votes,) the sum of `figures` (votes,), both in this order, over the votes near each."""
        total = np.append(0.0, figures.cumsum())
        summed: Floats = total[self.end] - total[self.first]
        return summed


def _extent(task: Ints, value: Floats, n_tasks: int) -> tuple[Floats, Floats]:
    """(tasks,) the least value of each task, and how far the largest is from it."""
    low, high = np.full(n_tasks, np.inf), np.full(n_tasks, -np.inf)
    np.minimum.at(low, task, value)
    np.maximum.at(high, task, value)
    span = high - low
    return low, np.where(span > 0, span, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Nearness:
    """Each vote is near the truth with a probability of its worker's, or else anywhere in the range
    alike; so the truth is near one of the votes, or elsewhere (Dawid & Skene's model of 1979 with
    one accuracy a worker, in which answers within the tolerance are the same). Votes on one task
    are correlated, and count for less the more there are, as in `few_votes`.

    accuracy: (workers,) how often each is near. chance: how often a blind guess is.
    """

    accuracy: Floats
    chance: float

    @classmethod
    def learnt(cls, votes: NumericVotes, windows: Windows, chance: float, near_known: Floats) -> Self:
        """By expectation maximisation. near_known: (votes,) whether each is near the known value of
        its task; nan where none is known."""
        made = cls(np.full(votes.n_workers, USUAL), chance)
        for _round in range(ROUNDS if len(votes.values) else 0):
            near = np.where(np.isnan(near_known), made.of_votes(votes, windows), near_known)
            crowd = (near.sum() + COMPANY * USUAL) / (len(near) + COMPANY)
            right = sums(votes.workers, near, votes.n_workers) + COMPANY * crowd
            made = replace(made, accuracy=np.minimum(right / (votes.per_worker + COMPANY), CLOSEST))
        return made

    def of_votes(self, votes: NumericVotes, windows: Windows) -> Floats:
        """(votes,) the probability that each is near the truth."""
        near = np.empty(len(votes.values))
        near[windows.order] = windows.within(self._beliefs(votes, windows))
        return np.minimum(near, 1.0)

    def of_labels(self, votes: NumericVotes, windows: Windows, labels: Floats, tolerance: Floats) -> Floats:
        """(tasks,) the probability that each label is near the truth; both (tasks,)."""
        value = votes.values[windows.order]
        apart = np.abs(value - labels[windows.task]) <= tolerance[windows.task] * (1 + ROUNDING)
        near = sums(windows.task, np.where(apart, self._beliefs(votes, windows), 0.0), windows.n_tasks)
        return np.minimum(near, 1.0)

    def _beliefs(self, votes: NumericVotes, windows: Windows) -> Floats:
        """(votes,) in the order of the windows: the probability that the truth is where the vote
        is, which votes that are near each other share."""
        right = np.clip(self.accuracy, self.chance * 1.05, CLOSEST)[votes.workers[windows.order]]
        damped = 1 / (1 + CORRELATION * np.maximum(votes.per_task - 1, 0))
        score = windows.within(np.log(right / ((1 - right) * self.chance)) * damped[windows.task])
        highest = np.zeros(windows.n_tasks)
        np.maximum.at(highest, windows.task, score)
        sharing = windows.within(np.ones(len(score)))
        weight = np.exp(score - highest[windows.task]) / sharing
        cells = sums(windows.task, 1 / sharing, windows.n_tasks)
        elsewhere = np.maximum(1 / self.chance - cells, 1.0) * np.exp(-highest)
        total = sums(windows.task, weight, windows.n_tasks) + elsewhere
        beliefs: Floats = weight / total[windows.task]
        return beliefs
