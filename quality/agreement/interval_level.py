"""Disagreement of numbers by their squared difference, from sums over tasks alone."""

from dataclasses import dataclass

import numpy as np

from quality.agreement.disagreement import Disagreement
from quality.agreement.measures import ratio
from quality.agreement.pairs import PairedAnswers
from quality.agreement.resampling import Floats, Sums, Units

SMALLEST = 1e-13
"""A spread below this share of the squares is what rounding leaves of none."""


@dataclass(frozen=True, slots=True, eq=False)
class Spread(Sums):
    """Sums over tasks of answers, values, squared values, and squared differences over (a task's
    answers - 1)."""

    answers: Floats
    values: Floats
    squares: Floats
    apart: Floats

    @classmethod
    def of_units(cls, paired: PairedAnswers, values: Floats, units: Units) -> "Spread":
        """Each unit's part in the sums. Values are told from their median, which keeps squares
        small."""
        central = values - np.median(values) if values.size else values
        sizes = paired.sizes.astype(np.float64)
        deviations = central - (paired.by_task(central) / sizes)[paired.tasks]
        apart = 2 * (sizes * paired.weights)[paired.tasks] * deviations**2
        return cls(*(units.sums(paired.tasks, each) for each in (np.ones_like(values), central, central**2, apart)))

    @property
    def disagreement(self) -> Disagreement:
        """The squared differences of all pairs are n Σx² - (Σx)², twice."""
        whole = self.answers * self.squares
        spread = whole - self.values**2
        spread = np.where(spread > SMALLEST * whole, spread, 0.0)
        by_chance = ratio(2 * spread, self.answers * (self.answers - 1))
        return Disagreement(ratio(self.apart, self.answers), by_chance)


def interval_disagreement(paired: PairedAnswers, values: Floats, units: Units) -> tuple[Disagreement, Disagreement]:
    """The disagreement of `values` (paired answers,), as they are and in each sample of units."""
    parts = Spread.of_units(paired, values, units)
    return parts.added_up(units.once).disagreement, parts.added_up(units.times).disagreement
