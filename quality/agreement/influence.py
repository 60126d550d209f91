"""Kappas of many groups at once, with intervals from how far each row moves them.

A bootstrap of thousands of kappas would take too long. Its spread is known without it: to first
order a kappa moves by the sum of its rows' influences, so its variance is the sum of their squares
(the infinitesimal jackknife: B. Efron, 1982, The jackknife, the bootstrap and other resampling
plans, chapter 6). For two raters that is the variance of J. L. Fleiss, J. Cohen & B. S. Everitt
(1969), Large sample standard errors of kappa and weighted kappa.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.grouped import sums
from quality.agreement.measures import beyond, ratio
from quality.agreement.resampling import Floats

NORMAL_95 = 1.959964
"""Standard errors on each side of a normal 95% interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Figures of many groups and the ends of their 95% intervals, (groups,) each; nan where a
    figure is undefined."""

    value: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, value: Floats, influences: Floats, groups: npt.NDArray[np.integer], *, lowest: float) -> "Intervals":
        """From what each row adds to the figure of its group; figures lie between `lowest` and
        1."""
        margin = NORMAL_95 * np.sqrt(sums(groups, influences**2, len(value)))
        return cls(value, np.maximum(value - margin, lowest), np.minimum(value + margin, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Kappas:
    """Kappas of groups of rows, in each of which an answer meets another, or others.

    rows: (groups,) how many. agreement: the mean share that agrees. by_chance: the share that would
    if every answer of one side met every answer of the other. kappa: agreement beyond chance.
    """

    rows: Floats
    agreement: Floats
    by_chance: Floats

    @property
    def kappa(self) -> Floats:
        return beyond(self.agreement, self.by_chance)

    def agreement_influence(self, groups: npt.NDArray[np.integer], agreeing: Floats) -> Floats:
        """(rows,) what each row adds to its group's agreement, from its own `agreeing` (rows,)."""
        return (agreeing - self.agreement[groups]) / self.rows[groups]

    def kappa_influence(self, groups: npt.NDArray[np.integer], agreeing: Floats, by_chance: Floats) -> Floats:
        """(rows,) what each row adds to its group's kappa; nan where that is undefined.

        agreeing: (rows,) the row's agreement. by_chance: (rows,) how far its answer agrees with all
        that the other side gave, plus how far the other side's answer agrees with all that its own
        side gave.
        """
        moved = agreeing - self.agreement[groups]
        moved -= (1 - self.kappa[groups]) * (by_chance - 2 * self.by_chance[groups])
        return ratio(moved, self.rows[groups] * (1 - self.by_chance[groups]))
