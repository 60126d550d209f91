"""What every method promises: votes in, a `Fit` out."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, Self

import numpy as np

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.lean import require_room
from quality.aggregation.votes import Votes


class Workers(Protocol):
    """What a method believes about each worker: a `WorkerModel`, or accuracies that stand for
    one."""

    @property
    def confusion(self) -> Floats: ...
    @property
    def accuracy(self) -> Floats: ...
    @property
    def deviation(self) -> Floats: ...


@dataclass(frozen=True, slots=True, eq=False)
class WorkerModel:
    """What a method believes about each worker.

    confusion: (workers, classes, classes) [w, truth, answer]: the probability of each answer given
        the truth; rows add up to 1.
    accuracy: (workers,) the probability that the worker is right on a task drawn from
        `Fit.class_shares`.
    deviation: (workers,) the standard deviation of what is believed about `accuracy`.
    """

    confusion: Floats
    accuracy: Floats
    deviation: Floats

    @classmethod
    def from_confusion(cls, confusion: Floats, class_shares: Floats, evidence: Floats) -> Self:
        """`evidence` (workers, classes): the votes, real and imagined, that each row of a confusion
        matrix rests on.

        Each row is believed to be Dirichlet distributed around its mean, and rows independent of
        each other.
        """
        right = np.einsum("wjj->wj", confusion)
        variance = (class_shares**2 * right * (1 - right) / (evidence + 1)).sum(axis=1)
        return cls(confusion, (class_shares * right).sum(axis=1), np.sqrt(np.maximum(variance, 0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Accuracies:
    """Workers of whom no more is believed than how often each is right; wrong answers fall on all
    other classes alike.

    accuracy, deviation: (workers,) as in `WorkerModel`. The matrices are made when somebody asks
    for them: where classes are many, they would take more room than everything else.
    """

    accuracy: Floats
    deviation: Floats
    n_classes: int

    @classmethod
    def of(cls, right: Floats, votes: Floats, n_classes: int) -> Self:
        """From (workers,) right votes among all, real and imagined ones: beta distributions."""
        accuracy = right / votes
        return cls(accuracy, np.sqrt(accuracy * (1 - accuracy) / (votes + 1)), n_classes)

    @property
    def confusion(self) -> Floats:
        return one_coin_confusion(self.accuracy, self.n_classes)


def one_coin_confusion(accuracy: Floats, n_classes: int) -> Floats:
    """(workers, classes, classes) accuracy on the diagonal, the rest shared evenly."""
    require_room("the workers' matrices", len(accuracy), n_classes, n_classes)
    right = np.eye(n_classes, dtype=bool)
    return np.where(right, accuracy[:, None, None], (1 - accuracy)[:, None, None] / max(n_classes - 1, 1))


class Basis(StrEnum):
    """What a posterior rests on, so that a `Judge` can go on in the same way."""

    SHARES = "shares"  # of the votes, whoever gave them
    RECORDS = "records"  # the votes, weighed as `few_votes` does
    MODELS = "models"  # of the workers
    POOL = "pool"  # of such models, in which nothing is overturned that nobody contradicts


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The labels that a method arrived at, and what it believes.

    method: the public name of the method that did the work; when `auto` chose it, `reason` says
        why.
    labels: (tasks,) the likeliest class. Classes within 1e-9 of the likeliest are tied, and one of
        them is drawn with equal chances from the method's seed. A task with neither votes nor a
        known answer gets `NO_LABEL`.
    posterior: (tasks, classes) the probability of each class; rows add up to 1. A known task is
        certain, and a task without evidence has the class shares. Where classes are so many that it
        would be far larger than the votes, `majority` and `auto` give a `LeanTable`, which has
        single cells and `max(axis=1)`; there, a task without evidence has even shares.
    class_shares: (classes,) the share of each class among the tasks with evidence; uniform if there
        are none.
    workers: what is believed of them; of methods that only count votes, how often they agree with
        what was elected.
    log_likelihood: one value an iteration, in nats, of what the iterations climb: the
        log-likelihood of votes and known answers, plus the log density of the prior up to a
        constant. Empty for methods that don't iterate.
    converged: whether the last iteration gained less than the tolerance; true of methods that don't
        iterate.
    difficulty: (tasks,) how hard the method believes each task to be: nan without evidence; empty
        if it has no model of that.
    basis: what the posterior rests on.
    """

    method: str
    labels: Codes
    posterior: Floats
    class_shares: Floats
    workers: Workers
    log_likelihood: tuple[float, ...] = ()
    converged: bool = True
    reason: str = ""
    difficulty: Floats = field(default_factory=lambda: np.empty(0))
    basis: Basis = Basis.MODELS

    @property
    def iterations(self) -> int:
        return len(self.log_likelihood)

    @property
    def confidence(self) -> Floats:
        """(tasks,) the probability of the label; of the likeliest class where there is no label."""
        highest: Floats = self.posterior.max(axis=1)
        return highest


class Aggregator(Protocol):
    """A method: frozen settings and one verb that reads votes, changes nothing and always returns
    the same."""

    def fit(self, votes: Votes) -> Fit: ...


class Iterative(Aggregator, Protocol):
    """A method that can go on from an earlier fit."""

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit: ...
