"""Measure agreement on answers of any kind, from how far two of them are apart: sets, boxes, masks,
spans."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import checked_codes
from quality.agreement.chance import Chance, SampledChance, TableChance
from quality.agreement.disagreement import Disagreement, DistanceAgreement
from quality.agreement.measures import ratio
from quality.agreement.pairs import PairedAnswers, Rows
from quality.agreement.resampling import RESAMPLES, Floats, Units
from quality.agreement.values import Between, Distance, checked_table, coded, full_table, measured

MAX_PAIRS = 50_000
"""Pairs of distinct answers to work out distances of at most, to tell what chance would bring."""


def measure_distances(
    tasks: npt.ArrayLike,
    answers: Sequence[Any] | npt.NDArray[Any],
    distance: Distance | npt.ArrayLike,
    rng: np.random.Generator,
    *,
    max_pairs: int = MAX_PAIRS,
    resamples: int = RESAMPLES,
) -> DistanceAgreement:
    """Krippendorff's alpha of `answers` (answers,) to the codes of `tasks` (answers,), by any
    distance.

    distance: a symmetric function of two answers, 0 for equal ones, such as those in `distances`;
        or a table (values, values) of distances, and then `answers` are codes of its rows. It
        counts as it is, and is not squared.

    K. Krippendorff (2011): 1 - the mean distance of two answers to one task, each answer counting
    once, over that of any two answers. The first is exact. So is the second with a table, or if
    there are at most `max_pairs` pairs of distinct answers, where those that can't be hashed are
    all distinct. Else it is the mean over as many pairs drawn by `rng`, with a standard error of
    1/√max_pairs of the distances' standard deviation. Intervals are those of a bootstrap over
    paired tasks, with the same pairs. Raises ValueError naming the argument and the entry at fault.
    """
    task = checked_codes("tasks", tasks)
    if len(task) != len(answers):
        raise ValueError(f"one task an answer, but tasks has {len(task)} and answers has {len(answers)}")
    paired = PairedAnswers.of(task)
    codes, between, table = _values(paired.rows, answers, distance, max_pairs)
    units = Units.of(len(paired.sizes), rng, resamples)
    apart = units.sums(paired.tasks, _apart(paired, codes, between))
    sizes = units.sums(paired.tasks, np.ones(len(codes)))
    chance: Chance
    if table is None:
        chance = SampledChance.of(paired, codes, between, units, rng, max_pairs)
    else:
        chance = TableChance.of(paired, codes, table, units)
    whole, samples = (
        Disagreement(ratio(times @ apart, times @ sizes), chance.mean_distance(times))
        for times in (units.once, units.times)
    )
    return DistanceAgreement.of(paired, whole, samples)


def _values(
    rows: Rows, answers: Sequence[Any] | npt.NDArray[Any], distance: Distance | npt.ArrayLike, max_pairs: int
) -> tuple[Rows, Between, Floats | None]:
    """The codes of the answers in `rows`, their distances, and the table of all if there is one."""
    if callable(distance):
        codes, distinct = coded([answers[row] for row in rows.tolist()])
        between = partial(measured, distinct, distance)
        if len(distinct) * (len(distinct) - 1) // 2 > max_pairs:
            return codes, between, None
        table = full_table(len(distinct), between)
    else:
        labels = checked_codes("answers", answers)
        codes, table = labels[rows].astype(np.int64), checked_table(distance, labels)
    return codes, lambda one, other: table[one, other], table


def _apart(paired: PairedAnswers, codes: Rows, between: Between) -> Floats:
    """(paired answers,) distances from later answers to the same task over (its answers - 1), both
    ways."""
    apart = np.zeros(len(codes))
    for first, second in paired.pairs():
        apart[first] += 2 * between(codes[first], codes[second])
    return apart * paired.weights[paired.tasks]
