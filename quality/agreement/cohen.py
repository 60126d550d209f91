"""Cohen's kappa of two raters who answered the same tasks."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, checked_codes, checked_size, require_equal_lengths
from quality.agreement.measures import beyond, ratio
from quality.agreement.resampling import RESAMPLES, Floats, Interval, Sums, resampled
from quality.agreement.totals import alike
from quality.agreement.weights import class_weights


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """How far two raters agree, and on how many tasks that rests."""

    cohen_kappa: Interval
    percent_agreement: Interval
    tasks: int


@dataclass(frozen=True, slots=True, eq=False)
class RaterTotals(Sums):
    """Sums over tasks; a leading axis, where there is one, runs over many sums at once.

    tasks, agreeing: tasks, and those on which both agree, each for as much as `weights` has it.
    first, second: (…, classes) answers of each rater.
    weights: (classes, classes) how far two classes agree; None if only equal ones do.
    """

    tasks: Floats
    agreeing: Floats
    first: Floats
    second: Floats
    weights: Floats | None = None

    fixed: ClassVar[tuple[str, ...]] = ("weights",)

    @classmethod
    def of_each(cls, first: Codes, second: Codes, n_classes: int, weights: Floats | None) -> Self:
        """Each task's part in the sums, from both answers to it."""
        agreeing = (first == second).astype(np.float64) if weights is None else weights[first, second]
        ones = np.eye(n_classes)
        return cls(np.ones(len(first)), agreeing, ones[first], ones[second], weights)


def cohen_kappa(totals: RaterTotals) -> Floats:
    """J. Cohen (1960), A coefficient of agreement for nominal scales; with weights, J. Cohen
    (1968), Weighted kappa.

    Chance draws an answer of each rater from all that the rater gave. nan if both only ever gave
    one class.
    """
    tasks = np.expand_dims(totals.tasks, -1)
    first, second = ratio(totals.first, tasks), ratio(totals.second, tasks)
    return beyond(ratio(totals.agreeing, totals.tasks), (alike(first, totals.weights) * second).sum(axis=-1))


def measure_two(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    weights: str | npt.ArrayLike = "identity",
    n_classes: int | None = None,
    resamples: int = RESAMPLES,
) -> RaterAgreement:
    """Agreement of two raters from the codes of their classes, `first` (tasks,) and `second`
    (tasks,).

    With `weights` (see `class_weights`) some classes agree in part. `n_classes`, if left out, is
    read off the codes. Intervals are those of a bootstrap over tasks. Raises ValueError naming the
    argument and the entry at fault.
    """
    one, other = checked_codes("first", first), checked_codes("second", second)
    require_equal_lengths(first=one, second=other)
    n_classes = checked_size("n_classes", n_classes, at_least=1, first=one, second=other)
    cells, repeats = np.unique(one.astype(np.int64) * n_classes + other, return_counts=True)
    pairs = np.divmod(cells, n_classes)
    patterns = RaterTotals.of_each(*pairs, n_classes, class_weights(weights, n_classes))
    totals, samples = patterns.added_up(repeats.astype(np.float64)), resampled(patterns, repeats, rng, resamples)
    return RaterAgreement(
        cohen_kappa=Interval.of(cohen_kappa(totals), cohen_kappa(samples)),
        percent_agreement=Interval.of(ratio(totals.agreeing, totals.tasks), ratio(samples.agreeing, samples.tasks)),
        tasks=len(one),
    )
