"""The votes that every method reads: who gave which class to which task, and how often."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from quality.aggregation.blocks import VOTES, Block, Weights, blocks_of, worked
from quality.aggregation.codes import (
    LARGEST_CODE,
    Codes,
    Floats,
    checked_codes,
    checked_history,
    checked_size,
    checked_weights,
    require_equal_lengths,
)
from quality.aggregation.grouped import sums
from quality.aggregation.lean import is_lean, require_room

NO_LABEL = -1
"""Stands for "no class": the label of a task nobody voted on, and the known answer of a task that
has none."""


@dataclass(frozen=True, eq=False)
class Votes:
    """Votes in one canonical order: by task, then worker, then label, with equal votes merged into
    one weight.

    Build them with `from_codes`, which makes this true whatever the order of the rows, so that the
    same votes always give bit-identical results.

    tasks, workers, labels: (votes,) codes; no two rows are alike.
    weights: (votes,) how often each vote was given, or how much it counts.
    known: (tasks,) the class of each task whose answer is known, `NO_LABEL` elsewhere.
    history: (workers, classes, classes) [worker, truth, answer] votes that each worker gave
        elsewhere to tasks whose truth is believed; None if there are none. Models of workers start
        from them.
    """

    tasks: Codes
    workers: Codes
    labels: Codes
    weights: Floats
    known: Codes
    n_workers: int
    n_classes: int
    history: Floats | None = None

    @classmethod
    def from_codes(
        cls,
        tasks: npt.ArrayLike,
        workers: npt.ArrayLike,
        labels: npt.ArrayLike,
        *,
        n_tasks: int | None = None,
        n_workers: int | None = None,
        n_classes: int | None = None,
        known: npt.ArrayLike | None = None,
        weights: npt.ArrayLike | None = None,
        history: npt.ArrayLike | None = None,
    ) -> Self:
        """Votes from integer codes, one row a vote; a vote that is given twice counts twice.

        Sizes that are left out are read off the codes, and there is always at least one class.
        `known` has one entry a task: its class, or `NO_LABEL`. Raises ValueError naming the array
        and the row at fault.
        """
        task, worker, label = (
            checked_codes(name, codes) for name, codes in (("tasks", tasks), ("workers", workers), ("labels", labels))
        )
        weight = None if weights is None else checked_weights(weights)
        require_equal_lengths(tasks=task, workers=worker, labels=label, weights=task if weight is None else weight)
        answer = _checked_known(known, n_tasks)
        n_tasks = checked_size("n_tasks", n_tasks if answer is None else len(answer), tasks=task)
        if answer is None:
            answer = np.full(n_tasks, NO_LABEL, dtype=np.int32)
        n_workers = checked_size("n_workers", n_workers, workers=worker)
        n_classes = checked_size("n_classes", n_classes, at_least=1, labels=label, known=answer)
        past = None if history is None else checked_history(history, n_workers, n_classes)
        columns = _canonical(task, worker, label, weight, n_workers=n_workers, n_classes=n_classes)
        for column in (*columns, answer):
            column.flags.writeable = False
        return cls(*columns, answer, n_workers, n_classes, past)

    @property
    def n_tasks(self) -> int:
        return len(self.known)

    @cached_property
    def total(self) -> float:
        """The number of votes, repeats included."""
        return float(self.weights.sum())

    @cached_property
    def per_task(self) -> Floats:
        """(tasks,) votes on each task."""
        return sums(self.tasks, self.weights, self.n_tasks)

    @cached_property
    def per_worker(self) -> Floats:
        """(workers,) votes by each worker."""
        return sums(self.workers, self.weights, self.n_workers)

    @property
    def a_task(self) -> float:
        """Votes on a task, on average over those that have any; 0 if there are none."""
        return self.total / max(int(np.count_nonzero(self.per_task)), 1)

    @property
    def untold(self) -> "Votes":
        """The same votes, without any known answer."""
        return replace(self, known=np.full(self.n_tasks, NO_LABEL, dtype=np.int32))

    @cached_property
    def has_evidence(self) -> npt.NDArray[np.bool_]:
        """(tasks,) whether a task has a vote or a known answer: the others say nothing about any
        parameter."""
        evidence: npt.NDArray[np.bool_] = (self.per_task > 0) | (self.known != NO_LABEL)
        return evidence

    @cached_property
    def indicator(self) -> Weights:
        """(tasks, workers · classes) sparse weights: column `worker · classes + label` holds that
        worker's votes.

        Both steps of expectation maximisation are one product with it (or its transpose) and a
        dense table.
        """
        shape = (self.n_tasks, self.n_workers * self.n_classes)
        index = np.dtype(np.int32 if max(shape[1], len(self.tasks)) <= LARGEST_CODE else np.int64)
        columns = self.workers.astype(index) * self.n_classes + self.labels
        starts = np.zeros(self.n_tasks + 1, dtype=index)
        np.bincount(self.tasks, minlength=self.n_tasks).cumsum(out=starts[1:])
        return csr_array((self.weights, columns, starts), shape=shape)

    def joined(self, others: "Votes") -> "Votes":
        """These votes and others on the same tasks by the same workers, or more; what others know
        overrules.

        The history is that of these votes. Raises ValueError if the classes differ or if `others`
        have a history.
        """
        if others.n_classes != self.n_classes or others.history is not None:
            raise ValueError(f"votes on {self.n_classes} classes can be joined by others on them, without a history")
        wide = self.widened(others.n_tasks, others.n_workers)
        known = wide.known.copy()
        known[: others.n_tasks] = np.where(others.known == NO_LABEL, known[: others.n_tasks], others.known)
        names = ("tasks", "workers", "labels", "weights")
        task, worker, label, weight = (np.concatenate([getattr(self, each), getattr(others, each)]) for each in names)
        return Votes.from_codes(
            task,
            worker,
            label,
            weights=weight,
            known=known,
            n_workers=wide.n_workers,
            n_classes=self.n_classes,
            history=wide.history,
        )

    def widened(self, n_tasks: int, n_workers: int) -> "Votes":
        """The same votes among as many tasks and workers, or more if there are more already."""
        n_tasks, n_workers = max(n_tasks, self.n_tasks), max(n_workers, self.n_workers)
        if (n_tasks, n_workers) == (self.n_tasks, self.n_workers):
            return self
        known = np.concatenate([self.known, np.full(n_tasks - self.n_tasks, NO_LABEL, dtype=np.int32)])
        history = self.history
        if history is not None:
            history = np.concatenate([history, np.zeros((n_workers - self.n_workers, *history.shape[1:]))])
        return replace(self, known=known, n_workers=n_workers, history=history)

    def where(self, rows: npt.NDArray[np.bool_]) -> "Votes":
        """Only the votes of these rows (votes,); tasks, workers and classes keep their codes."""
        columns = (self.tasks[rows], self.workers[rows], self.labels[rows], self.weights[rows])
        return Votes(*columns, self.known, self.n_workers, self.n_classes, self.history)

    def on_tasks(self, tasks: npt.NDArray[np.int64]) -> "Votes":
        """The votes on some tasks, in ascending order, which then have the codes 0, 1, …; workers
        keep theirs."""
        starts, ends = (np.searchsorted(self.tasks, tasks, side) for side in ("left", "right"))
        sizes = ends - starts
        rows = np.repeat(starts - (sizes.cumsum() - sizes), sizes) + np.arange(sizes.sum())
        known = np.full(len(tasks), NO_LABEL, dtype=np.int32)
        known[tasks < self.n_tasks] = self.known[tasks[tasks < self.n_tasks]]
        task = np.repeat(np.arange(len(tasks), dtype=np.int32), sizes)
        columns = (task, self.workers[rows], self.labels[rows], self.weights[rows])
        return Votes(*columns, known, self.n_workers, self.n_classes, self.history)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The indicator in blocks, large enough that to add up a table of all workers for each is
        the lesser work."""
        return blocks_of(self.indicator, max(VOTES, self.n_workers * self.n_classes**2))

    def counts(self, skill: Floats | None = None) -> Floats:
        """(tasks, classes) votes for each class; with `skill` (workers,), a vote counts for its
        worker's skill."""
        return self.table(self.weights if skill is None else self.weights * skill[self.workers])

    def table(self, weights: Floats) -> Floats:
        """(tasks, classes) the sums of the weights (votes,) of a task's votes for each class.
        Raises TooLarge."""
        require_room("a table of tasks and classes", self.n_tasks, self.n_classes)
        cells = self.tasks.astype(np.int64) * self.n_classes + self.labels
        return sums(cells, weights, self.n_tasks * self.n_classes).reshape(self.n_tasks, self.n_classes)

    def cells(self, weights: Floats) -> tuple[Codes, Codes, Floats]:
        """(cells,) tasks, classes and sums of weights where a task has votes for a class: `table`
        without the rest."""
        keys, place = np.unique(self.tasks.astype(np.int64) * self.n_classes + self.labels, return_inverse=True)
        tasks = (keys // self.n_classes).astype(np.int32)
        classes = (keys - tasks.astype(np.int64) * self.n_classes).astype(np.int32)
        return tasks, classes, sums(place, weights, len(keys))

    def sparse_counts(self) -> Weights:
        """(tasks, classes) votes for each class, of which only those above 0 are kept."""
        tasks, classes, counts = self.cells(self.weights)
        starts = np.searchsorted(tasks, np.arange(self.n_tasks + 1))
        return csr_array((counts, classes, starts), shape=(self.n_tasks, self.n_classes))

    @property
    def is_lean(self) -> bool:
        """Whether classes are so many that a table of tasks and classes is not laid out."""
        return is_lean(self.n_tasks, self.n_classes, len(self.tasks))

    def tally(self, posterior: Floats) -> Floats:
        """(workers, classes, classes) [worker, truth, answer] votes, each shared out over the truth
        by `posterior`.

        Raises TooLarge.
        """
        require_room("the workers' matrices", self.n_workers, self.n_classes, self.n_classes)

        def of_block(block: Block) -> Floats:
            return np.asarray(block.indicator.T @ posterior[block.tasks])

        by_answer = np.asarray(sum(worked(of_block, self.blocks)))
        return by_answer.reshape(self.n_workers, self.n_classes, self.n_classes).transpose(0, 2, 1)

    def right(self, posterior: Floats) -> Floats:
        """(workers,) how many of each worker's votes are right, in expectation, if `posterior` is
        believed."""
        return sums(self.workers, self.weights * posterior[self.tasks, self.labels], self.n_workers)


def _checked_known(known: npt.ArrayLike | None, n_tasks: int | None) -> Codes | None:
    if known is None:
        return None
    codes = checked_codes("known", known, lowest=NO_LABEL)
    if n_tasks is not None and len(codes) != n_tasks:
        raise ValueError(f"known has {len(codes)} entries, but n_tasks is {n_tasks}")
    return codes


def _canonical(
    tasks: Codes, workers: Codes, labels: Codes, weights: Floats | None, *, n_workers: int, n_classes: int
) -> tuple[Codes, Codes, Codes, Floats]:
    """The votes sorted by (task, worker, label), equal ones merged and their weights added up."""
    if (int(tasks.max(initial=0)) + 1) * n_workers * n_classes > np.iinfo(np.int64).max:
        raise ValueError(f"{n_workers} workers and {n_classes} classes are too many to tell votes apart in 64 bits")
    keys, merged = _merged((tasks.astype(np.int64) * n_workers + workers) * n_classes + labels, weights)
    voters = keys // n_classes
    label = (keys - voters * n_classes).astype(np.int32)
    task = (voters // max(n_workers, 1)).astype(np.int32)
    worker = (voters - task.astype(np.int64) * n_workers).astype(np.int32)
    return task, worker, label, merged


def _merged(keys: npt.NDArray[np.int64], weights: Floats | None) -> tuple[npt.NDArray[np.int64], Floats]:
    """The distinct keys in order, and the summed weight of each; every key weighs 1 if there are no
    weights."""
    if weights is None:
        keys.sort()
        if (keys[1:] != keys[:-1]).all():
            return keys, np.ones(keys.size)
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        return keys[starts], np.diff(starts, append=keys.size).astype(np.float64)
    order = np.lexsort((weights, keys))  # by weight too: floats added in another order differ in their last bits
    keys = keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[starts], np.add.reduceat(weights[order], starts) if starts.size else weights
