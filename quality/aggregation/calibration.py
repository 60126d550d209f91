"""How far a posterior can be believed: models take votes on a task for independent, and then call
too much certain."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.posterior import vote_shares
from quality.aggregation.votes import Votes

CAUTION = 0.81
"""The power for a task that some votes contest, where models have little to fear."""

UNANIMITY, STEEPNESS = 1.4, 32
"""How much higher it is where nobody contests: as the share of the leading class, raised to a steep
power, says."""

BY_WORKERS, BY_TASKS = 0.75, 0.85
"""Shares of task variance between which a posterior is flattened, from not at all to `FLATTEST`."""

FLATTEST = 0.65

FEW_WRONG = 5.0
"""Wrong votes at which half of that is done: with next to none, nothing shows where they come
from."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Why votes are wrong: correlation, from -1 to 1, between being right of two votes by a worker,
    or on a task.

    If votes are wrong because of who gives them, models of workers see through it, and may be sure.
    If they are wrong because of the task, many workers are wrong together, more votes say little
    more, and no model of workers helps.

    wrong: votes that are wrong, in expectation.
    """

    between_workers: float
    between_tasks: float
    wrong: float

    @property
    def task_share(self) -> float:
        """The share of both correlations that is the tasks', from 0 to 1; 0 if there is neither."""
        workers, tasks = max(self.between_workers, 0.0), max(self.between_tasks, 0.0)
        return tasks / (workers + tasks) if workers + tasks > 0 else 0.0


def disagreement(votes: Votes, posterior: Floats) -> Disagreement:
    """Intraclass correlations (R. A. Fisher, 1925) of votes being right if the posterior of the
    tasks is believed."""
    right = posterior[votes.tasks, votes.labels]
    mean = float(right @ votes.weights / votes.total) if votes.total else 0.0
    variance = mean * (1 - mean)
    deviation = right - mean
    own = votes.weights * deviation**2

    def correlation(groups: np.ndarray, sizes: Floats) -> float:
        together = np.bincount(groups, votes.weights * deviation, minlength=len(sizes)) ** 2
        pairs = float((sizes * np.maximum(sizes - 1, 0)).sum())
        same = together.sum() - own.sum()
        return float(same / (pairs * variance)) if pairs * variance > 0 else 0.0

    between_workers = correlation(votes.workers, votes.per_worker)
    return Disagreement(between_workers, correlation(votes.tasks, votes.per_task), (1 - mean) * votes.total)


def tempering(votes: Votes, found: Disagreement) -> Floats:
    """(tasks,) the power that takes each task's pooled posterior to one that is as sure as it
    should be.

    It is higher where three or more votes agree to the last, and falls with the share of
    disagreement that lies in the tasks. Its numbers were chosen once, on 14 public sets, and its
    form as one that did well on each of them when learnt from the other 13; where answers are
    known, they only are where `learn_pool` starts from.
    """
    leading = np.where(votes.per_task > 2, vote_shares(votes).max(axis=1), 0.0)
    flatter = np.clip((found.task_share - BY_WORKERS) / (BY_TASKS - BY_WORKERS), 0.0, 1.0)
    flatter *= found.wrong / (found.wrong + FEW_WRONG)
    power: Floats = CAUTION * UNANIMITY ** (leading**STEEPNESS) * (1 - (1 - FLATTEST) * flatter)
    return power
