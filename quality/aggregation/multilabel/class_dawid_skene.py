"""One Dawid-Skene model a class: workers miss some classes and tick others wrongly."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.dawid_skene import DawidSkene
from quality.aggregation.fit import Fit
from quality.aggregation.multilabel.fit import MultiLabelFit, with_known
from quality.aggregation.multilabel.thresholds import expected_f1_threshold
from quality.aggregation.multilabel.votes import MultiLabelVotes
from quality.aggregation.votes import Votes


@dataclass(frozen=True, slots=True)
class ClassDawidSkene:
    """Every class is a question of its own, ticked or not, with Dawid & Skene's model for its
    answers.

    A class is taken from the probability that makes the expected F1 over tasks highest. A worker's
    skill is the mean accuracy over classes. Known entries are certain in the model, so that workers
    are judged by them.

    max_iter, tol, diagonal, off_diagonal: as in `DawidSkene`; the prior is twice as strong, since a
        class that is seldom right leaves few answers to learn from.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0
    diagonal: float = 4.0
    off_diagonal: float = 1.0

    def fit(self, votes: MultiLabelVotes) -> MultiLabelFit:
        fits = [self._fit_class(votes, column) for column in range(votes.n_classes)]
        probability = np.zeros((votes.n_tasks, votes.n_classes))
        for column, fit in enumerate(fits):
            probability[:, column] = fit.posterior[:, 1]
        answered = votes.per_task > 0
        thresholds = np.array([expected_f1_threshold(column[answered]) for column in probability.T], dtype=np.float64)
        labels, probability = with_known(votes, probability >= thresholds, probability)
        skill, deviation = _skills(fits, votes.n_workers)
        iterations, converged = max((fit.iterations for fit in fits), default=0), all(fit.converged for fit in fits)
        return MultiLabelFit(
            "class-dawid-skene", labels, probability, thresholds, skill, deviation, iterations, converged
        )

    def _fit_class(self, votes: MultiLabelVotes, column: int) -> Fit:
        ticked = votes.ticks[:, column].astype(np.int32)
        sizes = {"n_workers": votes.n_workers, "n_classes": 2}
        known = votes.known[:, column].astype(np.int32)
        one_class = Votes.from_codes(votes.tasks, votes.workers, ticked, known=known, **sizes)
        return DawidSkene(self.max_iter, self.tol, self.seed, self.diagonal, self.off_diagonal).fit(one_class)


def _skills(fits: list[Fit], n_workers: int) -> tuple[Floats, Floats]:
    """(workers,) the mean accuracy over classes, and its standard deviation if classes are
    independent."""
    models = [fit.workers for fit in fits if fit.workers is not None]
    skill, variance = np.zeros(n_workers), np.zeros(n_workers)
    for model in models:
        skill += model.accuracy / len(models)
        variance += (model.deviation / len(models)) ** 2
    return skill, np.sqrt(variance)
