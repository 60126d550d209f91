"""What a method of numbers promises: votes in, a `NumericFit` out."""

from dataclasses import dataclass
from typing import Protocol

from quality.aggregation.codes import Floats
from quality.aggregation.numeric.values import NumericVotes


@dataclass(frozen=True, slots=True, eq=False)
class WorkerErrors:
    """What a method believes about each worker, in the unit of the answers.

    weight: (workers,) what a vote counts for, 1 on average over workers with votes.
    spread: (workers,) the standard deviation of a worker's errors; `spread_deviation` of what is
        believed about it.
    bias: (workers,) by how much a worker's answers are too high, and `bias_deviation` how uncertain
        that is; both 0 if the method takes nobody to be biased.
    """

    weight: Floats
    spread: Floats
    spread_deviation: Floats
    bias: Floats
    bias_deviation: Floats


@dataclass(frozen=True, slots=True, eq=False)
class NumericFit:
    """The value of each task, and how sure it is.

    method: the public name of the method that did the work; when `auto` chose it, `reason` says
        why.
    labels: (tasks,) the value; the known one where it is known, nan where there is no vote either.
    deviation: (tasks,) the standard deviation of what is believed about the value; 0 where known,
        nan without a vote.
    workers: None if the method takes all workers for equally good.
    iterations, converged: how many it took, and whether the last one changed less than the
        tolerance.
    """

    method: str
    labels: Floats
    deviation: Floats
    workers: WorkerErrors | None = None
    iterations: int = 0
    converged: bool = True
    reason: str = ""


class NumericAggregator(Protocol):
    """A method: frozen settings and one verb that reads votes, changes nothing and always returns
    the same."""

    def fit(self, votes: NumericVotes) -> NumericFit: ...
