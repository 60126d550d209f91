"""Votes that others believe to be wrong, and how probable it is that a second worker gives the same
answer.

Where many answer a task, leaving two of them out changes nothing that a number can hold, so that
votes are first sorted by `Leads`: most are right whoever is left out, and many mistakes are the
same as others, so that pairs of them need no belief of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from quality.aggregation import Votes
from quality.evaluation.accuracy import Floats
from quality.reliability.beliefs import Beliefs, Rows, normalised

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Trials = tuple[Ints, Floats, Mask]
"""(trials,) each: the ordered pair of workers, the chance that the second gives the first one's
mistake, if it did."""

BLOCK = 800_000
"""Pairs of votes, and numbers, a class of a pair each, to look at in one go, so that memory stays
bounded."""

CERTAIN = 40.0
"""A lead, as a difference of log probabilities, at which all other classes vanish in rounding."""

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Leads:
    """What is known of votes (votes,) before a second worker is chosen to be left out with the
    vote's own group.

    right: the answer is believed whoever that is; certain: the task is of one class, whoever that
    is, and the answer another one.
    """

    right: Mask
    certain: Mask

    @classmethod
    def of(cls, beliefs: Beliefs) -> "Leads":
        votes = beliefs.votes
        right, certain = np.zeros((2, len(votes.tasks)), dtype=bool)
        for rows in _whole(votes.tasks, np.ones(len(votes.tasks)), votes.n_classes):
            right[rows], certain[rows] = _leads(beliefs, rows)
        return cls(right, certain)


def _leads(beliefs: Beliefs, rows: Rows) -> tuple[Mask, Mask]:
    """`Leads.right` and `Leads.certain` of all votes of some tasks: whoever adds most to a lead may
    be left out."""
    votes = beliefs.votes
    task, first = votes.tasks[rows], np.flatnonzero(np.diff(votes.tasks[rows], prepend=-1))
    evidence = beliefs.evidence[task]
    leader = evidence.argmax(axis=1)[:, None]
    added = _ahead(beliefs.own(rows)[0], leader)
    most = np.maximum(np.maximum.reduceat(added, first), 0)
    lead = _ahead(evidence, leader) - added - np.repeat(most, np.diff(first, append=len(rows)), axis=0)
    repeated = lead + _ahead(beliefs.said_by(rows), leader)
    for each in (lead, repeated):
        np.put_along_axis(each, leader, np.inf, axis=1)
    least, leads = lead.min(axis=1), votes.labels[rows] == leader[:, 0]
    certain = np.minimum(least, repeated.min(axis=1)) > CERTAIN
    return leads & (least > np.log(votes.n_classes) + ROUNDING), ~leads & certain


def _ahead(evidence: Floats, leader: Ints) -> Floats:
    return np.take_along_axis(evidence, leader, axis=1) - evidence


@dataclass(frozen=True, eq=False)
class Mistakes:
    """Trials of which the first vote is one of some rows of votes, and the second one of others, if
    `groups` (workers,) are left out of consensus together.

    pairs: (pairs,) first worker · workers + second worker, in order, of those to compare.
    """

    beliefs: Beliefs
    leads: Leads
    groups: Rows
    faith: float
    pairs: Ints
    firsts: Rows
    seconds: Rows

    def trials(self) -> Iterator[tuple[slice, Trials]]:
        """Slices of `pairs` and all of their trials, whose pairs are counted from the slice's
        start."""
        votes = self.beliefs.votes
        doubted = self.firsts[~self.leads.right[self.firsts]]
        doubted = doubted[np.argsort(votes.workers[doubted], kind="stable")]
        for part in _whole(votes.workers[doubted], self._met[1][votes.tasks[doubted]], 1):
            rows = doubted[part]
            one = votes.workers[rows[[0, -1]]] + np.array([0, 1])
            first, last = np.searchsorted(self.pairs, one.astype(np.int64) * votes.n_workers)
            places = self.pairs[first:last]
            certain = self.leads.certain[rows]
            found = self._certain(rows[certain], places), self._doubtful(rows[~certain], places)
            pair, chances, hits = (np.concatenate(columns) for columns in zip(*found, strict=True))
            yield slice(first, last), (pair, chances, hits)

    @cached_property
    def _met(self) -> tuple[Ints, Ints]:
        """(tasks,) each: where a task's votes begin among `seconds`, and how many they are."""
        tasks = self.beliefs.votes.tasks[self.seconds]
        bounds = np.searchsorted(tasks, np.arange(self.beliefs.votes.n_tasks + 1)).astype(np.int64)
        return bounds[:-1], np.diff(bounds)

    @cached_property
    def _kinds(self) -> tuple[Ints, Floats]:
        """(votes,) where the chances of all whom a certain mistake meets begin in the second, in
        the order of votes.

        Mistakes are of one kind if they are the same to every other worker: one answer of a task,
        and one part in it.
        """
        votes, rows = self.beliefs.votes, self.firsts[self.leads.certain[self.firsts]]
        joint = self.beliefs.joint[rows]
        weights, weight = np.unique(votes.weights[rows], return_inverse=True)
        part = np.where(joint < 0, weight, joint + len(weights))
        answer = votes.tasks[rows].astype(np.int64) * votes.n_classes + votes.labels[rows]
        _, first, kind = np.unique(answer * (part.max(initial=0) + 1) + part, return_index=True, return_inverse=True)
        chances = [np.zeros(0)]
        many = self._met[1][votes.tasks[rows[first]]]
        for some in _blocks(many, votes.n_classes):
            chances.append(self._of_kinds(rows[first[some]]))
        start = np.full(len(votes.tasks), -1)
        start[rows] = (np.cumsum(many) - many)[kind]
        return start, np.concatenate(chances)

    def _of_kinds(self, rows: Rows) -> Floats:
        """The chances of all whom some certain mistakes meet: of one class, so that no other has to
        be worked out."""
        beliefs, votes = self.beliefs, self.beliefs.votes
        one, places = self._meetings(np.arange(len(rows)), votes.tasks[rows])
        other = self.seconds[places]
        counts = beliefs.counts[votes.tasks[rows]] - beliefs.own(rows)[1]
        counts[np.arange(len(rows)), votes.labels[rows]] += 1
        met, first = counts[one], rows[one]
        beliefs.take_counts(met, other, self._apart(first, other))
        leader = beliefs.evidence[votes.tasks[rows]].argmax(axis=1)[one]
        return beliefs.expected_answer(votes.workers[other], leader, votes.labels[first], met, self.faith)

    def _meetings(self, rows: Rows, tasks: Rows) -> tuple[Rows, Ints]:
        """Each vote with all second ones of its task, itself too: its row, and the place in
        `seconds`."""
        begins, many = (each[tasks] for each in self._met)
        return np.repeat(rows, many), np.arange(many.sum()) + np.repeat(begins - (np.cumsum(many) - many), many)

    def _certain(self, rows: Rows, pairs: Ints) -> Trials:
        votes = self.beliefs.votes
        one, other = self._meetings(rows, votes.tasks[rows])
        begins, many = (each[votes.tasks[rows]] for each in self._met)
        start, chances = self._kinds
        chance = chances[other + np.repeat(start[rows] - begins, many)]
        met = self.seconds[other]
        place = _places(votes, pairs, one, met)
        kept = place >= 0
        return place[kept], chance[kept], (votes.labels[one] == votes.labels[met])[kept]

    def _doubtful(self, rows: Rows, pairs: Ints) -> Trials:
        beliefs, votes = self.beliefs, self.beliefs.votes
        found: list[Trials] = [(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=bool))]
        for some in _blocks(self._met[1][votes.tasks[rows]], votes.n_classes):
            one, places = self._meetings(rows[some], votes.tasks[rows[some]])
            other = self.seconds[places]
            place = _places(votes, pairs, one, other)
            one, other, place = one[place >= 0], other[place >= 0], place[place >= 0]
            evidence, counts = self._without(one, other)
            answers = votes.labels[one]
            wrong = normalised(evidence)[np.arange(len(one)), answers] < 0.5
            one, other = one[wrong], other[wrong]
            believed = normalised(evidence[wrong] + beliefs.said_by(one))
            chances = self._chances(one, other, believed, counts[wrong])
            found.append((place[wrong], chances, answers[wrong] == votes.labels[other]))
        place, chances, hits = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return place, chances, hits

    def _without(self, one: Rows, other: Rows) -> tuple[Floats, Floats]:
        """(rows, classes) each: evidence and counts of a task but for the parts of two votes and of
        their groups.

        A vote that is no part of another one's group may stand for others like it, even where it
        meets itself.
        """
        beliefs, votes = self.beliefs, self.beliefs.votes
        apart = self._apart(one, other)
        (evidence, counts), others = beliefs.own(one), beliefs.own(other)
        evidence = beliefs.evidence[votes.tasks[one]] - evidence - apart[:, None] * others[0]
        return evidence, beliefs.counts[votes.tasks[one]] - counts - apart[:, None] * others[1]

    def _apart(self, one: Rows, other: Rows) -> Mask:
        """(rows,) whether the second vote isn't taken out with the first one's group."""
        workers = self.beliefs.votes.workers
        return (self.beliefs.joint[one] < 0) | (self.groups[workers[one]] != self.groups[workers[other]])

    def _chances(self, one: Rows, other: Rows, believed: Floats, counts: Floats) -> Floats:
        """(rows,) that the second worker gives the first one's answer, which is as popular as if
        given once more."""
        votes, answers = self.beliefs.votes, self.beliefs.votes.labels[one]
        counts = counts + np.eye(votes.n_classes)[answers]
        chances = self.beliefs.expected(votes.workers[other], believed, counts, self.faith)
        return chances[np.arange(len(one)), answers]


