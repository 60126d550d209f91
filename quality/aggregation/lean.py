"""Tables of tasks by classes that are never laid out in full, where classes are so many that hardly
any has a vote."""

import math
import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.grouped import sums

Ints = npt.NDArray[np.int64]

ROOMY = 2**25
"""Numbers in a table up to which it is laid out whatever the votes: 256 MiB."""

MUCH_LARGER = 64
"""Numbers a vote beyond which a larger table is not laid out."""

SHARE_OF_MEMORY = 0.5
"""That one table may take."""


class TooLarge(ValueError):
    """A table would not fit into memory; the message says what does without it."""


def is_lean(n_tasks: int, n_classes: int, n_votes: int) -> bool:
    """Whether a table of tasks by classes would be far larger than the votes that it is made of."""
    return n_tasks * n_classes > max(ROOMY, MUCH_LARGER * n_votes)


def has_room(*shape: int) -> bool:
    """Whether this machine should hold a table of numbers of this shape."""
    return 8 * math.prod(shape) <= SHARE_OF_MEMORY * _memory()


def require_room(what: str, *shape: int) -> None:
    """Raise TooLarge where a table of numbers of this shape is more than this machine should
    hold."""
    if not has_room(*shape):
        size, numbers = " by ".join(f"{length:,}" for length in shape), math.prod(shape)
        raise TooLarge(
            f"{what} would be {size} numbers, {numbers * 8 / 2**30:,.1f} GiB: "
            "for so many classes use `majority`, or `auto`, which then counts votes"
        )


@dataclass(frozen=True, slots=True, eq=False)
class LeanTable:
    """(tasks, classes) numbers of which a few in each row are kept, and one that all its others
    have in common.

    It has a `shape`, gives single cells (`table[tasks, classes]`) and the largest of each row
    (`table.max(axis=1)`), and becomes an ordinary array (`np.asarray(table)`) if that has room;
    else TooLarge is raised.

    tasks, classes, values: (cells,) those that are kept, in the order of task and class, no two
        alike.
    rest: (tasks,) what every other class of the task has.
    """

    tasks: Codes
    classes: Codes
    values: Floats
    rest: Floats
    n_classes: int

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rest), self.n_classes

    def __len__(self) -> int:
        return len(self.rest)

    def max(self, axis: int) -> Floats:
        """(tasks,) the largest number of each row."""
        if axis != 1:
            raise ValueError(f"a lean table knows the largest number of each row (axis=1), not of axis {axis}")
        kept = np.bincount(self.tasks, minlength=len(self.rest))
        highest = np.where(kept < self.n_classes, self.rest, 0.0)
        np.maximum.at(highest, self.tasks, self.values)
        return highest

    def __getitem__(self, cells: tuple[npt.ArrayLike, npt.ArrayLike]) -> Floats:
        tasks, classes = (np.asarray(each, dtype=np.int64) for each in cells)
        wanted, kept = tasks * self.n_classes + classes, self._keys
        places = np.minimum(np.searchsorted(kept, wanted), max(len(kept) - 1, 0))
        found = kept[places] == wanted if len(kept) else np.zeros(wanted.shape, dtype=bool)
        return np.where(found, self.values[places] if len(kept) else 0.0, self.rest[tasks])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        require_room("all probabilities", *self.shape)
        table = np.repeat(self.rest[:, None], self.n_classes, axis=1)
        table[self.tasks, self.classes] = self.values
        return table.astype(dtype or np.float64, copy=False)

    @property
    def by_class(self) -> Floats:
        """(classes,) the sum of each column."""
        less = self.values - self.rest[self.tasks]
        return sums(self.classes, less, self.n_classes) + self.rest.sum()

    @property
    def _keys(self) -> Ints:
        return self.tasks.astype(np.int64) * self.n_classes + self.classes

    def with_known(self, known: Codes, none: int) -> "LeanTable":
        """The same with each known task certain of its class; `known` (tasks,) is `none`
        elsewhere."""
        told = np.flatnonzero(known != none)
        kept = (known == none)[self.tasks]
        tasks = np.concatenate([self.tasks[kept], told.astype(np.int32)])
        classes = np.concatenate([self.classes[kept], known[told].astype(np.int32)])
        values = np.concatenate([self.values[kept], np.ones(len(told))])
        order = np.lexsort((classes, tasks))
        rest = np.where(known == none, self.rest, 0.0)
        return LeanTable(tasks[order], classes[order], values[order], rest, self.n_classes)

    def tied(self, within: float) -> tuple[Codes, Codes]:
        """(cells,) tasks and classes of the kept cells that are at most `within` below the largest
        of their row."""
        top = self.values >= self.max(axis=1)[self.tasks] - within
        return self.tasks[top], self.classes[top]


@cache
def _memory() -> int:
    """Bytes that this machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
