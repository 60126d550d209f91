"""Skills from how often pairs of workers agree, without those pairs that fit the others worst."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from quality.aggregation.codes import Floats
from quality.aggregation.em import Parameters, e_step
from quality.aggregation.fit import Fit, WorkerModel, one_coin_confusion
from quality.aggregation.grouped import sums
from quality.aggregation.lean import require_room
from quality.aggregation.posterior import likeliest
from quality.aggregation.progress import tell
from quality.aggregation.votes import NO_LABEL, Votes

Indices = npt.NDArray[np.int64]

HIGHEST_SKILL = 0.95
"""No one is believed to be perfect, or never right."""

CHOOSING = 20
"""Rounds in which pairs to leave out are chosen anew; were they to change for ever, skills might
never settle."""


@dataclass(frozen=True, slots=True)
class MMSR:
    """Q. Ma & A. Olshevsky (2020), Adversarial crowdsourcing through robust rank-one matrix
    completion (M-MSR).

    If worker i is right with probability p_i, and wrong votes fall evenly on the other K - 1
    classes, then the skill s_i = (K p_i - 1) / (K - 1) makes the agreement of a pair, put on the
    same scale, s_i s_j in expectation: a matrix of rank one. Each round sets a worker's skill to
    the mean over co-workers of agreement / their skill, with weights, after leaving out the shares
    `trimmed` of the co-workers at either end, who may be adversaries. Known answers count as a
    co-worker who is always right. Labels follow by Bayes' rule, with even class shares as in the
    paper.

    A skill of a worker who shares no task with anyone is that of the average worker.
    tol: rounds end when no skill changes by more than this.
    """

    max_iter: int = 200
    tol: float = 1e-6
    seed: int = 0
    trimmed: float = 0.1

    def fit(self, votes: Votes) -> Fit:
        require_room("the workers' matrices", votes.n_workers, votes.n_classes, votes.n_classes)
        skill, converged = self._skills(votes)
        n_classes = votes.n_classes
        accuracy = (1 + (n_classes - 1) * skill) / n_classes
        even = np.full(n_classes, 1 / n_classes)
        evidence = votes.per_worker[:, None] * even
        confusion = one_coin_confusion(accuracy, n_classes)
        posterior, _ = e_step(votes, Parameters(even, confusion, evidence))
        labels = likeliest(votes, posterior, self.seed)
        workers = WorkerModel.from_confusion(confusion, even, evidence)
        return Fit("m-msr", labels, posterior, even, workers, converged=converged)

    def _skills(self, votes: Votes) -> tuple[Floats, bool]:
        """(workers,) skills, and whether they settled."""
        pairs = kept = _pairs(votes)
        n = votes.n_workers
        lowest = -HIGHEST_SKILL / max(votes.n_classes - 1, 1)  # never right
        usual = float(np.clip(np.sqrt(max(pairs.mean_agreement, 0.0)), 0.1, HIGHEST_SKILL))
        skill = np.append(np.full(n, usual), 1.0)  # the last is what is known
        for done in range(self.max_iter):
            if done < CHOOSING:
                kept = self._without_ends(pairs, skill)
            following = np.append(np.clip(kept.skills(skill, usual), lowest, HIGHEST_SKILL), 1.0)
            change = float(np.abs(following - skill).max())
            skill = (skill + following) / 2
            tell(done + 1, self.max_iter)
            if done >= CHOOSING and change <= self.tol:
                return skill[:n], True
        return skill[:n], False

    def _without_ends(self, pairs: "Pairs", skill: Floats) -> "Pairs":
        """The pairs but for the share `trimmed` of each worker's, at either end of what they say of
        the skill."""
        theirs = skill[pairs.others]
        said = np.divide(pairs.agreement, theirs, out=np.zeros_like(theirs), where=np.abs(theirs) > 0.01)
        order = np.lexsort((pairs.votes, said, pairs.workers))
        first = np.searchsorted(pairs.workers[order], np.arange(len(skill) + 1))
        place = np.arange(len(order)) - first[pairs.workers[order]]
        size = np.diff(first)[pairs.workers[order]]
        cut = np.floor(self.trimmed * size)
        return pairs.only(order[(place >= cut) & (place < size - cut)])


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Ordered pairs of workers with common tasks; the worker whose number is `n_workers` is what is
    known.

    agreement: (pairs,) scaled so that chance is 0 and always is 1.
    votes: (pairs,) pairs of votes that it rests on.
    """

    workers: Indices
    others: Indices
    agreement: Floats
    votes: Floats
    n_workers: int

    @property
    def mean_agreement(self) -> float:
        return float(self.agreement @ self.votes / self.votes.sum()) if len(self.votes) else 0.25

    def only(self, rows: Indices) -> "Pairs":
        return Pairs(self.workers[rows], self.others[rows], self.agreement[rows], self.votes[rows], self.n_workers)

    def skills(self, skill: Floats, usual: float) -> Floats:
        """(workers,) the least-squares skill of each, given the others'; `usual` for those who
        share no task."""
        theirs = skill[self.others]
        weights = self.votes * theirs
        over = sums(self.workers, weights * self.agreement, self.n_workers)
        under = sums(self.workers, weights * theirs, self.n_workers)
        return np.divide(over, under, out=np.full(self.n_workers, usual), where=under > 0)


def _pairs(votes: Votes) -> Pairs:
    """Every ordered pair of workers with common tasks, by sparse products of workers and tasks."""
    n, k = votes.n_workers, votes.n_classes
    known = np.flatnonzero(votes.known != NO_LABEL)
    tasks = np.concatenate([votes.tasks, known.astype(np.int32)])
    workers = np.concatenate([votes.workers, np.full(len(known), n, dtype=np.int32)])
    labels = np.concatenate([votes.labels, votes.known[known]])
    weights = np.concatenate([votes.weights, np.ones(len(known))])

    def together(rows: npt.NDArray[np.bool_] | slice) -> csr_array[np.float64, tuple[int, int]]:
        given = csr_array((weights[rows], (workers[rows], tasks[rows])), shape=(n + 1, votes.n_tasks))
        return given @ given.T

    shared = together(slice(None)).tocoo()
    rows, others = (index.astype(np.int64) for index in shared.coords)
    agreed = np.zeros(len(rows))
    cells = rows * (n + 1) + others
    order = np.argsort(cells)
    for label in range(k):
        both = together(labels == label).tocoo()
        found = np.searchsorted(cells[order], both.coords[0].astype(np.int64) * (n + 1) + both.coords[1])
        agreed[order[found]] += both.data
    apart = (rows != others) & (rows < n)
    rate = agreed[apart] / shared.data[apart]
    scaled = (k * rate - 1) / (k - 1) if k > 1 else rate
    return Pairs(rows[apart], others[apart], scaled, shared.data[apart], n)
