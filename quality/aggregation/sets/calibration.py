"""What known sets teach: which classes the crowd takes too seldom or too often, and how sure it may
be.

Platt's scaling (J. Platt, 1999) with normal priors, so that few known sets change little.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import expit, logit

from quality.aggregation.codes import Floats
from quality.aggregation.sets.cells import Bools, Ints

POWERS = np.exp(np.linspace(-2, 1, 31))
"""Between which the power is looked for."""

POWER_DEVIATION = 0.5
"""Of its logarithm, before any known set is seen."""

SHIFT_DEVIATION = 1.0
"""Of what is added to log odds, the same."""

STEPS, LONGEST = 25, 1.0
"""Of Newton's method, which has settled long before; none is longer, so that none leaps beyond."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """power, shifts: what log odds of classes are multiplied by, and (classes,) what is added then.
    set_power, set_shift: the same for the log odds of whole sets. known: the sets it was learnt
    from."""

    shifts: Floats
    power: float = 1.0
    set_power: float = 1.0
    set_shift: float = 0.0
    known: int = 0

    @classmethod
    def none(cls, n_kinds: int) -> Self:
        return cls(np.zeros(n_kinds))

    def of_classes(self, log_odds: Floats, kind: Ints) -> Floats:
        return self.power * log_odds + self.shifts[kind]

    def of_sets(self, probability: Floats) -> Floats:
        """(tasks,) the probability that a set is right."""
        if not self.known:
            return probability
        return expit(self.set_power * _log_odds(probability) + self.set_shift)


def learn_lesson(log_odds: Floats, kind: Ints, right: Bools, n_kinds: int, known: int) -> Lesson:
    """The lesson for classes. log_odds, kind, right: (entries,) of cells of `known` tasks whose
    sets are known."""
    if not known:
        return Lesson.none(n_kinds)
    power, shifts = _scaled(log_odds, kind, right, n_kinds)
    return Lesson(shifts, power, known=known)


def learn_sureness(probability: Floats, right: Bools) -> tuple[float, float]:
    """The power and the shift for whole sets: probability, right: (tasks,) of the known ones."""
    one = np.zeros(len(right), dtype=np.int64)
    power, shifts = _scaled(_log_odds(probability), one, right, 1)
    return power, float(shifts[0])


def _scaled(log_odds: Floats, group: Ints, right: Bools, n: int) -> tuple[float, Floats]:
    """The likeliest power, and the shift of each group."""
    tried = [_shifted(power * log_odds, group, right, n) for power in POWERS]
    beliefs = [
        fit - (np.log(power) / POWER_DEVIATION) ** 2 / 2 for power, (fit, _shifts) in zip(POWERS, tried, strict=True)
    ]
    best = int(np.argmax(beliefs))
    return float(POWERS[best]), tried[best][1]


def _shifted(log_odds: Floats, group: Ints, right: Bools, n: int) -> tuple[float, Floats]:
    """How well log odds fit with the best shift of each group, and the shifts."""
    shifts, precision = np.zeros(n), 1 / SHIFT_DEVIATION**2
    for _step in range(STEPS):
        chance = expit(log_odds + shifts[group])
        slope = np.bincount(group, chance - right, minlength=n) + precision * shifts
        curve = np.bincount(group, chance * (1 - chance), minlength=n) + precision
        shifts = shifts - np.clip(slope / curve, -LONGEST, LONGEST)
    signed = np.where(right, 1.0, -1.0) * (log_odds + shifts[group])
    fit = -float(np.logaddexp(0, -signed).sum()) - precision * float(shifts @ shifts) / 2
    return fit, shifts


def _log_odds(probability: Floats) -> Floats:
    odds: Floats = logit(np.clip(probability, 1e-9, 1 - 1e-9))
    return odds