def _places(votes: Votes, pairs: Ints, one: Rows, other: Rows) -> Ints:
    """Where the workers of two votes stand in the ordered `pairs`, -1 if they aren't compared."""
    wanted = votes.workers[one].astype(np.int64) * votes.n_workers + votes.workers[other]
    if not len(pairs) or not len(wanted):
        return np.full(len(wanted), -1)
    span = int(pairs[-1] - pairs[0]) + 1
    if span > BLOCK:
        place = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
        return np.where(pairs[place] == wanted, place, -1)
    table = np.full(span + 2, -1)
    table[pairs - pairs[0] + 1] = np.arange(len(pairs))
    return table[np.clip(wanted - pairs[0] + 1, 0, span + 1)]


def _whole(groups: Rows, costs: npt.NDArray[np.number], each: int) -> Iterator[Rows]:
    """Rows in blocks of whole groups, which stand together, of about `BLOCK` costs, of which each
    counts `each`."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.add.reduceat(costs, starts) if len(starts) else np.zeros(0)
    edges = np.append(starts, len(groups))
    for some in _blocks(sizes, each):
        yield np.arange(edges[some.start], edges[some.stop])


def _blocks(sizes: npt.NDArray[np.number], each: int) -> Iterator[slice]:
    """Slices of about `BLOCK` things in all, each of a size times `each`."""
    block = np.cumsum(sizes) * each // BLOCK
    edges = np.append(np.flatnonzero(np.diff(block, prepend=-1)), len(sizes))
    for start, stop in pairwise(edges):
        yield slice(int(start), int(stop))
