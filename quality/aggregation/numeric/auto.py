"""Choose a method by its errors on known values or, without any, by how many votes there are to judge workers by."""

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

FOLDS = 5

STANDARD_ERRORS = 2.0
"""How clearly another method must be ahead: picking the best of six by chance costs more than it gains."""


@dataclass(frozen=True, slots=True)
class Auto:
    """The weighted mean where workers can be compared, the mean where they can't; known values may overrule both.

    Without known values nothing tells whether workers who differ from the others are biased or right, nor how truths
    are distributed, so the default takes neither for granted. With at least 20 of them, every method labels each
    fifth of them without being told it, and the one with the least mean absolute error there is taken, if it is ahead
    of the default by more than two standard errors of their difference.
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
    return "weighted-mean", f"{a_task:.1f} votes a task or known values: workers can be compared"


def _held_out_errors(votes: NumericVotes, known: npt.NDArray[np.intp], method: NumericAggregator) -> Floats:
    """The absolute errors on `known` (tasks), each labelled by a fit that isn't told it."""
    errors: list[Floats] = []
    for fold in range(FOLDS):
        hidden = known[fold::FOLDS]
        told = votes.known.copy()
        told[hidden] = np.nan
        errors.append(np.abs(method.fit(votes.knowing(told)).labels[hidden] - votes.known[hidden]))
    return np.concatenate(errors)
