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


@dataclass(frozen=True, slots=True)
class Auto:
    """The weighted mean where workers can be compared, the mean where they can't; known values may overrule both.

    Without known values nothing tells whether workers who differ from the others are biased or right, nor how truths
    are distributed, so the default takes neither for granted. With at least 20 of them, every method labels each
    fifth of them without being told it, and the one with the least mean absolute error there is taken; on a draw,
    the default.
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
        errors = {name: _held_out_error(votes, known, method) for name, method in self._methods().items()}
        best = min(errors, key=lambda name: (errors[name], name != default))
        return best, f"of {len(known)} known values held out, it is off by {errors[best]:.4g} on average, the least"

    def _methods(self) -> Mapping[str, NumericAggregator]:
        return {
            "weighted-mean": Gaussian.weighted_mean(self.max_iter, self.tol),
            "gaussian": Gaussian(self.max_iter, self.tol),
            "catd": CATD(self.max_iter, self.tol),
            "pm": PM(self.max_iter, self.tol),
            "mean": Mean(),
            "median": Median(),
        }


def _by_counts(votes: NumericVotes) -> tuple[str, str]:
    a_task = len(votes.tasks) / max(int(np.count_nonzero(votes.per_task)), 1)
    if a_task < VOTES_A_TASK and not votes.is_known.any():
        return "mean", f"{a_task:.1f} votes a task: fewer than {VOTES_A_TASK:g} cannot compare workers"
    return "weighted-mean", f"{a_task:.1f} votes a task: enough to estimate each worker's errors"


def _held_out_error(votes: NumericVotes, known: npt.NDArray[np.intp], method: NumericAggregator) -> float:
    """The mean absolute error on `known` (their tasks), each labelled by a fit that isn't told it."""
    errors: list[Floats] = []
    for fold in range(FOLDS):
        hidden = known[fold::FOLDS]
        told = votes.known.copy()
        told[hidden] = np.nan
        errors.append(np.abs(method.fit(votes.knowing(told)).labels[hidden] - votes.known[hidden]))
    return float(np.concatenate(errors).mean())
