"""How right an answer is that is a class, and how far workers agree by such answers."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from quality import agreement
from quality.aggregation import NO_LABEL, Fit
from quality.kinds.matrix import AnswerMatrix

RIGHT_FROM = 1.0
MEASURES = ("krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement")


def score(given: int, right: int) -> float:
    """1 for the class that is right, 0 for every other."""
    return float(given == right)


def chance(n_classes: int) -> float:
    """The probability that a blind guess is right."""
    return 1 / n_classes


def expected_right(matrix: AnswerMatrix, fit: Fit) -> npt.NDArray[np.float64]:
    """(answers,) on a known task an answer is right or wrong; elsewhere it is right with the
    posterior probability of its class."""
    known = matrix.known[matrix.task]
    return np.where(known != NO_LABEL, known == matrix.answer, fit.posterior[matrix.task, matrix.answer])


def right_on_gold(matrix: AnswerMatrix) -> npt.NDArray[np.float64]:
    """(answers,) 1 for what is right by the gold of its task, 0 for what is not, and nan where
    there is no gold."""
    gold = matrix.gold[matrix.task]
    return np.where(gold == NO_LABEL, np.nan, gold == matrix.answer)


def measure_agreement(matrix: AnswerMatrix) -> dict[str, Any]:
    """The four measures with 95% intervals. An undefined value is null."""
    measured = agreement.measure(counts_of(matrix), rng=np.random.default_rng(0))
    return {name: told(getattr(measured, name)) for name in MEASURES}


def counts_of(matrix: AnswerMatrix) -> npt.NDArray[np.int64]:
    """(tasks, classes) answers of people."""
    people = matrix.response > 0
    cells = matrix.task[people] * matrix.n_classes + matrix.answer[people]
    shape = (len(matrix.task_ids), matrix.n_classes)
    return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)


def told(interval: agreement.Interval) -> dict[str, float | None]:
    """An interval as JSON; what is undefined is null."""
    return {part: _finite(getattr(interval, part)) for part in ("value", "low", "high")}


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
