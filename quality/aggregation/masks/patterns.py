"""Pixels of a task that the same masks mark are alike to every method: patterns of votes, and how
often they occur."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.masks.votes import Mask, MaskVotes

Places = npt.NDArray[np.unsignedinteger]
UNKNOWN = -1
Table = csr_array[np.float64, tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """What is the same for many pixels, so that iterations cost as much as there are patterns, not
    pixels.

    task: (patterns,) sorted codes; pixels: (patterns,) how many pixels of the task have the
        pattern.
    inside, outside: (patterns, workers) sparse: how many masks of each worker have these pixels in,
        or out.
    known: (patterns,) 1 where the true mask is known to have these pixels in, 0 where it has them
        out, else `UNKNOWN`.
    starts: (tasks + 1,) where the patterns of each task begin. place: for each task, the pattern of
        each of its pixels, counted from the task's first.
    """

    task: Codes
    pixels: Floats
    inside: Table
    outside: Table
    known: npt.NDArray[np.int8]
    starts: npt.NDArray[np.int64]
    place: tuple[Places, ...]

    @property
    def marked(self) -> Floats:
        """(patterns,) how many masks have these pixels in."""
        return np.asarray(self.inside.sum(axis=1), dtype=np.float64)

    @property
    def left(self) -> Floats:
        """(patterns,) how many masks have these pixels out."""
        return np.asarray(self.outside.sum(axis=1), dtype=np.float64)

    @property
    def shares(self) -> Floats:
        """(patterns,) the share of the task's masks that have these pixels in."""
        return self.marked / np.maximum(self.marked + self.left, 1.0)

    def per_task(self, values: Floats) -> Floats:
        """(tasks,) the sum of `values` (patterns,) over each task's patterns."""
        return np.bincount(self.task, values, len(self.place)).astype(np.float64, copy=False)

    def spread(self, task: int, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """(pixels,) of a task, from `values` (patterns,)."""
        return values[self.starts[task] : self.starts[task + 1]][self.place[task]]


def patterns_of(votes: MaskVotes) -> Patterns:
    """The patterns of all tasks."""
    found = [_alike(_with_known(votes, task)) for task in range(votes.n_tasks)]
    starts = np.cumsum([0] + [len(pixels) for _, pixels, _ in found])
    task = np.repeat(np.arange(votes.n_tasks, dtype=np.int32), np.diff(starts))
    pixels = np.concatenate([np.zeros(0), *(pixels for _, pixels, _ in found)])
    inside = _by_worker(votes, [marks for marks, _, _ in found], starts)
    outside = _by_worker(votes, [~marks for marks, _, _ in found], starts)
    known = [
        marks[-1] if code in votes.known else np.full(len(marks.T), UNKNOWN) for code, (marks, *_) in enumerate(found)
    ]
    truth = np.concatenate([np.zeros(0), *known]).astype(np.int8)
    return Patterns(task, pixels, inside, outside, truth, starts, tuple(place for _, _, place in found))


def _with_known(votes: MaskVotes, task: int) -> Mask:
    """(masks, pixels) of a task, with the known mask as the last one where there is one."""
    stack = votes.pixels(task)
    return np.concatenate([stack, votes.known_pixels(task)[None, :]]) if task in votes.known else stack


def _alike(stack: Mask) -> tuple[Mask, Floats, Places]:
    """The distinct columns of (masks, pixels), how often each occurs, and which one each pixel
    is."""
    packed = np.packbits(stack, axis=0)
    if len(packed) == 1:  # up to eight masks, by far the commonest case: counting is faster than sorting
        seen = np.bincount(packed[0], minlength=256)
        codes = np.flatnonzero(seen)
        rank = np.zeros(256, dtype=np.uint8)
        rank[codes] = np.arange(len(codes))
        marks, counts, place = codes.astype(np.uint8)[None, :], seen[codes], rank[packed[0]]
    else:
        marks, where, counts = np.unique(packed, axis=1, return_inverse=True, return_counts=True)
        place = where.reshape(-1).astype(np.min_scalar_type(max(len(counts) - 1, 0)))
    return np.unpackbits(marks, axis=0, count=len(stack)).astype(bool), counts.astype(np.float64), place


def _by_worker(votes: MaskVotes, marks: list[Mask], starts: npt.NDArray[np.int64]) -> Table:
    """(patterns, workers) how many masks of each worker have a mark, from each task's (masks,
    patterns) of marks."""
    rows, columns = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for task, table in enumerate(marks):
        mask, pattern = np.nonzero(table[: votes.starts[task + 1] - votes.starts[task]])
        rows.append(starts[task] + pattern)
        columns.append(votes.workers[votes.starts[task] + mask].astype(np.int64))
    row, column = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(row)), (row, column)), shape=(int(starts[-1]), votes.n_workers))
