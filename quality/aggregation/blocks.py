"""Votes in blocks of whole tasks, for all cores to work on: the same blocks and bits, however many
cores there are."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_array

Weights = csr_array[np.float64, tuple[int, int]]
Result = TypeVar("Result")

VOTES = 2**17
"""Votes in a block, or more: to share out fewer takes longer than it saves."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Tasks in a row, and the rows of `Votes.indicator` that are theirs."""

    tasks: slice
    indicator: Weights


def blocks_of(indicator: Weights, n_votes: int) -> tuple[Block, ...]:
    """Views of all rows, in blocks of about `n_votes` votes or more; there is always at least
    one."""
    starts = indicator.indptr
    even = np.linspace(0, starts[-1], max(int(starts[-1]) // n_votes, 1) + 1)[1:-1]
    edges = [0, *np.searchsorted(starts, even).tolist(), indicator.shape[0]]
    return tuple(_block(indicator, first, end) for first, end in pairwise(edges))


def worked(work: Callable[[Block], Result], blocks: Sequence[Block]) -> Iterator[Result]:
    """What `work` makes of each block, in their order. Numpy and scipy let threads run side by
    side."""
    if len(blocks) == 1:
        return map(work, blocks)
    return _threads(os.getpid()).map(work, blocks)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _block(indicator: Weights, first: int, end: int) -> Block:
    starts = indicator.indptr[first : end + 1]
    votes = slice(starts[0], starts[-1])
    parts = (indicator.data[votes], indicator.indices[votes], starts - starts[0])
    return Block(slice(first, end), csr_array(parts, shape=(end - first, indicator.shape[1])))


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Of this process, since a fork doesn't inherit them. They are kept: to start them takes as
    long as their work."""
    return ThreadPoolExecutor(cores(), thread_name_prefix=f"blocks-{process}")
