"""What follows for each task from the rates: how probable each class is, and the whole set."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from quality.aggregation.codes import Floats
from quality.aggregation.sets.calibration import Lesson
from quality.aggregation.sets.cells import Bools, Cells
from quality.aggregation.sets.rates import Rates, damping, evidence

SURE = 1e-9
"""Nobody is surer of a class than one less this."""


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """log_odds: (cells,) that the class applies, as the rates alone say. unseen: (tasks,) classes
    that apply and that nobody ticked, in expectation; missed: (tasks,) the probability that one
    such class is ticked by nobody, so that `rates.shares` times it is that of a class by itself.
    """

    log_odds: Floats
    unseen: Floats
    missed: Floats

    def probability(self, cells: Cells, lesson: Lesson) -> Floats:
        """(cells,) that the class applies, as known sets have taught to believe it."""
        return np.clip(expit(lesson.of_classes(self.log_odds, cells.kind)), SURE, 1 - SURE)

    def confidence(self, cells: Cells, probability: Floats, taken: Bools, lesson: Lesson) -> Floats:
        """(tasks,) that the whole set is right: every class that was ticked rightly in or out, and
        none that applies ticked by nobody."""
        log_sure = np.log(np.where(taken, probability, 1 - probability))
        whole = np.exp(np.bincount(cells.task, log_sure, minlength=len(self.unseen)) - self.unseen)
        return lesson.of_sets(whole)


def believe(cells: Cells, rates: Rates) -> Beliefs:
    """One E-step, in which voices on a cell count for less the more they err together."""
    hit, slip = rates.of_pairs(cells)
    damped = damping(cells.answers, rates.correlation)
    log_odds = logit(rates.shares)[cells.kind] + evidence(cells, hit, slip) * damped[cells.task]
    overlooked = np.log1p(-rates.hits_of_workers())[cells.workers]
    n = len(cells.answers)
    missed = np.exp(np.bincount(cells.tasks, overlooked, minlength=n) * damped)
    others = rates.shares.sum() - np.bincount(cells.task, rates.shares[cells.kind], minlength=n)
    return Beliefs(log_odds, np.maximum(others, 0.0) * missed, missed)
