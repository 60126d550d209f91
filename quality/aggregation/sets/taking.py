"""Which classes make up a label: by shares of answers, by probabilities, or by the mean of both."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.multilabel.thresholds import UNTAUGHT, best_threshold, expected_f1_threshold
from quality.aggregation.multilabel.vote_share import IMAGINED
from quality.aggregation.sets.cells import Cells
from quality.aggregation.sets.learning import FEW_ANSWERS, are_few

BELIEVED, BELIEVED_TAUGHT = 0.5, 0.65
"""What the probability counts for beside the plain share of answers: more where known sets have
taught it."""

TAKEN = 0.45
"""From which mean of both a class is taken: half of the best F1 is where taking one more costs as
much as leaving it out (Z. Lipton et al., 2014)."""

TAKEN_OF_FEW = 0.4
"""The same where tasks have so few answers that workers can't be compared: what one of two ticks is
taken, since people overlook more than they make up."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What classes may be taken by. probability: (cells,) that the class applies; taught: whether
    known sets have taught that."""

    cells: Cells
    probability: Floats
    taught: bool


def score(method: str, seen: Seen) -> Floats:
    """(cells,) what the method of this name holds against a threshold."""
    if method == "vote-share":
        return _shrunken(seen.cells, np.ones(seen.cells.n_workers))
    if method == "weighted-share":
        return _shrunken(seen.cells, skills(seen.cells, seen.probability))
    if method == "class-dawid-skene":
        return seen.probability
    believed = BELIEVED_TAUGHT if seen.taught else BELIEVED
    return believed * seen.probability + (1 - believed) * seen.cells.shares


def thresholds(method: str, seen: Seen, scores: Floats, truth: Floats) -> tuple[Floats, str]:
    """(classes,) from which score a class is taken, and why. truth: (cells,) 1 or 0 where a class
    is known to apply or not, else nan."""
    n = seen.cells.n_kinds
    if method in ("vote-share", "weighted-share"):
        return _learnt(seen.cells, scores, truth)
    if method == "class-dawid-skene":
        return _expected(seen.cells, scores), "each class from where its expected F1 is highest"
    taught = ", which known sets have taught" if seen.taught else ""
    if are_few(seen.cells):
        return np.full(n, TAKEN_OF_FEW), f"fewer than {FEW_ANSWERS:g} answers a task cannot compare workers"
    return np.full(n, TAKEN), f"a class is taken from a mean of {TAKEN:g} of its share and its probability{taught}"


def skills(cells: Cells, probability: Floats) -> Floats:
    """(workers,) how far each answer's set is expected to be the task's: 2 · shared / (its size and
    the task's), on average."""
    size = np.bincount(cells.tick_answer, minlength=len(cells.workers))
    shared = np.bincount(cells.tick_answer, probability[cells.tick_cell], minlength=len(cells.workers))
    whole = np.bincount(cells.task, probability, minlength=len(cells.answers))[cells.tasks]
    alike = np.divide(2 * shared, size + whole, out=np.ones(len(size)), where=size + whole > 0)
    given = np.bincount(cells.workers, minlength=cells.n_workers)
    skill: Floats = (np.bincount(cells.workers, alike, minlength=cells.n_workers) + 1) / (given + 1)
    return skill


def _shrunken(cells: Cells, weights: Floats) -> Floats:
    """(cells,) weighted shares, with `IMAGINED` average votes added on each task."""
    weight = weights[cells.workers]
    ticks = np.bincount(cells.tick_cell, weight[cells.tick_answer], minlength=len(cells.task))
    cast = np.bincount(cells.tasks, weight, minlength=len(cells.answers))[cells.task]
    total = max(float(weight.sum()), 1e-12)
    imagined = IMAGINED * total / max(len(weight), 1)
    often = np.bincount(cells.kind, ticks, minlength=cells.n_kinds) / total
    shares: Floats = (ticks + imagined * often[cells.kind]) / (cast + imagined)
    return shares


def _learnt(cells: Cells, shares: Floats, truth: Floats) -> tuple[Floats, str]:
    """The threshold that is best for known cells: of each class where there are enough, else of
    all."""
    told = ~np.isnan(truth)
    pooled = best_threshold(shares[told], truth[told] == 1)
    if pooled is None:
        why = f"too few known sets: a class is taken from {UNTAUGHT:g} of the answers"
        return np.full(cells.n_kinds, UNTAUGHT), why
    found = np.full(cells.n_kinds, pooled)
    for kind in np.unique(cells.kind[told]).tolist():
        rows = told & (cells.kind == kind)
        own = best_threshold(shares[rows], truth[rows] == 1)
        found[kind] = pooled if own is None else own
    return found, "thresholds learnt from known sets"


def _expected(cells: Cells, probability: Floats) -> Floats:
    order = np.argsort(cells.kind, kind="stable")
    begins = np.searchsorted(cells.kind[order], np.arange(cells.n_kinds + 1))
    parts = [probability[order[begin:end]] for begin, end in pairwise(begins)]
    return np.array([expected_f1_threshold(part) for part in parts], dtype=np.float64)
