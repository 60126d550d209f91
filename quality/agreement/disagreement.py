"""Alpha from two mean distances, and what is told of answers that have a distance."""

from dataclasses import dataclass
from typing import Self

from quality.agreement.measures import ratio
from quality.agreement.pairs import PairedAnswers
from quality.agreement.resampling import Floats, Interval


@dataclass(frozen=True, slots=True, eq=False)
class Disagreement:
    """Mean distances of two answers: to one task, and of any two at all; arrays of one shape."""

    observed: Floats
    by_chance: Floats

    @property
    def alpha(self) -> Floats:
        """K. Krippendorff (2011): 1 - observed / by chance; nan where all answers are alike, or
        none are paired."""
        return 1 - ratio(self.observed, self.by_chance)


@dataclass(frozen=True, slots=True)
class DistanceAgreement:
    """Krippendorff's alpha of answers that have a distance, and what it rests on.

    distance: the mean distance of two answers to one task, every answer counting once; in the unit
        of the distance.
    tasks, paired_tasks, answers: tasks with an answer, those with two or more, and answers.
    """

    krippendorff_alpha: Interval
    distance: Interval
    tasks: int
    paired_tasks: int
    answers: int

    @classmethod
    def of(cls, paired: PairedAnswers, whole: Disagreement, samples: Disagreement) -> Self:
        return cls(
            krippendorff_alpha=Interval.of(whole.alpha, samples.alpha),
            distance=Interval.of(whole.observed, samples.observed),
            tasks=paired.answered_tasks,
            paired_tasks=len(paired.sizes),
            answers=paired.answers,
        )
