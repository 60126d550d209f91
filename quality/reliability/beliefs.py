"""What the other workers' votes say about a task, and which answers they lead one to expect."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from quality.aggregation import NO_LABEL, Votes
from quality.evaluation.accuracy import Floats

Rows = npt.NDArray[np.integer]

OWN = 4.0
"""Votes, shared out as the whole crowd's are, that every worker is imagined to have given to each
class before."""

CELLS = 4_000_000
"""Numbers to hold at once where every row needs a matrix of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """The crowd's belief about every task, such that those of some workers can be taken out of it.

    A task is believed to be of a class with the probability that Bayes' rule gives it from the
    class shares and the confusion matrices of the workers who voted (Dawid & Skene, 1979, equation
    2.5).

    confusion: (workers, classes, classes) [worker, truth, answer]; typical: (classes, classes) that
        of all together.
    said: (workers · classes, classes) log probability of a worker's answer, a row, given each
        truth.
    evidence: (tasks, classes) log probability of each class and the votes; counts: (tasks, classes)
        votes.
    joint: (votes,) the row of `joint_evidence` and `joint_counts` (rows, classes) that holds what a
        vote's worker and others of the same group said together of its task; -1 if nothing but this
        vote.
    """

    votes: Votes
    confusion: Floats
    typical: Floats
    said: Floats
    evidence: Floats
    counts: Floats
    joint: Rows
    joint_evidence: Floats
    joint_counts: Floats

    @classmethod
    def of(cls, votes: Votes, posterior: npt.ArrayLike) -> Self:
        """Beliefs by workers whose confusion matrices are counted against `posterior` (tasks,
        classes).

        Everyone is a group. Raises ValueError if the posterior doesn't fit the votes, or has an
        entry that is not finite or below 0.
        """
        believed = np.asarray(posterior, dtype=np.float64)
        if believed.shape != (votes.n_tasks, votes.n_classes) or not (np.isfinite(believed) & (believed >= 0)).all():
            shape = votes.n_tasks, votes.n_classes
            raise ValueError(f"posterior must be finite, not below 0 and {shape}, got shape {believed.shape}")
        confusion, typical = _confusion(votes.tally(believed))
        said = np.log(confusion).transpose(0, 2, 1).reshape(-1, votes.n_classes)
        evidence = np.asarray(votes.indicator @ said) + _prior(votes, believed)
        nothing = np.zeros((0, votes.n_classes))
        alone = np.full(len(votes.tasks), -1)
        beliefs = cls(votes, confusion, typical, said, evidence, votes.counts(), alone, nothing, nothing)
        return beliefs.grouped(np.arange(votes.n_workers))

    def grouped(self, groups: Rows) -> Self:
        """The same, with workers of one group (workers,) taken out together."""
        votes = self.votes
        cells = votes.tasks.astype(np.int64) * max(votes.n_workers, 1) + groups[votes.workers]
        _, cell, sizes = np.unique(cells, return_inverse=True, return_counts=True)
        several = np.flatnonzero(sizes[cell] > 1)
        shared, place = np.unique(cell[several], return_inverse=True)
        joint = np.full(len(votes.tasks), -1)
        own = self._of_votes(several)
        joint[several] = place
        evidence, counts = (_sums(place, part, len(shared)) for part in own)
        return replace(self, joint=joint, joint_evidence=evidence, joint_counts=counts)

    def own(self, rows: Rows) -> tuple[Floats, Floats]:
        """(rows, classes) each: the part that each vote's worker, and those of the same group, have
        in the evidence and in the counts of its task."""
        evidence, counts = self._of_votes(rows)
        several = np.flatnonzero(self.joint[rows] >= 0)
        place = self.joint[rows[several]]
        evidence[several], counts[several] = self.joint_evidence[place], self.joint_counts[place]
        return evidence, counts

    def of_others(self, rows: Rows | None = None) -> Floats:
        """(rows, classes) what the task of each vote, or of some of them, is believed to be by all
        but the vote's own group."""
        chosen = np.arange(len(self.votes.tasks)) if rows is None else rows
        return normalised(self.evidence[self.votes.tasks[chosen]] - self.own(chosen)[0])

    def expected(self, workers: Rows, believed: Floats, counts: Floats, faith: float) -> Floats:
        """(rows, answers) how probable each answer of a worker is, where others' votes are known.

        Believing (rows, classes) what the others say, the worker answers as its confusion matrix
        says; but answers that are more popular on the task than such tasks explain are more
        probable in proportion. Popularity is the mean of a Dirichlet distribution: the others'
        votes (rows, classes) and `faith` votes as the class explains.
        """
        explained = believed @ self.typical
        popularity = (counts + faith * explained) / ((counts.sum(axis=1, keepdims=True) + faith) * explained)
        answers = self._answers(workers, believed) * popularity
        return answers / answers.sum(axis=1, keepdims=True)

    def expected_answer(self, workers: Rows, classes: Rows, answers: Rows, counts: Floats, faith: float) -> Floats:
        """(rows,) how probable one answer is, as `expected` says, where the others are certain of a
        class.

        All answers are more or less popular by one divisor, which falls out.
        """
        relative = (self.confusion / self.typical).reshape(-1, self.votes.n_classes)
        matrix = workers.astype(np.int64) * self.votes.n_classes + classes
        popular = np.einsum("ra,ra->r", relative[matrix], counts) + faith
        places = np.arange(len(workers)), answers
        return (
            relative[matrix, answers] * counts[places] + faith * self.confusion[workers, classes, answers]
        ) / popular

    def take_counts(self, counts: Floats, rows: Rows, taken: npt.NDArray[np.bool_]) -> None:
        """Take the parts of votes that are `taken` (rows,), and of their groups, out of counts
        (rows, classes)."""
        joint = self.joint[rows]
        alone, together = np.flatnonzero(taken & (joint < 0)), np.flatnonzero(taken & (joint >= 0))
        counts[alone, self.votes.labels[rows[alone]]] -= self.votes.weights[rows[alone]]
        counts[together] -= self.joint_counts[joint[together]]

    def _answers(self, workers: Rows, believed: Floats) -> Floats:
        """(rows, answers) how probable each answer of a worker is, by its confusion matrix
        alone."""
        answers = np.empty_like(believed)
        step = max(CELLS // self.votes.n_classes**2, 1)
        for start in range(0, len(workers), step):
            part = slice(start, start + step)
            answers[part] = np.einsum("rk,rka->ra", believed[part], self.confusion[workers[part]])
        return answers

    def said_by(self, rows: Rows) -> Floats:
        """(rows, classes) log probability of each vote's answer, given each truth."""
        votes = self.votes
        return self.said[votes.workers[rows].astype(np.int64) * votes.n_classes + votes.labels[rows]]

    def _of_votes(self, rows: Rows) -> tuple[Floats, Floats]:
        """(rows, classes) each: the part of single votes in the evidence and in the counts."""
        votes = self.votes
        weights, labels = votes.weights[rows], votes.labels[rows]
        evidence = weights[:, None] * self.said_by(rows)
        counts = np.zeros_like(evidence)
        counts[np.arange(len(rows)), labels] = weights
        return evidence, counts


def normalised(log_joint: Floats) -> Floats:
    """Rows of log probabilities as probabilities that add up to 1."""
    joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    return joint / joint.sum(axis=1, keepdims=True)


def _confusion(tally: Floats) -> tuple[Floats, Floats]:
    """(workers, classes, classes) everyone's confusion matrix and (classes, classes) that of all,
    from their votes."""
    together = tally.sum(axis=0) + 1
    typical = together / together.sum(axis=1, keepdims=True)
    counts = tally + OWN * typical
    return counts / counts.sum(axis=2, keepdims=True), typical


def _prior(votes: Votes, posterior: Floats) -> Floats:
    """(tasks, classes) log probabilities of the classes before any vote; a known task is
    certain."""
    shares = posterior.sum(axis=0, where=votes.has_evidence[:, None]) + 1
    certain = np.where(np.arange(votes.n_classes) == votes.known[:, None], 0.0, -np.inf)
    return np.where(votes.known[:, None] == NO_LABEL, np.log(shares / shares.sum()), certain)


def _sums(groups: Rows, values: Floats, n_groups: int) -> Floats:
    """(n_groups, columns) the sums of the rows of each group."""
    rows = np.arange(len(groups))
    return np.asarray(csr_array((np.ones(len(groups)), (groups, rows)), shape=(n_groups, len(groups))) @ values)
