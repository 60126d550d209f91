"""The pairs of task and class that somebody ticked, and what every answer says of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST_VOICES = 6_000_000
"""What answers say of cells, at most, which takes about a gigabyte to learn from. Where there would
be more, the cells that the smallest shares of the answers tick are left out: such classes are taken
of no task."""


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Sets of classes one after the other: `classes` of all of them, and at which place each set
    begins; `begins` has one entry more than there are sets."""

    begins: Ints
    classes: Ints

    @classmethod
    def of(cls, sets: Iterable[Iterable[int]]) -> Self:
        rows = [list(row) for row in sets]
        begins = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
        return cls(begins, np.array([each for row in rows for each in row], dtype=np.int64))

    @property
    def sizes(self) -> Ints:
        return np.diff(self.begins)

    def members(self, chosen: Ints) -> tuple[Ints, Ints]:
        """Of these sets, one after the other: the place among the chosen, and the class, of each
        member."""
        sizes = self.sizes[chosen]
        owner = np.repeat(np.arange(len(chosen)), sizes)
        return owner, self.classes[self.begins[chosen][owner] + places_within(sizes, owner)]


def places_within(sizes: Ints, owner: Ints) -> Ints:
    """0, 1, … for the members of each group; the groups stand one after the other."""
    return np.arange(len(owner)) - (np.cumsum(sizes) - sizes)[owner]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A cell is a task and a class that somebody ticked there, or that is known to be right there.
    A voice is what one answer says of one cell: that the class applies, or that it does not.

    workers, answers: (answers,) who gave each answer, and (tasks,) how many each task has.
    task, kind: (cells,) in order of task and class. ticks: (cells,) answers that tick it.
    cell, ticked, pair: (voices,) in order of cell and worker.
    pair_worker, pair_kind: (pairs,) the pairs of worker and class that voices are of. silent:
        (pairs,) answers of that worker that others could be compared with, to tasks on which nobody
        ticked that class.
    tick_answer, tick_cell: (ticks,) the answer and the cell of each tick.
    """

    n_workers: int
    n_kinds: int
    tasks: Ints
    workers: Ints
    answers: Ints
    task: Ints
    kind: Ints
    ticks: Floats
    cell: npt.NDArray[np.int32]
    ticked: Bools
    pair: npt.NDArray[np.int32]
    pair_worker: Ints
    pair_kind: Ints
    silent: Floats
    tick_answer: Ints
    tick_cell: Ints

    @classmethod
    def of(
        cls,
        tasks: Ints,
        workers: Ints,
        given: Ints,
        sets: Sets,
        known: Ints,
        *,
        n_workers: int,
        n_kinds: int,
        most: int = MOST_VOICES,
    ) -> Self:
        """tasks, workers, given: (answers,), the last the place in `sets` of what was answered.
        known: (tasks,) the same of what is known, or -1."""
        order = np.lexsort((workers, tasks))
        tasks, workers, given = tasks[order], workers[order], given[order]
        answers = np.bincount(tasks, minlength=len(known))
        owner, kind = sets.members(given)
        keys = tasks[owner] * n_kinds + kind
        cells = np.unique(np.concatenate([keys, _known_keys(known, sets, n_kinds)]))
        cells = _affordable(cells, keys, answers, n_kinds, most)
        place = np.searchsorted(cells, keys)
        kept = np.append(cells, -1)[place] == keys
        owner, place = owner[kept], place[kept]
        task, own = cells // n_kinds, cells % n_kinds
        sizes = answers[task]
        cell = np.repeat(np.arange(len(cells)), sizes)
        starts, first = np.cumsum(answers) - answers, np.cumsum(sizes) - sizes
        ticked = np.zeros(len(cell), dtype=bool)
        ticked[first[place] + owner - starts[tasks[owner]]] = True
        voice = starts[task][cell] + places_within(sizes, cell)
        pairs, pair = np.unique(workers[voice] * n_kinds + own[cell], return_inverse=True)
        compared = answers > 1
        heard = np.bincount(pair, compared[task][cell], minlength=len(pairs))
        whole = np.bincount(workers, compared[tasks], minlength=n_workers)
        return cls(
            n_workers=n_workers,
            n_kinds=n_kinds,
            tasks=tasks,
            workers=workers,
            answers=answers,
            task=task,
            kind=own,
            ticks=np.bincount(place, minlength=len(cells)).astype(np.float64),
            cell=cell.astype(np.int32),
            ticked=ticked,
            pair=pair.astype(np.int32),
            pair_worker=pairs // n_kinds,
            pair_kind=pairs % n_kinds,
            silent=whole[pairs // n_kinds] - heard,
            tick_answer=owner,
            tick_cell=place,
        )

    @property
    def shares(self) -> Floats:
        """(cells,) the share of the task's answers that tick the class."""
        return self.ticks / np.maximum(self.answers[self.task], 1)

    def known(self, known: Ints, sets: Sets) -> npt.NDArray[np.float64]:
        """(cells,) 1 or 0 where the set of the task is known, else nan."""
        right = np.isin(self.task * self.n_kinds + self.kind, _known_keys(known, sets, self.n_kinds))
        return np.where(known[self.task] >= 0, right, np.nan)


def _known_keys(known: Ints, sets: Sets, n_kinds: int) -> Ints:
    told = np.flatnonzero(known >= 0)
    owner, kind = sets.members(known[told])
    return told[owner] * n_kinds + kind


def _affordable(cells: Ints, keys: Ints, answers: Ints, n_kinds: int, most: int) -> Ints:
    """The cells with the largest shares of ticks, as many as may be."""
    sizes = answers[cells // n_kinds]
    if sizes.sum() <= most:
        return cells
    ticks = np.bincount(np.searchsorted(cells, keys), minlength=len(cells))
    order = np.argsort(-ticks / np.maximum(sizes, 1), kind="stable")
    return np.sort(cells[order[np.cumsum(sizes[order]) <= most]])
