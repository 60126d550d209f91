"""Workers who copy from each other, or from one source: they share mistakes that independent
workers would not."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from quality.aggregation import Votes
from quality.evaluation.accuracy import Floats
from quality.reliability.beliefs import Beliefs, Rows
from quality.reliability.discoveries import adjusted
from quality.reliability.mistakes import Leads, Mistakes
from quality.reliability.tails import upper_tail

Ints = npt.NDArray[np.int64]
Compared = tuple[Ints, Floats, Floats]
"""(pairs,) each: shared mistakes, how many were to be expected, and p."""

COMMON = 5
"""Tasks that two workers must share to be compared: fewer could hardly tell, and every comparison
dulls the others."""

FAITHS = (4.0, 8.0, 16.0, 32.0, 1e9)
"""What `Beliefs.expected` may count for: from tasks that all have mistakes of their own to tasks of
one class alike."""

SUSPECT, FEW = 0.5, 1 / 3
"""The share of false alarms to accept among those who are left out of consensus to see whether it
was theirs; and the share of workers who may turn out to be a ring by that. More are the crowd, of
which too much was left out."""

ROUNDS = 3
SAMPLED = 20_000
"""Votes by which to choose one of `FAITHS`."""


@dataclass(frozen=True, slots=True, eq=False)
class Copying:
    """What speaks for copying, one entry for each pair of workers who share enough tasks.

    pairs: (pairs, 2) codes of workers, the lower first; common: (pairs,) tasks that both answered.
    shared: (pairs,) common mistakes: tasks on which they gave one answer that the others believe to
        be wrong.
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
    """Pairs of workers who share too many mistakes, from votes and the posterior of their tasks
    (tasks, classes).

    Right answers are no evidence: only tasks count on which one of the two gave an answer that all
    workers but the two believe to be wrong. The other gives the same one with a probability of its
    own (`Beliefs.expected`), which knows the worker's confusion matrix, so that two who always give
    one class are no copiers, and how popular the mistake is on this task, the first worker's vote
    included. The number of shared mistakes is Poisson binomial. Both workers take both parts, and p
    is the geometric mean. Rings are then left out of consensus as a whole, and all pairs tried
    again: a ring that is the majority on a task must not call its own mistake right. Where none is
    found, those are left out so who are merely suspect, as a ring that gives half of the answers
    hides most of its mistakes.

    level: the share of false alarms to accept among the pairs of which rings are made.
    common: how many tasks two workers must share. rows: (votes,) which votes to compare, if not
    all; the others still tell what the tasks are. Raises ValueError if they are no such numbers, or
    the posterior doesn't fit.
    """
    if not 0 < level < 1 or common < 1:
        raise ValueError(f"level must be between 0 and 1 and common at least 1, got {level} and {common}")
    compared = np.flatnonzero(np.ones(len(votes.tasks), dtype=bool) if rows is None else rows)
    pairs, tasks = _partners(votes, compared, common)
    alone: Rows = np.arange(votes.n_workers)
    beliefs = Beliefs.of(votes, posterior)
    search = partial(_search, Comparisons(pairs, compared), common=tasks, level=level)
    found = search(beliefs, alone)
    suspects = _groups(pairs[found.q <= SUSPECT], votes.n_workers)
    if not found.rings and (suspects != alone).any():
        behind = search(beliefs.grouped(suspects), suspects)
        if sum(map(len, behind.rings)) <= FEW * len(np.unique(pairs)):
            return behind
    return found


def _search(comparisons: "Comparisons", beliefs: Beliefs, groups: Rows, *, common: Ints, level: float) -> Copying:
    """What speaks for copying if `groups` (workers,) are left out of consensus together, then the
    rings found so."""
    pairs = comparisons.pairs
    for _ in range(ROUNDS):
        shared, expected, p = comparisons.under(beliefs, groups)
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


