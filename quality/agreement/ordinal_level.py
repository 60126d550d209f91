"""Disagreement of grades: the squared difference of their ranks, which are other ranks in every
sample.

Krippendorff's ordinal distance, the number of answers from one grade to another with those at both
ends by half, is the difference of mean ranks. So alpha is that of an interval scale on ranks.
"""

from dataclasses import dataclass

import numpy as np

from quality.agreement.disagreement import Disagreement
from quality.agreement.interval_level import Spread
from quality.agreement.measures import ratio
from quality.agreement.pairs import PairedAnswers, Rows
from quality.agreement.resampling import Floats, Sums, Units

MAX_GRADES = 50
"""With more distinct grades, samples merge neighbours into so many groups of about equal numbers of
answers."""


@dataclass(frozen=True, slots=True, eq=False)
class Grades(Sums):
    """Sums over units of tasks.

    answers: (…, grades) answers of each grade. coinciding: (…, grades²) Krippendorff's
    coincidences: pairs of answers to one task over (its answers - 1), here with the lower grade
    first.
    """

    answers: Floats
    coinciding: Floats

    @classmethod
    def of_units(cls, paired: PairedAnswers, grades: Rows, units: Units) -> "Grades":
        """Each unit's part in the sums, from codes of the grades that rise within every task."""
        n_grades = int(grades.max(initial=-1)) + 1
        n_units, n_pairs, unit = len(units), n_grades**2, units.of_task[paired.tasks]
        answers = np.bincount(unit * n_grades + grades, minlength=n_units * n_grades)
        coinciding = np.zeros(n_units * n_pairs)
        for first, second in paired.pairs():
            cells = unit[first] * n_pairs + grades[first] * n_grades + grades[second]
            coinciding += np.bincount(cells, 2 * paired.weights[paired.tasks[first]], len(coinciding))
        return cls(answers.reshape(n_units, n_grades).astype(np.float64), coinciding.reshape(n_units, n_pairs))

    @property
    def disagreement(self) -> Disagreement:
        n, ranks = self.answers.sum(axis=-1), mean_ranks(self.answers)
        apart = (ranks[..., :, None] - ranks[..., None, :]) ** 2
        pairs = self.answers[..., :, None] * self.answers[..., None, :]
        observed = (self.coinciding.reshape(apart.shape) * apart).sum(axis=(-2, -1))
        return Disagreement(ratio(observed, n), ratio((pairs * apart).sum(axis=(-2, -1)), n * (n - 1)))


def ordinal_disagreement(paired: PairedAnswers, values: Floats, units: Units) -> tuple[Disagreement, Disagreement]:
    """The disagreement of `values` (paired answers,) that rise within every task, as they are and
    in each sample.

    The first is exact. Samples with merged grades are set off by what merging does to it.
    """
    _, grades, answers = np.unique(values, return_inverse=True, return_counts=True)
    ranks = mean_ranks(answers.astype(np.float64))
    whole = Spread.of_units(paired, ranks[grades], units).added_up(units.once).disagreement
    if len(ranks) > MAX_GRADES:
        grades = (ranks * MAX_GRADES / len(values)).astype(np.int64)[grades]
    parts = Grades.of_units(paired, grades, units)
    merged, samples = parts.added_up(units.once).disagreement, parts.added_up(units.times).disagreement
    return whole, Disagreement(
        samples.observed + (whole.observed - merged.observed), samples.by_chance + (whole.by_chance - merged.by_chance)
    )


def mean_ranks(answers: Floats) -> Floats:
    """(…, grades) the mean rank, from 1/2, of the answers of each grade, of which there are
    `answers`."""
    return np.cumsum(answers, axis=-1) - answers / 2
