"""A good crowd that marks spans: it overlooks some, marks a few where nothing is, and misses ends
by a character."""

from typing import Any

import numpy as np

from quality.aggregation.spans import METHODS, SpanFit, SpanVotes
from quality.evaluation.spans import Spans, score_characters
from tests.quality.aggregation.kinds import Kind, Rows

N_TASKS, N_WORKERS = 30, 7
ASIDE = [-1, 0, 0, 0, 1]


def rows(rng: np.random.Generator) -> tuple[Rows, Spans]:
    """(task, worker, start, end, class) spans of a crowd, all of whom mark something on every task;
    and the truth."""
    truth = [
        (task, 20 * slot + int(rng.integers(5)), 20 * slot + int(rng.integers(10, 15)), int(rng.integers(2)))
        for task in range(N_TASKS)
        for slot in rng.choice(6, 3, replace=False).tolist()
    ]
    marked = [
        (task, worker, max(start + int(rng.choice(ASIDE)), 0), end + int(rng.choice(ASIDE)), kind)
        for task, start, end, kind in truth
        for worker in range(N_WORKERS)
        if rng.random() < 0.8
    ]
    slips = [
        (task, worker, place, place + 6, int(rng.integers(2)))
        for task in range(N_TASKS)
        for worker, place in enumerate(rng.integers(120, 300, N_WORKERS).tolist())
    ]
    return marked + slips, spans(truth)


def spans(listed: list[tuple[int, int, int, int]]) -> Spans:
    """Spans of rows (task, start, end, class)."""
    tasks, starts, ends, classes = np.array(listed, dtype=np.int64).reshape(-1, 4).T
    return Spans.from_rows(tasks, starts, ends, classes)


def fit(aggregator: Any, marked: Rows) -> SpanFit:
    return aggregator.fit(votes_of(marked))


def votes_of(marked: Rows, **options: Any) -> SpanVotes:
    tasks, workers, starts, ends, classes = np.array(marked, dtype=np.int64).reshape(-1, 5).T
    return SpanVotes.from_codes(tasks, workers, starts, ends, classes, **options)


def error(found: SpanFit, truth: Spans) -> float:
    return 1 - score_characters(truth, found.labels).f1


KIND = Kind("spans", METHODS, rows, fit, error, tolerance=0.08)
