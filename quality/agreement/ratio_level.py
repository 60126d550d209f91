"""Disagreement of numbers by their ratio, from sums over tasks alone.

((c - k) / (c + k))² is 1 - sech²(d / 2) where d is the difference of the logarithms. That is a
function of a difference, so it is a sum of waves:

    sech²(d / 2) = ∫ 2ω / sinh(πω) · cos(ωd) dω,

and waves take sums over pairs apart: Σ cos(ω(a - b)) over all pairs is (Σ cos ωa)² + (Σ sin ωa)².
The amplitudes fall so fast that evenly spaced frequencies up to `HIGHEST` give the integral to the
last digits: spaced at 2π / (R + `GAP`) where R is the range of the logarithms, by Poisson's
summation formula the error is below 4 exp(-GAP).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from quality.agreement.disagreement import Disagreement
from quality.agreement.measures import ratio
from quality.agreement.pairs import PairedAnswers
from quality.agreement.resampling import Floats, Sums, Units

HIGHEST, GAP = 13.0, 40.0
SMALLEST = 1e-13
"""A mean distance below it is what rounding leaves of none."""


@dataclass(frozen=True, slots=True, eq=False)
class Waves(Sums):
    """Sums over units of tasks.

    answers, zeros: answers, and those that are 0. apart: distances of pairs over (a task's answers
        - 1).
    real, imaginary: (…, frequencies) sums of the waves of the logarithms. amplitudes:
        (frequencies,).
    """

    answers: Floats
    zeros: Floats
    apart: Floats
    real: Floats
    imaginary: Floats
    amplitudes: Floats

    fixed: ClassVar[tuple[str, ...]] = ("amplitudes",)

    @classmethod
    def of_units(cls, paired: PairedAnswers, values: Floats, units: Units) -> "Waves":
        """Each unit's part in the sums."""
        present = values > 0
        lowest = np.log(values.min(where=present, initial=np.finfo(np.float64).max))
        logarithms = np.log(values, out=np.full_like(values, lowest), where=present) - lowest
        spacing = 2 * np.pi / (logarithms.max(initial=0.0) + GAP)
        frequencies = np.arange(0.0, HIGHEST, spacing)
        turn, wave = np.exp(1j * spacing * logarithms), present.astype(np.complex128)
        real, imaginary = np.empty((2, len(units), len(frequencies)))
        for column in range(len(frequencies)):
            real[:, column] = units.sums(paired.tasks, wave.real)
            imaginary[:, column] = units.sums(paired.tasks, wave.imag)
            wave *= turn
        answers, zeros = (
            units.sums(paired.tasks, each) for each in (np.ones_like(values), np.where(present, 0.0, 1.0))
        )
        apart = units.sums(paired.tasks, _apart(paired, values))
        return cls(answers, zeros, apart, real, imaginary, spacing * _amplitudes(frequencies))

    @property
    def disagreement(self) -> Disagreement:
        alike = self.zeros**2 + (self.real**2 + self.imaginary**2) @ self.amplitudes
        by_chance = ratio(self.answers**2 - alike, self.answers * (self.answers - 1))
        return Disagreement(ratio(self.apart, self.answers), np.where(by_chance < SMALLEST, 0.0, by_chance))


def ratio_disagreement(paired: PairedAnswers, values: Floats, units: Units) -> tuple[Disagreement, Disagreement]:
    """The disagreement of `values` (paired answers,) from 0 upwards, as they are and in each sample
    of units."""
    parts = Waves.of_units(paired, values, units)
    return parts.added_up(units.once).disagreement, parts.added_up(units.times).disagreement


def _amplitudes(frequencies: Floats) -> Floats:
    """The part of each wave; each stands for its negative too, but the first, which is 0."""
    rising = frequencies[1:]
    return np.concatenate([[2 / np.pi], 4 * rising / np.sinh(np.pi * rising)])


def _apart(paired: PairedAnswers, values: Floats) -> Floats:
    """(paired answers,) squared distances from later answers to the same task over (its answers -
    1), both ways."""
    apart = np.zeros(len(values))
    for first, second in paired.pairs():
        one, other = values[first], values[second]
        apart[first] += 2 * np.divide(one - other, one + other, out=np.zeros(len(one)), where=one != other) ** 2
    return apart * paired.weights[paired.tasks]
