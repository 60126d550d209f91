"""The answers of a project as one matrix of numbers: what its kind of answer makes labels of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL
from quality.aggregation.judge import NEWCOMER

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PARTS = 10**9
"""Probabilities are stored as whole numbers of these parts: no database changes their last
digit."""


@dataclass(frozen=True, slots=True, eq=False)
class AnswerMatrix:
    """A project's answers as arrays.

    Tasks, workers and values are numbered 0, 1, …; `task_ids` and `worker_ids` give the rows' keys,
    and `values` what was answered. Its tasks are those with an answer of a person, or with a known
    one. `revisions` were read before the answers, so that an answer that comes in between makes its
    task stale again. `gold` and `adjudicated` hold the known value of each task, or NO_LABEL.
    """

    task_ids: Ints  # (tasks,)
    revisions: Ints  # (tasks,)
    worker_ids: Ints  # (workers,)
    machine: npt.NDArray[np.bool_]  # (workers,), those that stand for a model
    prior: Floats  # (2, workers), right answers and seen ones that what was known of each beforehand counts as
    task: Ints  # (answers,)
    worker: Ints  # (answers,)
    answer: Ints  # (answers,), the places of values
    response: Ints  # (answers,), keys of the responses, which rise with time; below zero for a model's
    seconds: Floats  # (answers,), nan where not measured
    gold: Ints  # (tasks,)
    drawn: npt.NDArray[np.bool_]  # (tasks,), whose gold is a sample of all tasks
    adjudicated: Ints  # (tasks,)
    values: Sequence[Any]  # all answers there can be, or where these can't be counted up, all that occur
    schema: Mapping[str, Any] = field(default_factory=dict)  # what the project says of its answers
    subjects: Any = None  # what the kind of answer has to know of each task

    @property
    def n_classes(self) -> int:
        """How many values there are, where they are all the answers that can be given."""
        return len(self.values)

    @property
    def known(self) -> Ints:
        """The value of each task that somebody has decided; a reviewer's word stands above the gold
        it may mend."""
        return np.where(self.adjudicated == NO_LABEL, self.gold, self.adjudicated)

    @property
    def told(self) -> Ints:
        """The value of each task from which methods may learn how far the crowd can be trusted: of
        gold that was drawn. Decisions are the hardest tasks, and promoted labels the easiest: they
        settle their task, and teach nothing."""
        return np.where(self.drawn, self.known, NO_LABEL)

    def places_among(self, worker_ids: Ints) -> Ints:
        """(workers,) the place of each worker among these, which are in order; `NEWCOMER` for who
        is not among them."""
        places = np.searchsorted(worker_ids, self.worker_ids)
        return np.where(np.isin(self.worker_ids, worker_ids), places, NEWCOMER)

    @property
    def answers_per_task(self) -> Ints:
        """(tasks,) answers of people."""
        return np.bincount(self.task[self.response > 0], minlength=len(self.task_ids))
