"""Intervals from resampling the tasks: sums over units that are drawn together, and samples of such
sums."""

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, issparse

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

RESAMPLES = 1000
MAX_UNITS = 2000
"""Units to resample at most. Above it tasks are resampled in random blocks, so that time stays
bounded."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the ends of its 95% interval; all nan where the figure is undefined."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: Floats | float, resampled: Floats) -> Self:
        """The 2.5% and 97.5% quantiles of `resampled` (B. Efron & R. J. Tibshirani, 1993, An
        introduction to the bootstrap, chapter 13). Samples in which the figure is undefined are
        left out.
        """
        figure = float(value)
        defined = resampled[~np.isnan(resampled)]
        if np.isnan(figure) or not defined.size:
            return cls(figure, float("nan"), float("nan"))
        low, high = np.quantile(defined, [0.025, 0.975])
        return cls(figure, float(low), float(high))


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Arrays that are added up over their leading axis, except the fields named in `fixed`."""

    fixed: ClassVar[tuple[str, ...]] = ()

    def added_up(self, times: Floats | csr_array[np.float64, tuple[int, int]]) -> Self:
        """Sums in which entry i of the leading axis occurs times[…, i] times."""
        summed = (field.name for field in fields(self) if field.name not in self.fixed)
        return replace(self, **{name: _product(times, getattr(self, name)) for name in summed})


def _product(times: Floats | csr_array[np.float64, tuple[int, int]], parts: Any) -> Any:
    """(…, …) sums of parts, which stay sparse only as long as both are."""
    product = times @ parts
    return product if issparse(product) else np.asarray(product)


SomeSums = TypeVar("SomeSums", bound=Sums)


def resampled(patterns: SomeSums, repeats: Counts, rng: np.random.Generator, resamples: int) -> SomeSums:
    """Sums of `resamples` samples, each of as many tasks as there are, drawn with replacement.

    Pattern i stands for repeats[i] tasks, which are drawn together by one multinomial draw. With
    very many patterns, tasks are dealt to blocks and blocks are drawn.
    """
    if len(repeats) > MAX_UNITS:
        unit = dealt(int(repeats.sum()), rng)
        pattern = np.repeat(np.arange(len(repeats)), repeats)
        membership = csr_array((np.ones(len(unit)), (unit, pattern)), shape=(MAX_UNITS, len(repeats)))
        patterns, repeats = patterns.added_up(membership), np.ones(MAX_UNITS, dtype=np.int64)
    return patterns.added_up(drawn(repeats, rng, resamples))


def dealt(n_tasks: int, rng: np.random.Generator) -> Counts:
    """(tasks,) the unit of each task: its own, or one of `MAX_UNITS` blocks of equal size, dealt at
    random.

    Drawing blocks instead of tasks leaves the variance of every sum as it is.
    """
    return np.arange(n_tasks) if n_tasks <= MAX_UNITS else rng.permutation(n_tasks) % MAX_UNITS


def drawn(repeats: Counts, rng: np.random.Generator, resamples: int) -> Floats:
    """(resamples, units) how often each unit is in each sample of repeats.sum() units drawn with
    replacement."""
    size = int(repeats.sum())
    draws = rng.multinomial(size, repeats / size, size=resamples) if size else np.zeros((resamples, 0))
    return draws.astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What to draw where every task is a pattern of its own.

    of_task: (tasks,) the unit of each task. times: (resamples, units) how often each is in each
        sample.
    """

    of_task: Counts
    times: Floats

    @classmethod
    def of(cls, n_tasks: int, rng: np.random.Generator, resamples: int) -> Self:
        ones = np.ones(min(n_tasks, MAX_UNITS), dtype=np.int64)
        return cls(dealt(n_tasks, rng), drawn(ones, rng, resamples))

    def __len__(self) -> int:
        return self.times.shape[1]

    @property
    def once(self) -> Floats:
        """(units,) the data as they are: each unit once."""
        return np.ones(len(self))

    def sums(self, tasks: Counts, figures: Floats) -> Floats:
        """(units,) the sum of `figures` (rows,) over the rows whose entry of `tasks` (rows,) is in
        each unit."""
        return np.bincount(self.of_task[tasks], figures, len(self)).astype(np.float64, copy=False)