class Comparisons:
    """Comparisons of the same pairs of workers under one grouping after another.

    What a pair shares depends on its own two groups only, so that pairs whose groups stay as they
    were in the first comparison are not compared again.
    """

    def __init__(self, pairs: Ints, compared: Rows) -> None:
        self.pairs, self.compared = pairs, compared
        self._first: tuple[float, Rows, Compared] | None = None

    def under(self, beliefs: Beliefs, groups: Rows) -> Compared:
        """What the pairs share if `groups` (workers,) are left out of consensus together."""
        faith = _faith(beliefs)
        if self._first is None or self._first[0] != faith:
            everyone = np.ones(beliefs.votes.n_workers, dtype=bool)
            found = _compare(beliefs, groups, faith, self.pairs, self.compared, everyone)
            self._first = self._first or (faith, groups, found)
            return found
        _, before, found = self._first
        regrouped = _regrouped(before, groups)
        again = regrouped[self.pairs].any(axis=1)
        shared, expected, p = found[0].copy(), found[1].copy(), found[2].copy()
        anew = _compare(beliefs, groups, faith, self.pairs[again], self.compared, regrouped)
        shared[again], expected[again], p[again] = anew
        return shared, expected, p


def _regrouped(before: Rows, after: Rows) -> npt.NDArray[np.bool_]:
    """(workers,) whose group has other members than before."""
    moved = before != after
    touched = np.append(before[moved], after[moved])
    return np.isin(before, touched) | np.isin(after, touched)


def _compare(
    beliefs: Beliefs, groups: Rows, faith: float, pairs: Ints, compared: Rows, workers: npt.NDArray[np.bool_]
) -> Compared:
    """What `pairs` share, one or both of whom are among some `workers` (workers,)."""
    ordered = np.append(pairs, pairs[:, ::-1], axis=0)
    keys = ordered @ np.array([beliefs.votes.n_workers, 1])
    shared, expected, tails = np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys)), np.ones(len(keys))
    leads, of = Leads.of(beliefs), workers[beliefs.votes.workers[compared]]
    for first, one, other in ((workers, compared[of], compared), (~workers, compared[~of], compared[of])):
        chosen = np.flatnonzero(first[ordered[:, 0]])
        chosen = chosen[np.argsort(keys[chosen])]
        mistakes = Mistakes(beliefs, leads, groups, faith, keys[chosen], one, other)
        for some, (trials, chances, hits) in mistakes.trials():
            place = chosen[some]
            shared[place] = np.bincount(trials[hits], minlength=len(place))
            expected[place] = np.bincount(trials, chances, len(place))
            tails[place] = upper_tail(trials, chances, shared[place])
    both = np.sqrt(tails).reshape(2, -1)
    return shared[: len(pairs)], expected.reshape(2, -1).mean(axis=0), both.prod(axis=0)


def _faith(beliefs: Beliefs) -> float:
    """The one of `FAITHS` under which every vote is most probable, given the others."""
    votes = beliefs.votes
    rows = np.arange(0, len(votes.tasks), len(votes.tasks) // SAMPLED + 1)
    believed, counts = beliefs.of_others(rows), beliefs.counts[votes.tasks[rows]] - beliefs.own(rows)[1]
    workers, given = votes.workers[rows], (np.arange(len(rows)), votes.labels[rows])
    fits = [np.log(beliefs.expected(workers, believed, counts, faith)[given]).sum() for faith in FAITHS]
    return FAITHS[int(np.argmax(fits))]


def _groups(pairs: Rows, n_workers: int) -> Rows:
    """(workers,) the lowest code of all workers that each is joined to, directly or through
    others."""
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n_workers, n_workers))
    component = connected_components(graph, directed=False)[1]
    _, first = np.unique(component, return_index=True)
    return first[component]


def _rings(groups: Rows) -> tuple[tuple[int, ...], ...]:
    sizes = np.bincount(groups, minlength=len(groups))
    rings = [tuple(np.flatnonzero(groups == first).tolist()) for first in np.flatnonzero(sizes > 1)]
    return tuple(sorted(rings, key=len, reverse=True))
