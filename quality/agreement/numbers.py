"""Measure agreement on numbers and on grades, which are numbers of which only the order counts."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats, checked_codes, require_equal_lengths
from quality.agreement.disagreement import Disagreement, DistanceAgreement
from quality.agreement.interval_level import interval_disagreement
from quality.agreement.ordinal_level import ordinal_disagreement
from quality.agreement.pairs import PairedAnswers
from quality.agreement.ratio_level import ratio_disagreement
from quality.agreement.resampling import RESAMPLES, Units

LARGEST = 1e100
"""Numbers beyond it are refused, so that no square of one overflows."""

Level = Callable[[PairedAnswers, Floats, Units], tuple[Disagreement, Disagreement]]

LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        "ordinal": ordinal_disagreement,
        "interval": interval_disagreement,
        "ratio": ratio_disagreement,
    }
)
"""The disagreement in the paired answers, and in each resample, at each level of measurement."""


def measure_numbers(
    tasks: npt.ArrayLike,
    values: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    level: str = "interval",
    resamples: int = RESAMPLES,
) -> DistanceAgreement:
    """Krippendorff's alpha of numbers: the codes of `tasks` (answers,) and the `values` (answers,)
    given to them.

    K. Krippendorff (2011), Computing Krippendorff's alpha-reliability. Squared distances of values
    c and k, by level:

    - "interval": (c - k)², for numbers of which differences count, such as degrees Celsius;
    - "ratio": ((c - k) / (c + k))², for those from 0 upwards of which ratios count, such as counts
      and lengths;
    - "ordinal": the square of the number of answers from c to k, those at c and at k by half: for
      grades.

    For answers without an order see `measure`. Tasks may have any numbers of answers. Intervals are
    those of a bootstrap over paired tasks, in which grades have their ranks in each sample; they
    are too narrow where a few huge values make up most of the distance. Raises ValueError naming
    the argument and the entry at fault.
    """
    task, value = checked_codes("tasks", tasks), _checked(values, lowest=0.0 if level == "ratio" else -LARGEST)
    require_equal_lengths(tasks=task, values=value)
    if level not in LEVELS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)}, got {level!r}")
    paired = PairedAnswers.of(task, value)
    units = Units.of(len(paired.sizes), rng, resamples)
    return DistanceAgreement.of(paired, *LEVELS[level](paired, value[paired.rows], units))


def _checked(values: npt.ArrayLike, *, lowest: float) -> Floats:
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"values must have one dimension, got shape {array.shape}")
    wrong = np.flatnonzero(~((array >= lowest) & (array <= LARGEST)))
    if wrong.size:
        raise ValueError(f"values[{wrong[0]}] is {array[wrong[0]]}; values go from {lowest:g} to {LARGEST:g}")
    return array
