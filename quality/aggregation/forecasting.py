"""How many votes the tasks will still take that are not decided yet, from those that are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats

Ints = npt.NDArray[np.int64]

DRAWS = 2000
BLOCKS, BLOCK_SIZE = 20, 25
"""Blocks of tasks, in the order in which they were begun, at which it is seen how far chances
drift; none smaller."""

FEWEST = 5
"""Blocks that are compared, or more."""

BELIEF = 2.0
"""Tasks that are imagined at each number of votes: they were decided as often there as tasks were
altogether."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Votes still to come: their mean, and an interval that holds their number with probability
    `level`."""

    value: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Of tasks that had 0, 1, … votes once: how many were decided then, and how many went on.

    decided: (blocks, most + 1) tasks decided with so many votes. risk: (blocks, most + 1) tasks
    that had so many votes at some time, and could have been decided by them.
    """

    decided: Floats
    risk: Floats

    @classmethod
    def of(cls, n: Ints, decided: npt.NDArray[np.bool_], *, least: int, most: int) -> "Decisions":
        """From tasks in the order in which they were begun: n (tasks,) votes on each, and whether
        it is decided.

        A task that is open with n votes was not decided by any number from `least` to n: it is
        censored there (E. Kaplan & P. Meier, 1958), so that what is quick to decide does not pass
        for all there is.
        """
        blocks = max(1, min(BLOCKS, len(n) // BLOCK_SIZE))
        block = np.arange(len(n)) * blocks // max(len(n), 1)
        votes = np.clip(n, 0, most)
        shape = (blocks, most + 1)
        cells = block * (most + 1) + votes
        every = np.bincount(cells, minlength=blocks * (most + 1)).reshape(shape).astype(np.float64)
        ends = np.bincount(cells[decided], minlength=blocks * (most + 1)).reshape(shape).astype(np.float64)
        risk = every[:, ::-1].cumsum(axis=1)[:, ::-1]
        ends[:, :least] = risk[:, :least] = 0.0
        return cls(ends, risk)

    def dispersion(self, least: int) -> float:
        """How much more the blocks differ in what their tasks took than chance would have them, at
        least 1.

        Compared are the blocks, and then two by two, for what drifts slowly: the residual sum of
        squares by what is expected of independent tasks (P. McCullagh & J. Nelder, 1989,
        Generalized linear models, section 4.5).
        """
        share = self.decided.sum(axis=0) / np.maximum(self.risk.sum(axis=0), 1.0)
        share[-1] = 1.0
        to_come = 1 + _to_come(share[None], least)[0][0]  # what it costs not to be decided
        residual = ((self.decided - self.risk * share) * to_come).sum(axis=1)
        variance = (self.risk * share * (1 - share) * to_come**2).sum(axis=1)
        found = 1.0
        for together in (1, 2):
            n = len(residual) // together
            if n < FEWEST or not variance.sum():
                break
            sums, expected = (each[: n * together].reshape(n, together).sum(axis=1) for each in (residual, variance))
            found = max(found, float((sums**2).sum() / expected.sum() * n / (n - 1)))
        return found


def forecast(found: Decisions, waiting: Floats, *, least: int, level: float = 0.9) -> Forecast:
    """The votes that open tasks will take: waiting (most + 1,) of them have 0, 1, … now.

    The chance to be decided by the next vote has a Beta posterior for each number of votes. A
    forecast is drawn from it (posterior predictive), and both are as much wider as the blocks of
    tasks differ more than chance would have them. The same tasks always give the same forecast.
    """
    most = len(waiting) - 1
    spread = found.dispersion(least)
    ends, risk = found.decided.sum(axis=0) / spread, found.risk.sum(axis=0) / spread
    overall = (ends[:most].sum() + 0.5) / (risk[:most].sum() + 1.0)
    rng = np.random.default_rng(0)
    stay = risk - ends + BELIEF * (1 - overall)
    chance = rng.beta(ends + BELIEF * overall, stay, size=(DRAWS, most + 1))
    chance[:, most] = 1.0
    mean, variance = _to_come(chance, least)
    deviation = np.sqrt(np.maximum(variance @ waiting * spread, 0.0))
    n = np.arange(most)
    fewest, longest = float(waiting[:most] @ np.maximum(least - n, 1)), float(waiting[:most] @ (most - n))
    drawn = np.clip(
        mean @ waiting + deviation * rng.standard_t(max(len(found.risk) // 2 - 1, 3), DRAWS), fewest, longest
    )
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Forecast(float((mean @ waiting).mean()), float(low), float(high), level)


def _to_come(chance: Floats, least: int) -> tuple[Floats, Floats]:
    """(draws, most + 1) mean and variance of the votes that come on an undecided task that has 0,
    1, … of them."""
    most = chance.shape[1] - 1
    mean, square = np.zeros_like(chance), np.zeros_like(chance)
    for n in range(most - 1, -1, -1):
        then = max(n + 1, min(least, most))
        step, stays = then - n, 1 - chance[:, then]
        mean[:, n] = step + stays * mean[:, then]
        square[:, n] = step**2 + stays * (2 * step * mean[:, then] + square[:, then])
    return mean, square - mean**2
