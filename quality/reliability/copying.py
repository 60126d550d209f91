"""Workers who copy from each other, or from one source: they share mistakes that independent workers would not."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from quality.aggregation import Votes
from quality.reliability.beliefs import Beliefs, Rows, normalised
from quality.reliability.discoveries import adjusted
from quality.reliability.scores import Floats
from quality.reliability.tails import upper_tail

Ints = npt.NDArray[np.int64]

COMMON = 5
"""Tasks that two workers must share to be compared: fewer could hardly tell, and every comparison dulls the others."""

FAITHS = (4.0, 8.0, 16.0, 32.0, 1e9)
"""What `Beliefs.expected` may count for: from tasks that all have mistakes of their own to tasks of one class alike."""

SUSPECT, FEW = 0.5, 1 / 3
"""The share of false alarms to accept among those who are left out of consensus to see whether it was theirs; and the
share of workers who may turn out to be a ring by that. More are the crowd, of which too much was left out."""

ROUNDS = 3
BLOCK = 800_000
"""Numbers, a class of a pair of votes each, to look at in one go, so that memory stays bounded."""

SAMPLED = 20_000
"""Votes by which to choose one of `FAITHS`."""


@dataclass(frozen=True, slots=True, eq=False)
class Copying:
    """What speaks for copying, one entry for each pair of workers who share enough tasks.

    pairs: (pairs, 2) codes of workers, the lower first; common: (pairs,) tasks that both answered.
    shared: (pairs,) common mistakes: tasks on which they gave one answer that the others believe to be wrong.
    expected: (pairs,) how many such mistakes the two would share by themselves.
    p: (pairs,) how probable as many are of independent workers; q: adjusted.
    rings: groups of workers, largest first, that are joined by pairs with q up to the level.
    """

    pairs: Ints
    common: Ints
    shared: Ints
    expected: Floats
    p: Floats
    q: Floats
    rings: tuple[tuple[int, ...], ...]


def find_copying(
    votes: Votes,
    posterior: npt.ArrayLike,
    *,
    level: float = 0.05,
    common: int = COMMON,
    rows: npt.NDArray[np.bool_] | None = None,
) -> Copying:
    """Pairs of workers who share too many mistakes, from votes and the posterior of their tasks (tasks, classes).

    Right answers are no evidence: only tasks count on which one of the two gave an answer that all workers but the
    two believe to be wrong. The other gives the same one with a probability of its own (`Beliefs.expected`), which
    knows the worker's confusion matrix, so that two who always give one class are no copiers, and how popular the
    mistake is on this task, the first worker's vote included. The number of shared mistakes is Poisson binomial.
    Both workers take both parts, and p is the geometric mean. Rings are then left out of consensus as a whole, and all
    pairs tried again: a ring that is the majority on a task must not call its own mistake right. Where none is found,
    those are left out so who are merely suspect, as a ring that gives half of the answers hides most of its mistakes.

    level: the share of false alarms to accept among the pairs of which rings are made.
    common: how many tasks two workers must share. rows: (votes,) which votes to compare, if not all; the others still
    tell what the tasks are. Raises ValueError if they are no such numbers, or the posterior doesn't fit.
    """
    if not 0 < level < 1 or common < 1:
        raise ValueError(f"level must be between 0 and 1 and common at least 1, got {level} and {common}")
    compared = np.flatnonzero(np.ones(len(votes.tasks), dtype=bool) if rows is None else rows)
    pairs, tasks = _partners(votes, compared, common)
    alone: Rows = np.arange(votes.n_workers)
    beliefs = Beliefs.of(votes, posterior)
    search = partial(_search, pairs=pairs, common=tasks, compared=compared, level=level)
    found = search(beliefs, alone)
    suspects = _groups(pairs[found.q <= SUSPECT], votes.n_workers)
    if not found.rings and (suspects != alone).any():
        behind = search(beliefs.grouped(suspects), suspects)
        if sum(map(len, behind.rings)) <= FEW * len(np.unique(pairs)):
            return behind
    return found


def _search(beliefs: Beliefs, groups: Rows, *, pairs: Ints, common: Ints, compared: Rows, level: float) -> Copying:
    """What speaks for copying if `groups` (workers,) are left out of consensus together, then the rings found so."""
    for _ in range(ROUNDS):
        shared, expected, p = _compare(beliefs, groups, pairs, compared)
        q = adjusted(p)
        joined = _groups(pairs[q <= level], beliefs.votes.n_workers)
        if np.array_equal(joined, groups):
            break
        groups, beliefs = joined, beliefs.grouped(joined)
    return Copying(pairs, common, shared, expected, p, q, _rings(joined))


def _partners(votes: Votes, compared: Rows, common: int) -> tuple[Ints, Ints]:
    """(pairs, 2) workers who share tasks enough, in order, and (pairs,) how many."""
    cells = np.unique(votes.tasks[compared].astype(np.int64) * votes.n_workers + votes.workers[compared])
    ones = np.ones(len(cells), dtype=np.int64)
    shape = votes.n_tasks, votes.n_workers
    answered = csr_array((ones, (cells // max(shape[1], 1), cells % max(shape[1], 1))), shape=shape)
    together = (answered.T @ answered).tocoo()
    kept = (together.row < together.col) & (together.data >= common)
    rows, columns, tasks = (
        np.asarray(each[kept], dtype=np.int64) for each in (together.row, together.col, together.data)
    )
    order = np.lexsort((columns, rows))
    return np.stack([rows, columns], axis=1)[order], tasks[order]


def _compare(beliefs: Beliefs, groups: Rows, pairs: Rows, compared: Rows) -> tuple[Ints, Floats, Floats]:
    """(pairs,) each: shared mistakes, how many were to be expected, and p."""
    keys = pairs @ np.array([beliefs.votes.n_workers, 1])
    faith = _faith(beliefs)
    found = [_mistakes(beliefs, groups, keys, faith, *rows) for rows in _meetings(beliefs.votes, compared)]
    trials, chances, hits = (np.concatenate(columns) for columns in zip(*found, strict=True))
    successes = np.bincount(trials[hits], minlength=2 * len(pairs))
    tails = upper_tail(trials, chances, successes).reshape(2, -1)
    expected = np.bincount(trials, chances, 2 * len(pairs)).reshape(2, -1)
    return successes[: len(pairs)], expected.mean(axis=0), np.sqrt(tails).prod(axis=0)


def _meetings(votes: Votes, compared: Rows) -> Iterator[tuple[Rows, Rows]]:
    """All ordered pairs of compared votes of different workers on one task, as two arrays of rows, in blocks of whole
    tasks."""
    tasks = votes.tasks[compared]
    bounds = np.searchsorted(tasks, np.arange(votes.n_tasks + 1))
    sizes = np.diff(bounds)
    block = np.cumsum(sizes.astype(np.int64) ** 2) // max(BLOCK // votes.n_classes, 1)
    edges = np.append(np.flatnonzero(np.diff(block, prepend=-1)), votes.n_tasks)
    for first, last in pairwise(edges) if votes.n_tasks else [(0, 0)]:
        rows = np.arange(bounds[first], bounds[last])
        many = sizes[tasks[rows]]
        one = np.repeat(rows, many)
        place = np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many)
        one, other = compared[one], compared[bounds[tasks[one]] + place]
        different = votes.workers[one] != votes.workers[other]
        yield one[different], other[different]


def _mistakes(
    beliefs: Beliefs, groups: Rows, keys: Rows, faith: float, one: Rows, other: Rows
) -> tuple[Rows, Floats, npt.NDArray[np.bool_]]:
    """Of pairs of votes, those whose first is believed to be wrong: trial, chance that the second equals it, equality.

    A trial belongs to a pair of workers and to which of them comes first: `len(keys)` is added for the higher code.
    """
    votes = beliefs.votes
    one, other, pair = _compared(votes, keys, one, other)
    apart = (groups[votes.workers[one]] != groups[votes.workers[other]])[:, None]
    (evidence, counts), others = beliefs.own(one), beliefs.own(other)
    evidence = beliefs.evidence[votes.tasks[one]] - evidence - apart * others[0]
    counts = beliefs.counts[votes.tasks[one]] - counts - apart * others[1]
    answers = votes.labels[one]
    wrong = normalised(evidence)[np.arange(len(one)), answers] < 0.5
    one, other, pair, answers = one[wrong], other[wrong], pair[wrong], answers[wrong]
    believed = normalised(evidence[wrong] + np.log(beliefs.confusion[votes.workers[one], :, answers]))
    counts = counts[wrong] + np.eye(votes.n_classes)[answers]
    chances = beliefs.expected(votes.workers[other], believed, counts, faith)[np.arange(len(one)), answers]
    second = votes.workers[one] > votes.workers[other]
    return pair + second * len(keys), chances, votes.labels[other] == answers


def _compared(votes: Votes, keys: Rows, one: Rows, other: Rows) -> tuple[Rows, Rows, Rows]:
    """The pairs of votes whose workers are compared, and where they stand in `keys`."""
    low = np.minimum(votes.workers[one], votes.workers[other]).astype(np.int64)
    key = low * votes.n_workers + np.maximum(votes.workers[one], votes.workers[other])
    place = np.minimum(np.searchsorted(keys, key), max(len(keys) - 1, 0))
    kept = keys[place] == key if len(keys) else np.zeros(len(key), dtype=bool)
    return one[kept], other[kept], place[kept]


def _faith(beliefs: Beliefs) -> float:
    """The one of `FAITHS` under which every vote is most probable, given the others."""
    votes = beliefs.votes
    rows = np.arange(0, len(votes.tasks), len(votes.tasks) // SAMPLED + 1)
    believed, counts = beliefs.of_others(rows), beliefs.counts[votes.tasks[rows]] - beliefs.own(rows)[1]
    workers, given = votes.workers[rows], (np.arange(len(rows)), votes.labels[rows])
    fits = [np.log(beliefs.expected(workers, believed, counts, faith)[given]).sum() for faith in FAITHS]
    return FAITHS[int(np.argmax(fits))]


def _groups(pairs: Rows, n_workers: int) -> Rows:
    """(workers,) the lowest code of all workers that each is joined to, directly or through others."""
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n_workers, n_workers))
    component = connected_components(graph, directed=False)[1]
    _, first = np.unique(component, return_index=True)
    return first[component]


def _rings(groups: Rows) -> tuple[tuple[int, ...], ...]:
    sizes = np.bincount(groups, minlength=len(groups))
    rings = [tuple(np.flatnonzero(groups == first).tolist()) for first in np.flatnonzero(sizes > 1)]
    return tuple(sorted(rings, key=len, reverse=True))
