"""Crowds of several mixes that mark names in texts of which some have none: they overlook, guess
and miss ends, and some of them only click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np

from quality.aggregation.spans import SpanVotes
from quality.evaluation.spans import Spans

Row = tuple[int, int, int, int]
TEXT, SLOTS = 120, 8
EMPTY = 0.25  # of the texts have nothing to mark


@dataclass(frozen=True)
class Worker:
    """Who overlooks a share `misses` of what is there, marks as many `slips` in a text that are
    not, and is a character or two off at a share `off` of the ends. `does` nothing, everything, or
    work."""

    misses: float
    slips: float
    off: float
    does: str = "work"


GOOD, POOR = Worker(0.1, 0.15, 0.2), Worker(0.35, 0.6, 0.4)
IDLE, EAGER = Worker(0, 0, 0, "nothing"), Worker(0, 0, 0, "everything")
MIXES: Mapping[str, Sequence[Worker]] = {
    "good": [GOOD],
    "mixed": [GOOD, POOR],
    "with idlers": [GOOD, POOR, IDLE, GOOD, EAGER, GOOD, POOR, GOOD, GOOD],
}


def simulated(mix: str, size: int, n_tasks: int, rng: np.random.Generator) -> tuple[SpanVotes, Spans]:
    workers = list(islice(cycle(MIXES[mix]), size))
    truth = [span for task in range(n_tasks) for span in _true(task, rng)]
    of_task: list[list[Row]] = [[] for _ in range(n_tasks)]
    for span in truth:
        of_task[span[0]].append(span)
    marked = [
        (task, who, *span[1:])
        for task in range(n_tasks)
        for who, worker in enumerate(workers)
        for span in _marked(task, worker, of_task[task], rng)
    ]
    seen = np.repeat(np.arange(n_tasks), size), np.tile(np.arange(size), n_tasks)
    columns = np.array(marked, dtype=np.int64).reshape(-1, 5).T
    votes = SpanVotes.from_codes(*columns, n_tasks=n_tasks, n_workers=size, n_classes=2, seen=seen)
    return votes, Spans.from_rows(*np.array(truth, dtype=np.int64).reshape(-1, 4).T)


def _true(task: int, rng: np.random.Generator) -> list[Row]:
    if rng.random() < EMPTY:
        return []
    slots = rng.choice(SLOTS, rng.integers(1, 4), replace=False).tolist()
    starts = [15 * slot + int(rng.integers(4)) for slot in slots]
    return [(task, start, start + int(rng.integers(4, 11)), int(rng.integers(2))) for start in starts]


def _marked(task: int, worker: Worker, true: list[Row], rng: np.random.Generator) -> list[Row]:
    if worker.does == "nothing":
        return []
    if worker.does == "everything":
        return [(task, 0, TEXT, 0), (task, 0, TEXT, 1)]
    found = [_aside(span, worker, rng) for span in true if rng.random() >= worker.misses]
    starts = [15 * int(rng.integers(SLOTS)) for _ in range(rng.poisson(worker.slips))]
    return found + [(task, start, start + int(rng.integers(4, 11)), int(rng.integers(2))) for start in starts]


def _aside(span: Row, worker: Worker, rng: np.random.Generator) -> Row:
    task, start, end, kind = span
    off = np.where(rng.random(2) < worker.off, rng.choice([-2, -1, 1, 2], 2), 0)
    start = max(start + int(off[0]), 0)
    return task, start, max(end + int(off[1]), start + 1), kind
