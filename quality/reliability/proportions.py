"""Two shares and how far they are apart, with intervals that hold for few answers and for shares
near 0 or 1."""

import math
from dataclasses import dataclass

Z = 1.959963984540054
"""Standard deviations on either side that hold 95% of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the ends of its 95% interval."""

    value: float
    low: float
    high: float


def proportion(successes: int, trials: int) -> Estimate:
    """A share from independent trials. E. B. Wilson (1927), Probable inference, the law of
    succession, and statistical inference, p. 209. Raises ValueError unless 0 <= successes <= trials
    and there is a trial."""
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"there must be 0 <= successes <= trials, and a trial; got {successes} of {trials}")
    share = successes / trials
    weight = 1 + Z * Z / trials
    centre = (share + Z * Z / (2 * trials)) / weight
    half = Z * math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials)) / weight
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))


def difference(one: Estimate, other: Estimate) -> Estimate:
    """One share less another, from independent samples. R. G. Newcombe (1998), Interval estimation
    for the difference between independent proportions, method 10."""
    value = one.value - other.value
    below = math.hypot(one.value - one.low, other.high - other.value)
    above = math.hypot(one.high - one.value, other.value - other.low)
    return Estimate(value, value - below, value + above)
