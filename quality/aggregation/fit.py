"""What every method promises: votes in, a `Fit` out."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.votes import Votes


@dataclass(frozen=True, slots=True, eq=False)
class WorkerModel:
    """What a method believes about each worker.

    confusion: (workers, classes, classes) [w, truth, answer]: the probability of each answer given the truth; rows
        add up to 1.
    accuracy: (workers,) the probability that the worker is right on a task drawn from `Fit.class_shares`.
    deviation: (workers,) the standard deviation of what is believed about `accuracy`.
    """

    confusion: Floats
    accuracy: Floats
    deviation: Floats

    @classmethod
    def from_confusion(cls, confusion: Floats, class_shares: Floats, evidence: Floats) -> Self:
        """`evidence` (workers, classes): the votes, real and imagined, that each row of a confusion matrix rests on.

        Each row is believed to be Dirichlet distributed around its mean, and rows independent of each other.
        """
        right = np.einsum("wjj->wj", confusion)
        variance = (class_shares**2 * right * (1 - right) / (evidence + 1)).sum(axis=1)
        return cls(confusion, (class_shares * right).sum(axis=1), np.sqrt(np.maximum(variance, 0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The labels that a method arrived at, and what it believes.

    method: the public name of the method that did the work; when `auto` chose it, `reason` says why.
    labels: (tasks,) the likeliest class. Classes within 1e-9 of the likeliest are tied, and one of them is drawn with
        equal chances from the method's seed. A task with neither votes nor a known answer gets `NO_LABEL`.
    posterior: (tasks, classes) the probability of each class; rows add up to 1. A known task is certain, and a task
        without evidence has the class shares.
    class_shares: (classes,) the share of each class among the tasks with evidence; uniform if there are none.
    workers: None if the method has no model of them.
    log_likelihood: one value an iteration, in nats, of what the iterations climb: the log-likelihood of votes and
        known answers, plus the log density of the prior up to a constant. Empty for methods that don't iterate.
    converged: whether the last iteration gained less than the tolerance; true of methods that don't iterate.
    difficulty: (tasks,) how hard the method believes each task to be: nan without evidence; None if it has no model
        of that.
    """

    method: str
    labels: Codes
    posterior: Floats
    class_shares: Floats
    workers: WorkerModel | None = None
    log_likelihood: tuple[float, ...] = ()
    converged: bool = True
    reason: str = ""
    difficulty: Floats | None = None

    @property
    def iterations(self) -> int:
        return len(self.log_likelihood)

    @property
    def confidence(self) -> Floats:
        """(tasks,) the probability of the label; of the likeliest class where there is no label."""
        highest: Floats = self.posterior.max(axis=1)
        return highest


class Aggregator(Protocol):
    """A method: frozen settings and one verb that reads votes, changes nothing and always returns the same."""

    def fit(self, votes: Votes) -> Fit: ...


class Iterative(Aggregator, Protocol):
    """A method that can go on from an earlier fit."""

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit: ...
