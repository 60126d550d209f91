"""How far each worker agrees with the others."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, checked_codes, checked_size, require_equal_lengths
from quality.aggregation.grouped import sums
from quality.agreement.influence import Intervals, Kappas
from quality.agreement.measures import ratio
from quality.agreement.pairs import PairedAnswers
from quality.agreement.resampling import Floats
from quality.agreement.totals import alike
from quality.agreement.weights import class_weights


@dataclass(frozen=True, slots=True, eq=False)
class WorkerAgreement:
    """Each worker's agreement with the others, (workers,) each, nan for one who shares no task with
    anybody.

    percent_agreement: the mean over the worker's answers of the share of others' answers to the
        same task that agree.
    kappa: what of it is beyond chance, at which any answer of the worker meets any of the others'
        answers to the worker's tasks, each task counting once. With two workers it is Cohen's kappa
        (1960). 0 for one who always gives the same class, and about 0 for one who answers without
        looking.
    answers: answers of the worker to tasks that others answered too. With few, intervals promise
        too much: they are normal ones, and without width where the worker always agreed.
    """

    percent_agreement: Intervals
    kappa: Intervals
    answers: npt.NDArray[np.int64]


def worker_agreement(
    tasks: npt.ArrayLike,
    workers: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    weights: str | npt.ArrayLike = "identity",
    n_workers: int | None = None,
    n_classes: int | None = None,
) -> WorkerAgreement:
    """Agreement of each worker with the others, from the codes of tasks, workers and classes, one
    row an answer.

    With `weights` (see `class_weights`) some classes agree in part. Sizes that are left out are
    read off the codes. A second answer of a worker to a task counts as another's. Raises ValueError
    naming the argument and the row at fault.
    """
    task, worker, label = (
        checked_codes(name, codes) for name, codes in (("tasks", tasks), ("workers", workers), ("labels", labels))
    )
    require_equal_lengths(tasks=task, workers=worker, labels=label)
    n_workers = checked_size("n_workers", n_workers, workers=worker)
    n_classes = checked_size("n_classes", n_classes, at_least=1, labels=label)
    table = class_weights(weights, n_classes)
    paired = PairedAnswers.of(task, worker, label)
    worker = worker[paired.rows]
    others = Others.of(paired, label[paired.rows], np.eye(n_classes) if table is None else table)
    return _measured(worker, others, n_workers)


@dataclass(frozen=True, slots=True, eq=False)
class Others:
    """For every answer, how far the other answers to its task agree with each class.

    labels: (answers,) its class. near: (paired tasks, classes) how far a task's answers agree with
        a class, added up.
    weights: (classes, classes) how far two classes agree.
    """

    paired: PairedAnswers
    labels: Codes
    near: Floats
    weights: Floats

    @classmethod
    def of(cls, paired: PairedAnswers, labels: Codes, weights: Floats) -> "Others":
        n_tasks, n_classes = len(paired.sizes), len(weights)
        counts = np.bincount(paired.tasks * n_classes + labels, minlength=n_tasks * n_classes)
        return cls(paired, labels, alike(counts.reshape(n_tasks, n_classes).astype(np.float64), weights), weights)

    def agreeing(self, label: Codes | int) -> Floats:
        """(answers,) the mean agreement of the others with `label`, a class for each answer or one
        for all."""
        among_all = self.near[self.paired.tasks, label] - self.weights[self.labels, label]
        return among_all * self.paired.weights[self.paired.tasks]


def _measured(worker: Codes, others: Others, n_workers: int) -> WorkerAgreement:
    """The figures of each worker, from the worker (answers,) who gave each answer."""
    classes = range(len(others.weights))
    answers = sums(worker, np.ones(len(worker)), n_workers)

    def means(figures: Floats) -> Floats:
        return ratio(sums(worker, figures, n_workers), answers)

    own = np.stack([means((others.labels == label).astype(np.float64)) for label in classes])
    met = np.stack([means(others.agreeing(label)) for label in classes])
    agreeing, by_chance = others.agreeing(others.labels), met[others.labels, worker]
    for label in classes:
        by_chance += own[label, worker] * others.agreeing(label)
    kappas = Kappas(answers, means(agreeing), (own * met).sum(axis=0))
    moved = kappas.agreement_influence(worker, agreeing), kappas.kappa_influence(worker, agreeing, by_chance)
    return WorkerAgreement(
        Intervals.of(kappas.agreement, moved[0], worker, lowest=0.0),
        Intervals.of(kappas.kappa, moved[1], worker, lowest=-1.0),
        answers.astype(np.int64),
    )
