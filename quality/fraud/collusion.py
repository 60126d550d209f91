"""Workers who copy from each other or from one source, and accounts that act as one. Evidence in
numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from quality.aggregation import NO_LABEL, Votes
from quality.fraud.behaviour import rounded
from quality.fraud.recent import Floats, Mask, Recent
from quality.reliability import Copying, Sameness, find_copying, find_sameness

Evidence = dict[str, Any]
Ints = npt.NDArray[np.int64]

LEVEL = 0.05
"""The share of false alarms to expect among pairs: one brings all whom it joins under suspicion."""

LEAST_SHARED, TIMES_EXPECTED, MORE_THAN_EXPECTED = 5, 2.0, 0.25
"""Mistakes that two must share to be accused: how many, and how many times more than were to be
expected or, where many were, on which share of their common tasks more."""

PARTNERS, RING_NAMED = 8, 20
"""Partners and members of a ring that are named; a ring may have hundreds."""

RINGS = 4
PAIRED = ("pairs", "common", "shared", "expected", "p", "q")

COMMON, ALIKE = 10, 0.95
"""Accounts act as one that give the same answer on this share of their common tasks, wrong ones
among them."""

ALIKE_IN_RHYTHM, RHYTHM = 0.9, 0.9
"""Or on this share, if the times they take go up and down together."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Who shares mistakes with whom: each pair twice, from either side, by worker and then the
    plainest first.

    worker, partner: (links,) codes; pair: (links,) the pair's place in `copying`.
    ring: (workers,) a number that those have in common who are linked, directly or through others.
    """

    worker: Ints
    partner: Ints
    pair: Ints
    ring: Ints
    copying: Copying


def find_rings(recent: Recent, worker_ids: Ints) -> dict[str, dict[int, Evidence]]:
    """Flag → worker → evidence, which names partners by their keys."""
    links = _links(recent)
    first = np.searchsorted(links.worker, links.worker)
    named = np.flatnonzero(np.arange(len(first)) - first < PARTNERS)
    same = _sameness(recent, np.stack([links.worker[named], links.partner[named]], axis=1))
    members = _members(links, worker_ids)
    copying: dict[int, Evidence] = {}
    one_source: dict[int, Evidence] = {}
    for place, row in enumerate(named):
        worker, partner = int(links.worker[row]), int(worker_ids[links.partner[row]])
        shared = {"worker": partner, **_shared(links.copying, int(links.pair[row]))}
        copying.setdefault(worker, {**shared, **members[int(links.ring[worker])], "partners": []})
        copying[worker]["partners"].append(shared)
        alike = {"worker": partner, **_alike(same, place)}
        if _as_one(alike):
            one_source.setdefault(worker, {**alike, "partners": []})["partners"].append(alike)
    return {"copying": copying, "one_source": one_source}


def _links(recent: Recent) -> Links:
    copying = _one_ring_after_the_other(recent)
    one, other = copying.pairs.T
    worker, partner, pair = np.append(one, other), np.append(other, one), np.tile(np.arange(len(one)), 2)
    order = np.lexsort((partner, -copying.shared[pair], copying.q[pair], worker))
    ring = _joined(copying, recent.votes.n_workers)
    return Links(worker[order], partner[order], pair[order], ring, copying)


def _one_ring_after_the_other(recent: Recent) -> Copying:
    """The pairs of all rings, each found among the answers of those who are in no plainer one:
    where many agree on wrong answers, it is the honest who seem to share mistakes."""
    kept = np.ones(len(recent.votes.tasks), dtype=bool)
    found = []
    for _ in range(RINGS):
        copying = _accused(recent, kept)
        found.append(copying)
        if not len(copying.pairs):
            break
        ring = _joined(copying, recent.votes.n_workers)[copying.pairs[:, 0]]
        share = np.bincount(ring, copying.shared / copying.common) / np.maximum(np.bincount(ring), 1)
        plainest = ring == share.argmax()
        found[-1] = _some(copying, plainest)
        kept &= ~np.isin(recent.votes.workers, copying.pairs[plainest])
    columns = {name: np.concatenate([getattr(each, name) for each in found]) for name in PAIRED}
    return Copying(**columns, rings=())


def _accused(recent: Recent, kept: Mask) -> Copying:
    """The pairs to be accused by these votes."""
    votes = recent.votes.where(kept)
    copying = find_copying(votes, _shares(votes), level=LEVEL, rows=recent.compared[kept])
    plain = (copying.q <= LEVEL) & (copying.shared >= LEAST_SHARED)
    more = np.minimum((TIMES_EXPECTED - 1) * copying.expected, MORE_THAN_EXPECTED * copying.common)
    plain &= copying.shared >= copying.expected + more
    some = _some(copying, plain)
    return _some(some, _between_people(some.pairs, recent.machine))


def _some(copying: Copying, pairs: Mask) -> Copying:
    return Copying(**{name: getattr(copying, name)[pairs] for name in PAIRED}, rings=())


def _joined(copying: Copying, size: int) -> Ints:
    """(workers,) a number that those have in common who are linked, directly or through others."""
    one, other = copying.pairs.T
    graph = csr_array((np.ones(len(one)), (one, other)), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _shares(votes: Votes) -> Floats:
    """(tasks, classes) what the answers on a task say if all are trusted alike, and what is known.

    A ring agrees with itself: a fit learns to trust it above all, and takes its mistakes for right.
    """
    known = votes.known[:, None]
    told = np.arange(votes.n_classes) == known
    return np.where(known == NO_LABEL, votes.counts() / np.maximum(votes.per_task, 1)[:, None], told)


def _between_people(pairs: Ints, machine: Mask) -> Mask:
    """(pairs,) without those of a model, and of two who follow one: that they share its mistakes is
    no secret deal."""
    follower = np.full(len(machine), -1)
    for one, other in (pairs.T, pairs.T[::-1]):
        follower[other[machine[one]]] = one[machine[one]]
    one, other = pairs.T
    together = (follower[one] >= 0) & (follower[one] == follower[other])
    between: Mask = ~(machine[one] | machine[other] | together)
    return between


def _members(links: Links, worker_ids: Ints) -> dict[int, Evidence]:
    """Ring → how many are in it, and the keys of some of them."""
    workers = np.unique(links.worker)
    workers = workers[np.argsort(links.ring[workers], kind="stable")]
    rings, starts = np.unique(links.ring[workers], return_index=True)
    groups = np.split(worker_ids[workers], starts[1:])
    named = {int(ring): group for ring, group in zip(rings, groups, strict=False)}
    return {ring: {"ring_size": len(group), "ring": group[:RING_NAMED].tolist()} for ring, group in named.items()}


def _sameness(recent: Recent, pairs: Ints) -> Sameness:
    votes, rows = recent.votes, recent.compared
    columns = votes.tasks[rows], votes.workers[rows], votes.labels[rows], recent.seconds[rows]
    return find_sameness(*columns, pairs)


def _shared(copying: Copying, pair: int) -> Evidence:
    return {
        "q": rounded(copying.q[pair]),
        "shared": int(copying.shared[pair]),
        "expected": rounded(copying.expected[pair]),
        "common": int(copying.common[pair]),
    }


def _alike(same: Sameness, place: int) -> Evidence:
    rhythm = float(same.rhythm[place])
    numbers = {"common": int(same.common[place]), "alike": int(same.alike[place])}
    return {**numbers, "rhythm": None if np.isnan(rhythm) else rounded(rhythm)}


def _as_one(alike: Evidence) -> bool:
    share = alike["alike"] / max(alike["common"], 1)
    in_rhythm = alike["rhythm"] is not None and alike["rhythm"] >= RHYTHM and share >= ALIKE_IN_RHYTHM
    return bool(alike["common"] >= COMMON and (share >= ALIKE or in_rhythm))
