"""Made-up crowds with bots, rings and colluders among honest workers, as ballots of a project."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from quality.aggregation import NO_LABEL
from quality.kinds.matrix import AnswerMatrix

HONEST, BOTS, EACH, A_TASK = 40, 5, 30, 5
RING, SHARED = 5, 100  # tasks that each two of a ring share
SECONDS, SPREAD, NOISE = 6.0, 0.3, 0.4


@dataclass(frozen=True)
class Crowd:
    """A ballot, and the places of its workers who are not honest."""

    matrix: AnswerMatrix
    guilty: np.ndarray


def random(rng, truth, classes):
    return rng.integers(classes, size=len(truth))


def constant(rng, truth, classes):
    return np.full(len(truth), rng.integers(classes))


def alternating(rng, truth, classes):
    first, second = rng.choice(classes, 2, replace=False)
    return np.where(np.arange(len(truth)) % 2 == 0, first, second)


def mostly_one(rng, truth, classes):
    return np.where(rng.random(len(truth)) < 0.9, rng.integers(classes), rng.integers(classes, size=len(truth)))


BOTS_ANSWER: dict[str, Callable] = {
    "random": random,
    "constant": constant,
    "alternating": alternating,
    "mostly one class": mostly_one,
    "too fast": random,
}


def with_bots(rng, kinds: list[str], classes: int, *, gold: float = 0.0, skewed: bool = False) -> Crowd:
    """Honest workers of accuracies from 0.7 to 0.95 with 30 to 300 answers, and bots with 30."""
    sizes = np.append(rng.integers(EACH, 301, HONEST), np.full(len(kinds), EACH))
    task, worker = dealt(rng, sizes)
    truth = truths(rng, int(task.max()) + 1, classes, skewed)
    label = honest_answers(rng, worker, truth[task], HONEST + len(kinds), classes)
    seconds = times(rng, task, worker)
    for place, kind in enumerate(kinds, HONEST):
        own = np.flatnonzero(worker == place)  # in the order in which they were given
        label[own] = BOTS_ANSWER[kind](rng, truth[task[own]], classes)
        if kind == "too fast":
            seconds[own] = rng.lognormal(np.log(0.8), 0.3, len(own))
    return Crowd(
        matrix(rng, task, worker, label, seconds, truth, classes, gold), np.arange(HONEST, HONEST + len(kinds))
    )


def with_ring(rng, classes: int, *, kind: str, of_ring: int, beside: int, gold: float = 0.0) -> Crowd:
    """Five who share 100 tasks two by two: on each of their tasks are `of_ring` of them and
    `beside` honest answers.

    kind: "copying" a source of accuracy 0.7 in nine of ten answers, "colluding" on a wrong answer
    of each task, or "one person" with accounts that give the same answers in the same rhythm.
    """
    tasks = SHARED * RING * (RING - 1) // (of_ring * (of_ring - 1))
    sizes = np.maximum(rng.integers(EACH, 301, HONEST) - tasks * beside // HONEST, EACH)
    task, worker = dealt(rng, sizes)
    first = int(task.max()) + 1
    honest = np.argsort(rng.random((tasks, HONEST)), axis=1)[:, :beside]
    ring = HONEST + np.argsort(rng.random((tasks, RING)), axis=1)[:, :of_ring]
    workers = np.concatenate([honest, ring], axis=1)
    task = np.append(task, np.repeat(np.arange(first, first + tasks), workers.shape[1]))
    worker = np.append(worker, rng.permuted(workers, axis=1).ravel())
    truth = truths(rng, first + tasks, classes, False)
    label = honest_answers(rng, worker, truth[task], HONEST + RING, classes)
    seconds = times(rng, task, worker)
    guilty = worker >= HONEST
    label[guilty], seconds[guilty] = dishonest(rng, kind, task[guilty], truth, label[guilty], seconds[guilty], classes)
    return Crowd(matrix(rng, task, worker, label, seconds, truth, classes, gold), np.arange(HONEST, HONEST + RING))


def dishonest(rng, kind, task, truth, own, seconds, classes):
    wrong = (truth + rng.integers(1, classes, len(truth))) % classes
    if kind == "colluding":
        return wrong[task], seconds
    source = np.where(rng.random(len(truth)) < 0.7, truth, wrong)
    if kind == "one person":
        return source[task], times(rng, np.arange(len(truth)), np.zeros(len(truth), dtype=int))[task]
    return np.where(rng.random(len(task)) < 0.9, source[task], own), seconds


def dealt(rng, sizes) -> tuple[np.ndarray, np.ndarray]:
    """Task and worker of each answer in the order of time: five different workers a task, each with
    so many answers."""
    left, dealt_to = sizes.astype(float), []
    while np.count_nonzero(left) >= A_TASK:
        chosen = rng.choice(len(left), A_TASK, replace=False, p=left / left.sum())
        left[chosen] -= 1
        dealt_to.append(chosen)
    worker = np.concatenate(dealt_to)
    last = np.repeat(np.arange(len(left)), left.astype(int))  # more answers on tasks that have theirs
    task = np.append(np.repeat(np.arange(len(dealt_to)), A_TASK), [elsewhere(rng, dealt_to, each) for each in last])
    return without_doubles(task.astype(int), np.append(worker, last))


def elsewhere(rng, dealt_to, worker) -> int:
    return next(each for each in rng.permutation(len(dealt_to)) if worker not in dealt_to[each])


def without_doubles(task, worker):
    _, rows = np.unique(task * (int(worker.max()) + 1) + worker, return_index=True)
    rows.sort()
    return task[rows], worker[rows]


def truths(rng, tasks, classes, skewed):
    shares = np.append(0.8, np.full(classes - 1, 0.2 / (classes - 1))) if skewed else np.full(classes, 1 / classes)
    return rng.choice(classes, tasks, p=shares)


def honest_answers(rng, worker, truth, workers, classes):
    wrong = (truth + rng.integers(1, classes, len(truth))) % classes
    return np.where(rng.random(len(truth)) < rng.uniform(0.7, 0.95, workers)[worker], truth, wrong)


def times(rng, task, worker):
    pace = rng.normal(0, SPREAD, int(worker.max()) + 1)[worker] + rng.normal(0, SPREAD, int(task.max()) + 1)[task]
    return SECONDS * np.exp(pace + rng.normal(0, NOISE, len(task)))


def matrix(rng, task, worker, label, seconds, truth, classes, gold) -> AnswerMatrix:
    """Rows came in the order of time."""
    order = np.lexsort((worker, task))
    workers, tasks = int(worker.max()) + 1, len(truth)
    given = rng.random(tasks) < gold
    return AnswerMatrix(
        task_ids=np.arange(tasks) + 1,
        revisions=np.ones(tasks, dtype=np.int64),
        worker_ids=np.arange(workers) + 1000,
        machine=np.zeros(workers, dtype=bool),
        prior=np.zeros((2, workers)),
        task=task[order],
        worker=worker[order],
        answer=label[order].astype(np.int64),
        response=np.arange(1, len(task) + 1)[order],
        seconds=seconds[order],
        gold=np.where(given, truth, NO_LABEL),
        drawn=given,
        adjudicated=np.full(tasks, NO_LABEL),
        values=range(classes),
    )
