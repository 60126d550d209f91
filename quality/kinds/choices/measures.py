"""How right a set of classes is, and how far workers agree by such answers."""

from collections.abc import Collection, Mapping
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from quality.aggregation import NO_LABEL
from quality.aggregation.sets import SetFit
from quality.agreement import jaccard_distance, measure, measure_distances
from quality.kinds.choice.measures import told
from quality.kinds.matrix import AnswerMatrix, Floats, Ints

RIGHT_FROM = 0.8
"""F1 from which an answer counts as right: one slip, missed or too much, in a set that shares two
classes or more with the true one and has no second slip. Of a single class, and of none, only the
set itself is right."""

ROUNDING = 1e-9


def f1(given: Collection[int], right: Collection[int]) -> float:
    """2 · shared / (size of one + size of the other); 1 where both are empty."""
    size = len(given) + len(right)
    return 2 * len(set(given) & set(right)) / size if size else 1.0


def chance(n_classes: int, least: int) -> float:
    """The probability that a blind guess counts as right, of who always gives as few classes as may
    be, or one, to tasks that have as few."""
    if least == 0:
        return 1 / (n_classes + 1)
    needed = int(np.ceil(RIGHT_FROM * least - ROUNDING))
    right = sum(comb(least, k) * comb(n_classes - least, least - k) for k in range(needed, least + 1))
    return min(right / comb(n_classes, least), 0.99)


def expected_scores(matrix: AnswerMatrix, fit: SetFit) -> Floats:
    """(answers,) the F1 to be expected of each where the task's set is not known; there, the F1."""
    cells, n = fit.cells, len(matrix.task_ids)
    size = np.bincount(cells.tick_answer, minlength=len(cells.workers))
    shared = np.bincount(cells.tick_answer, fit.probability[cells.tick_cell], minlength=len(size))
    whole = np.bincount(cells.task, fit.probability, minlength=n) + fit.unseen
    empty = np.exp(np.bincount(cells.task, np.log1p(-fit.probability), minlength=n) - fit.unseen)
    total = size + whole[cells.tasks]
    score = np.divide(2 * shared, total, out=np.zeros(len(size)), where=total > 0)
    by_order = np.where(size > 0, score, empty[cells.tasks])
    expected = np.empty(len(size))
    expected[np.lexsort((matrix.worker, matrix.task))] = by_order
    known = scores(matrix, matrix.known[matrix.task])
    return np.where(np.isnan(known), np.clip(expected, 0.0, 1.0), known)


def scores(matrix: AnswerMatrix, right: Ints) -> Floats:
    """(answers,) the F1 of each by what is right, a place of values; nan where that is NO_LABEL."""
    found = np.full(len(matrix.answer), np.nan)
    rows = np.flatnonzero(right != NO_LABEL)
    pairs, which = np.unique(matrix.answer[rows] * len(matrix.values) + right[rows], return_inverse=True)
    both = zip(*(each.tolist() for each in np.divmod(pairs, max(len(matrix.values), 1))), strict=True)
    found[rows] = np.array([f1(matrix.values[i], matrix.values[j]) for i, j in both])[which] if len(rows) else 0.0
    return found


SLIPS = 2
"""Classes missed or too much from which on two workers hardly err alike by chance."""


def unlikely(matrix: AnswerMatrix, fit: SetFit) -> npt.NDArray[np.bool_]:
    """(answers,) sets that are so far off the label of their task; an empty one says nothing of
    where it comes from."""
    cells, n = fit.cells, len(matrix.task_ids)
    size = np.bincount(cells.tick_answer, minlength=len(cells.workers))
    shared = np.bincount(cells.tick_answer, fit.taken[cells.tick_cell], minlength=len(size))
    label = np.bincount(cells.task, fit.taken, minlength=n)[cells.tasks]
    found = np.empty(len(size), dtype=bool)
    found[np.lexsort((matrix.worker, matrix.task))] = (size > 0) & (size + label - 2 * shared >= SLIPS)
    return found


def measure_agreement(matrix: AnswerMatrix) -> dict[str, Any]:
    """Krippendorff's alpha of sets, by Jaccard's distance, and the share of pairs that are the same
    set."""
    people = np.flatnonzero(matrix.response > 0)
    task = np.unique(matrix.task[people], return_inverse=True)[1]
    given = matrix.answer[people]
    sets = [frozenset(value) for value in matrix.values]
    answers = [sets[place] for place in given.tolist()]
    alpha = measure_distances(task, answers, jaccard_distance, np.random.default_rng(0)).krippendorff_alpha
    shape = (int(task.max(initial=-1)) + 1, len(sets))
    counts = csr_array((np.ones(len(task)), (task, given)), shape=shape)
    equal = measure(counts, np.random.default_rng(0)).percent_agreement
    return {"krippendorff_alpha": told(alpha), "percent_agreement": told(equal)}


def least_of(schema: Mapping[str, Any]) -> int:
    return int(schema.get("least", 0))


def most_of(schema: Mapping[str, Any]) -> int:
    return int(schema.get("most", len(schema["classes"])))
