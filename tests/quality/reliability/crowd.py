"""Crowds with bots and rings in them, of four classes and five answers a task."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation import DawidSkene, Votes

CLASSES, PER_TASK = 4, 5


@dataclass(frozen=True)
class Answers:
    """Answers in the order in which they were given, and the truth of the tasks."""

    tasks: npt.NDArray[Any]
    workers: npt.NDArray[Any]
    labels: npt.NDArray[Any]
    truth: npt.NDArray[Any]

    @property
    def votes(self) -> Votes:
        return Votes.from_codes(self.tasks, self.workers, self.labels, n_classes=CLASSES)

    @property
    def posterior(self) -> npt.NDArray[np.float64]:
        return DawidSkene().fit(self.votes).posterior


def with_bots(rng: np.random.Generator, kind: str, *, honest: int = 20, bots: int = 5, each: int = 30) -> Answers:
    """Workers of accuracies from 0.6 to 0.95, then bots that answer at "random", "constant" or
    "cyclic"."""
    n_workers = honest + bots
    workers = rng.permuted(np.tile(np.arange(n_workers), (each, 1)), axis=1).ravel()
    tasks = np.repeat(np.arange(len(workers) // PER_TASK), PER_TASK)
    truth = rng.integers(CLASSES, size=len(tasks) // PER_TASK)
    labels = honest_labels(rng, truth[tasks], rng.uniform(0.6, 0.95, n_workers)[workers])
    place = np.repeat(np.arange(each), n_workers)
    made_up = {
        "random": rng.integers(CLASSES, size=len(workers)),
        "constant": workers % CLASSES,
        "cyclic": (place + workers) % CLASSES,
    }
    return Answers(tasks, workers, np.where(workers < honest, labels, made_up[kind]), truth)


def with_ring(
    rng: np.random.Generator,
    *,
    ring: int = 5,
    n_tasks: int = 2400,
    fidelity: float = 0.9,
    hard: float = 0.0,
    constant: int = 0,
) -> Answers:
    """40 workers, of whom the first `ring` copy a source of accuracy 0.7, and the last `constant`
    give one class each.

    On a share of `hard` tasks everybody, the source too, falls for the task's own wrong answer
    nearly half the time.
    """
    n_workers = 40
    workers = np.argsort(rng.random((n_tasks, n_workers)), axis=1)[:, :PER_TASK].ravel()
    tasks = np.repeat(np.arange(n_tasks), PER_TASK)
    truth = rng.integers(CLASSES, size=n_tasks)
    trap = np.where(rng.random(n_tasks) < hard, (truth + rng.integers(1, CLASSES, size=n_tasks)) % CLASSES, -1)
    labels = trapped(rng, honest_labels(rng, truth[tasks], rng.uniform(0.6, 0.95, n_workers)[workers]), trap[tasks])
    source = trapped(rng, honest_labels(rng, truth, np.full(n_tasks, 0.7)), trap)
    copied = (workers < ring) & (rng.random(len(workers)) < fidelity)
    labels = np.where(copied, source[tasks], labels)
    return Answers(tasks, workers, np.where(workers >= n_workers - constant, workers % 2, labels), truth)


def honest_labels(rng: Any, truth: Any, accuracy: Any) -> Any:
    wrong = (truth + rng.integers(1, CLASSES, size=len(truth))) % CLASSES
    return np.where(rng.random(len(truth)) < accuracy, truth, wrong)


def trapped(rng: Any, labels: Any, trap: Any) -> Any:
    return np.where((trap >= 0) & (rng.random(len(labels)) < 0.45), trap, labels)
