"""What a fit to all votes says of new ones, without fitting again.

>>> judge = Judge.of(method.fit(votes), votes)
>>> judge.of_workers([3, NEWCOMER]).fit(new_votes).posterior
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.em import Parameters, e_step
from quality.aggregation.few_votes import prior_accuracy, unopposed, weighed
from quality.aggregation.fit import Accuracies, Basis, Fit, WorkerModel, Workers, one_coin_confusion
from quality.aggregation.posterior import likeliest, normalise, vote_shares, with_known
from quality.aggregation.votes import NO_LABEL, Votes

NEWCOMER = -1
"""Stands for a worker that the fit did not know, who is taken for the average of those it knew."""

LARGEST = 2**19
"""Numbers in the matrices of all workers up to which they are kept; beyond, an accuracy stands for
each."""

SAMPLE = 20_000
"""Tasks that `power` is learnt from."""

POWERS = np.exp(np.linspace(np.log(0.1), np.log(4.0), 60))
"""Between which it is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """One E-step (Dawid & Skene, 1979, equation 2.5) with the parameters of a fit, for votes of the
    same workers.

    class_shares: (classes,).
    accuracy: (workers,), and confusion: (workers, classes, classes) [worker, truth, answer] where
        it is not too large; both None where the method only counts votes: then the judge does, too.
    basis: what the fit's posteriors rest on.
    power: multiplies log odds. A pool of models is less sure than the workers' matrices alone, so
        it is chosen such that the judge would be as sure as the fit is, on the fit's own tasks.
    """

    class_shares: Floats
    accuracy: Floats | None = None
    confusion: Floats | None = None
    power: float = 1.0
    seed: int = 0
    basis: Basis = Basis.MODELS

    @classmethod
    def of(cls, fit: Fit, votes: Votes) -> Self:
        """The judge that goes on from this fit to these votes."""
        if fit.basis is Basis.SHARES:
            return cls(fit.class_shares, basis=fit.basis)
        if fit.basis is Basis.RECORDS:
            return cls(fit.class_shares, fit.workers.accuracy, basis=fit.basis)
        confusion = fit.workers.confusion if fit.workers.confusion.size <= LARGEST else None
        judge = cls(fit.class_shares, fit.workers.accuracy, confusion, basis=fit.basis)
        voted = np.flatnonzero((votes.per_task > 0) & (votes.known == NO_LABEL))
        some = voted[:: max(1, len(voted) // SAMPLE)]
        return replace(judge, power=_power(judge._log_odds(votes.untold.on_tasks(some)), fit.posterior[some]))

    def of_workers(self, codes: Sequence[int] | npt.NDArray[np.int64]) -> Self:
        """The same for votes in which worker 0, 1, … is the fit's worker `codes[0]`, `codes[1]`, …
        or a newcomer."""
        if self.accuracy is None:
            return self
        n_classes = len(self.class_shares)
        average = self.accuracy.mean() if len(self.accuracy) else prior_accuracy(n_classes)
        accuracy = np.append(self.accuracy, average)[codes]
        if self.confusion is None:
            return replace(self, accuracy=accuracy)
        known = len(self.confusion) > 0
        stranger = self.confusion.mean(axis=0) if known else one_coin_confusion(np.array([average]), n_classes)[0]
        return replace(self, accuracy=accuracy, confusion=np.concatenate([self.confusion, stranger[None]])[codes])

    def fit(self, votes: Votes) -> Fit:
        """The posterior of tasks, of which each has a vote or a known answer."""
        posterior = self._posterior(votes)
        labels = likeliest(votes, posterior, self.seed)
        return Fit("judge", labels, posterior, self.class_shares, self._workers(votes))

    def _posterior(self, votes: Votes) -> Floats:
        accuracy = self.accuracy
        if accuracy is None:
            return vote_shares(votes)
        if self.basis is Basis.RECORDS:
            return weighed(votes, accuracy)
        posterior = with_known(votes, normalise(self.power * self._log_odds(votes.untold))[0])
        return unopposed(votes, posterior, lambda: accuracy) if self.basis is Basis.POOL else posterior

    def _workers(self, votes: Votes) -> Workers:
        accuracy = np.full(votes.n_workers, prior_accuracy(votes.n_classes)) if self.accuracy is None else self.accuracy
        unknown = np.full(votes.n_workers, np.nan)
        if self.confusion is None:
            return Accuracies(accuracy, unknown, votes.n_classes)
        return WorkerModel(self.confusion, accuracy, unknown)

    def _log_odds(self, votes: Votes) -> Floats:
        """(tasks, classes) log P(truth, votes), up to a number a task."""
        if self.confusion is not None:
            evidence = np.zeros(self.confusion.shape[:2])
            posterior, _ = e_step(votes, Parameters(self.class_shares, self.confusion, evidence))
            return _logs(posterior)
        right = np.asarray(self.accuracy, dtype=np.float64)
        wrong = (1 - right) / max(votes.n_classes - 1, 1)
        return _logs(self.class_shares) + votes.counts(_logs(right) - _logs(wrong))


def _power(log_odds: Floats, posterior: Floats) -> float:
    """The power at which judgements come closest to a posterior, in cross-entropy."""
    if not len(log_odds):
        return 1.0
    losses = [-(posterior * _logs(normalise(power * log_odds)[0])).sum() for power in POWERS]
    return float(POWERS[int(np.argmin(losses))])


def _logs(probabilities: Floats) -> Floats:
    logs: Floats = np.log(np.maximum(probabilities, np.finfo(np.float64).tiny))
    return logs
