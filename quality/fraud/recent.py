"""What the search for fraud looks at: the newest answers of each worker, so that it takes bounded
time and memory."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL, Votes
from quality.kinds.matrix import AnswerMatrix, Ints

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

ANSWERS = 200_000
LEAST, MOST = 60, 500
"""A worker is judged by at least and at most as many answers, the newest; between, all workers
share `ANSWERS`."""

CLASSES = 24
"""The most frequent classes are told apart; more than that, and all the rare ones are taken for
one. Merging answers changes nothing about independence: it costs power to find, and accuses
nobody."""

ON_TASK = 100
MEETINGS = 4_000_000
"""Answers are compared with others on the same task: with so many, the newest, and over all tasks,
the newest first, as many numbers of pairs of answers and classes."""

RARE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """All votes on the tasks that somebody answered lately, and which of them workers are judged
    by.

    votes: of all workers of the matrix, with its codes; tasks have codes of their own, classes
        those of `places`.
    posterior: (tasks, classes). response, seconds: (votes,) as in the matrix. machine: (workers,)
        models.
    judged: (votes,) each person's newest; compared: (votes,) those to be compared with others on
        the same task.
    places: (classes,) the class's place in the project's schema; `RARE` for all that are rare.
    """

    votes: Votes
    posterior: Floats
    response: Ints
    seconds: Floats
    machine: Mask
    judged: Mask
    compared: Mask
    places: Ints

    @property
    def answers(self) -> Ints:
        """(workers,) how many answers each person is judged by."""
        return np.bincount(self.votes.workers[self.judged], minlength=self.votes.n_workers)


def recent_answers(matrix: AnswerMatrix, posterior: Floats) -> Recent:
    """`posterior` (tasks, classes) of the matrix's tasks."""
    workers, judged = len(matrix.worker_ids), newest(matrix)
    chosen = np.zeros(len(matrix.task_ids), dtype=bool)
    chosen[matrix.task[judged]] = True
    rows = np.flatnonzero(chosen[matrix.task])
    rows = rows[np.lexsort((matrix.worker[rows], matrix.task[rows]))]  # the order of votes
    task = (np.cumsum(chosen) - 1)[matrix.task[rows]]
    places, code_of = _told_apart(matrix.answer[rows], matrix.n_classes)
    known = matrix.known[chosen]
    votes = Votes.from_codes(
        task,
        matrix.worker[rows],
        code_of[matrix.answer[rows]],
        n_workers=workers,
        n_classes=len(places),
        known=np.where(known == NO_LABEL, NO_LABEL, code_of[known]),
    )
    compared = _compared(task, matrix.response[rows], int(chosen.sum()), MEETINGS // len(places))
    return Recent(
        votes=votes,
        posterior=_merged(posterior[chosen], places),
        response=matrix.response[rows],
        seconds=matrix.seconds[rows],
        machine=matrix.machine,
        judged=judged[rows],
        compared=compared,
        places=places,
    )


def newest(matrix: AnswerMatrix) -> Mask:
    """(answers,) the newest of each person, by which that person is judged."""
    most = min(max(ANSWERS // max(len(matrix.worker_ids), 1), LEAST), MOST)
    judged: Mask = ~matrix.machine[matrix.worker] & (_newer(matrix.worker, matrix.response) < most)
    return judged


def _newer(groups: Ints, response: Ints) -> Ints:
    """(answers,) how many answers of the same group are newer."""
    order = np.lexsort((-response, groups))
    first = np.searchsorted(groups[order], groups[order])
    newer = np.empty(len(groups), dtype=np.int64)
    newer[order] = np.arange(len(groups)) - first
    return newer


def _told_apart(labels: Ints, n_classes: int) -> tuple[Ints, Ints]:
    """The places of the classes that are told apart, `RARE` last if there are others; and each
    place's new code."""
    if n_classes <= CLASSES:
        return np.arange(n_classes), np.arange(n_classes)
    counts = np.bincount(labels, minlength=n_classes)
    frequent = np.sort(np.argsort(-counts, kind="stable")[: CLASSES - 1])
    code_of = np.full(n_classes, CLASSES - 1)
    code_of[frequent] = np.arange(CLASSES - 1)
    return np.append(frequent, RARE), code_of


def _merged(posterior: Floats, places: Ints) -> Floats:
    if places[-1] != RARE:
        return posterior
    told = posterior[:, places[:-1]]
    rest = np.maximum(posterior.sum(axis=1) - told.sum(axis=1), 0.0)
    return np.append(told, rest[:, None], axis=1)


def _compared(task: Ints, response: Ints, n_tasks: int, most: int) -> Mask:
    """(votes,) which are compared with others on their task: the newest, on the newest tasks,
    `most` pairs in all."""
    kept = _newer(task, response) < ON_TASK
    sizes = np.bincount(task[kept], minlength=n_tasks)
    newest = np.full(n_tasks, np.iinfo(np.int64).min)
    np.maximum.at(newest, task, response)
    order = np.argsort(-newest, kind="stable")
    affordable = np.zeros(n_tasks, dtype=bool)
    affordable[order[np.cumsum(sizes[order] ** 2) <= most]] = True
    kept &= affordable[task]
    return kept
