"""What the other workers' votes say about a task, and which answers they lead one to expect."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from quality.aggregation import NO_LABEL, Votes
from quality.reliability.scores import Floats

Rows = npt.NDArray[np.integer]

OWN = 4.0
"""Votes, shared out as the whole crowd's are, that every worker is imagined to have given to each class before."""


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """The crowd's belief about every task, in parts, so that those of some workers can be taken out.

    A task is believed to be of a class with the probability that Bayes' rule gives it from the class shares and the
    confusion matrices of the workers who voted (Dawid & Skene, 1979, equation 2.5).

    confusion: (workers, classes, classes) [worker, truth, answer]; typical: (classes, classes) that of all together.
    evidence: (tasks, classes) log probability of each class and the votes; counts: (tasks, classes) votes.
    own_evidence, own_counts: (votes, classes) the part that each vote's worker, and those of the same group, have in
        the evidence and the counts of its task.
    """

    votes: Votes
    confusion: Floats
    typical: Floats
    evidence: Floats
    counts: Floats
    own_evidence: Floats
    own_counts: Floats

    @classmethod
    def of(cls, votes: Votes, posterior: npt.ArrayLike, groups: Rows | None = None) -> Self:
        """Beliefs by workers whose confusion matrices are counted against `posterior` (tasks, classes).

        groups: (workers,) workers of one group are taken out together; everyone is a group if left out.
        Raises ValueError if the posterior doesn't fit the votes, or has an entry that is not finite or below 0.
        """
        believed = np.asarray(posterior, dtype=np.float64)
        if believed.shape != (votes.n_tasks, votes.n_classes) or not (np.isfinite(believed) & (believed >= 0)).all():
            shape = votes.n_tasks, votes.n_classes
            raise ValueError(f"posterior must be finite, not below 0 and {shape}, got shape {believed.shape}")
        confusion, typical = _confusion(votes.tally(believed))
        answers = np.eye(votes.n_classes)[votes.labels] * votes.weights[:, None]
        evidence = votes.weights[:, None] * np.log(confusion[votes.workers, :, votes.labels])
        members = votes.workers if groups is None else groups[votes.workers]
        cells, cell = np.unique(votes.tasks.astype(np.int64) * votes.n_workers + members, return_inverse=True)
        own = [_sums(cell, part, len(cells))[cell] for part in (evidence, answers)]
        return cls(
            votes,
            confusion,
            typical,
            _sums(votes.tasks, evidence, votes.n_tasks) + _prior(votes, believed),
            votes.counts(),
            *own,
        )

    def of_others(self) -> Floats:
        """(votes, classes) what each vote's task is believed to be by all but the vote's own group."""
        return normalised(self.evidence[self.votes.tasks] - self.own_evidence)

    def expected(self, workers: Rows, believed: Floats, counts: Floats, faith: float) -> Floats:
        """(rows, answers) how probable each answer of a worker is, where others' votes are known.

        Believing (rows, classes) what the others say, the worker answers as its confusion matrix says; but answers
        that are more popular on the task than such tasks explain are more probable in proportion. Popularity is the
        mean of a Dirichlet distribution: the others' votes (rows, classes) and `faith` votes as the class explains.
        """
        explained = believed @ self.typical
        popularity = (counts + faith * explained) / ((counts.sum(axis=1, keepdims=True) + faith) * explained)
        answers = np.einsum("rk,rka->ra", believed, self.confusion[workers]) * popularity
        return answers / answers.sum(axis=1, keepdims=True)


def normalised(log_joint: Floats) -> Floats:
    """Rows of log probabilities as probabilities that add up to 1."""
    joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    return joint / joint.sum(axis=1, keepdims=True)


def _confusion(tally: Floats) -> tuple[Floats, Floats]:
    """(workers, classes, classes) everyone's confusion matrix and (classes, classes) that of all, from their votes."""
    together = tally.sum(axis=0) + 1
    typical = together / together.sum(axis=1, keepdims=True)
    counts = tally + OWN * typical
    return counts / counts.sum(axis=2, keepdims=True), typical


def _prior(votes: Votes, posterior: Floats) -> Floats:
    """(tasks, classes) log probabilities of the classes before any vote; a known task is certain."""
    shares = posterior.sum(axis=0, where=votes.has_evidence[:, None]) + 1
    certain = np.where(np.arange(votes.n_classes) == votes.known[:, None], 0.0, -np.inf)
    return np.where(votes.known[:, None] == NO_LABEL, np.log(shares / shares.sum()), certain)


def _sums(groups: Rows, values: Floats, n_groups: int) -> Floats:
    """(n_groups, columns) the sums of the rows of each group."""
    rows = np.arange(len(groups))
    return np.asarray(csr_array((np.ones(len(groups)), (groups, rows)), shape=(n_groups, len(groups))) @ values)
