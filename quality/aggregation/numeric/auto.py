"""Choose a method by its errors on known values or, without any, by how many votes there are to
judge workers by."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.numeric.averages import Mean, Median
from quality.aggregation.numeric.catd import CATD
from quality.aggregation.numeric.fit import NumericAggregator, NumericFit
from quality.aggregation.numeric.gaussian import Gaussian
from quality.aggregation.numeric.pm import PM
from quality.aggregation.numeric.values import NumericVotes

VOTES_A_TASK = 2.0
"""Fewer on average can't compare workers."""

KNOWN_TASKS = 20
"""Fewer known values with votes can't compare methods."""

DIFFERENCES = 30
"""Fewer pairs of votes on one task can't tell how errors are distributed."""

HEAVY_TAILS = 4.0
"""Excess kurtosis of differences of votes from which some must be typing errors or wild guesses.
Ratings that are mostly 0 reach 3, and there a mean is still the better one."""

FOLDS = 5

STANDARD_ERRORS = 2.0
"""How clearly another method must be ahead: picking the best of six by chance costs more than it
gains."""


@dataclass(frozen=True, slots=True)
class Auto:
    """The weighted mean where workers can be compared, the mean where they can't, and the median
    where some votes are wild guesses (`tails`); known values may overrule all.

    Without known values nothing tells whether workers who differ from the others are biased or
    right, nor how truths are distributed, so the default takes neither for granted. With at least
    20 of them, every method labels each fifth of them without being told it, and the one with the
    least mean absolute error there is taken, if it is ahead of the default by more than two
    standard errors of their difference.
    """

    max_iter: int = 200
    tol: float = 1e-6

    def fit(self, votes: NumericVotes) -> NumericFit:
        name, reason = self.choose(votes)
        return replace(self._methods()[name].fit(votes), reason=reason)

    def choose(self, votes: NumericVotes) -> tuple[str, str]:
        """The name of the method for these votes, and the reason in a sentence."""
        known = np.flatnonzero(votes.is_known & (votes.per_task > 0))
        default, reason = _by_counts(votes)
        if len(known) < KNOWN_TASKS:
            return default, reason
        errors = {name: _held_out_errors(votes, known, method) for name, method in self._methods().items()}
        best = min(errors, key=lambda name: float(errors[name].mean()))
        ahead = errors[default] - errors[best]
        if ahead.mean() <= STANDARD_ERRORS * ahead.std() / np.sqrt(len(ahead)):
            return default, f"{reason}; of {len(known)} known values held out, no method is clearly closer"
        off = f"{errors[best].mean():.4g} instead of {errors[default].mean():.4g}"
        return best, f"of {len(known)} known values held out, it is off by {off} on average"

    def _methods(self) -> Mapping[str, NumericAggregator]:
        return {
            "weighted-mean": Gaussian.weighted_mean(self.max_iter, self.tol),
            "gaussian": Gaussian(self.max_iter, self.tol),
            "catd": CATD(),
            "pm": PM(),
            "mean": Mean(),
            "median": Median(),
        }


def _by_counts(votes: NumericVotes) -> tuple[str, str]:
    a_task = len(votes.tasks) / max(int(np.count_nonzero(votes.per_task)), 1)
    if a_task < VOTES_A_TASK and not votes.is_known.any():
        return "mean", f"{a_task:.1f} votes a task: fewer than {VOTES_A_TASK:g} cannot compare workers"
    heaviness = tails(votes)
    if heaviness > HEAVY_TAILS:
        return (
            "median",
            f"some votes are far off all others (excess kurtosis {heaviness:.1f}): means follow them",
        )
    return "weighted-mean", f"{a_task:.1f} votes a task or known values: workers can be compared"


def tails(votes: NumericVotes) -> float:
    """The excess kurtosis of the differences of neighbouring votes on a task: 0 of normal errors,
    more with outliers.

    Differences have half the excess of the errors themselves, and know nothing of the truth. 0 if
    there are too few to tell.
    """
    apart = np.diff(votes.values)[np.diff(votes.tasks) == 0]
    scale = float(np.abs(apart).max(initial=0.0)) if len(apart) >= DIFFERENCES else 0.0
    if not scale:
        return 0.0
    squares = (apart / scale) ** 2
    return float(np.mean(squares**2) / np.mean(squares) ** 2) - 3


def _held_out_errors(votes: NumericVotes, known: npt.NDArray[np.intp], method: NumericAggregator) -> Floats:
    """The absolute errors on `known` (tasks), each labelled by a fit that isn't told it."""
    errors: list[Floats] = []
    for fold in range(FOLDS):
        hidden = known[fold::FOLDS]
        told = votes.known.copy()
        told[hidden] = np.nan
        errors.append(np.abs(method.fit(votes.knowing(told)).labels[hidden] - votes.known[hidden]))
    return np.concatenate(errors)
