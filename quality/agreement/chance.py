"""The mean distance of any two answers, in the data and in samples of them."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from scipy.sparse import csr_array

from quality.agreement.measures import ratio
from quality.agreement.pairs import PairedAnswers, Rows
from quality.agreement.resampling import Floats, Units
from quality.agreement.values import Between

Sparse = csr_array[np.float64, tuple[int, int]]


class Chance(Protocol):
    """What chance would bring."""

    def mean_distance(self, times: Floats) -> Floats:
        """(…,) the mean distance of two answers if units occur `times` (…, units)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TableChance:
    """All pairs, from how often each value occurs: `answers` (units, values), and their distances
    (values, values)."""

    answers: Sparse
    table: Floats

    @classmethod
    def of(cls, paired: PairedAnswers, codes: Rows, table: Floats, units: Units) -> Self:
        unit = units.of_task[paired.tasks]
        return cls(csr_array((np.ones(len(codes)), (unit, codes)), shape=(len(units), len(table))), table)

    def mean_distance(self, times: Floats) -> Floats:
        answers = np.asarray(times @ self.answers)
        n = answers.sum(axis=-1)
        return ratio(((answers @ self.table) * answers).sum(axis=-1), n * (n - 1))


@dataclass(frozen=True, slots=True, eq=False)
class SampledChance:
    """Some pairs of answers: how many there are of one unit and another (units, units), and their
    distances' sum.

    A pair occurs in a sample as often as its units' times multiplied.
    """

    pairs: Sparse
    apart: Sparse

    @classmethod
    def of(
        cls,
        paired: PairedAnswers,
        codes: Rows,
        between: Between,
        units: Units,
        rng: np.random.Generator,
        n_pairs: int,
    ) -> Self:
        """`n_pairs` pairs of two of the answers, drawn with replacement from all."""
        first = rng.integers(len(codes), size=n_pairs)
        second = (first + rng.integers(1, len(codes), size=n_pairs)) % len(codes)
        places = units.of_task[paired.tasks[first]], units.of_task[paired.tasks[second]]
        figures = np.ones(n_pairs), between(codes[first], codes[second])
        return cls(*(csr_array((each, places), shape=(len(units), len(units))) for each in figures))

    def mean_distance(self, times: Floats) -> Floats:
        apart, pairs = ((np.asarray(times @ each) * times).sum(axis=-1) for each in (self.apart, self.pairs))
        return ratio(apart, pairs)
