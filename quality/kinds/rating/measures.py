"""How right an answer is that is a step of a scale, and how far workers agree by such answers."""

from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL, Fit
from quality.agreement import measure, measure_numbers
from quality.kinds.choice.measures import counts_of, told
from quality.kinds.matrix import AnswerMatrix

RIGHT_FROM = 0.85
"""On a scale of seven steps or fewer only the step itself is right; on one of eleven, its
neighbours are, too."""

ROUNDING = 1e-9


def score(given: int, right: int, n_steps: int) -> float:
    """1 for the right step, 0 for the other end of the scale, and evenly between."""
    return 1 - abs(given - right) / (n_steps - 1)


def reach(n_steps: int) -> int:
    """By how many steps an answer may be off and still count as right."""
    return int((1 - RIGHT_FROM) * (n_steps - 1) + ROUNDING)


def chance(n_steps: int) -> float:
    """The probability that a blind guess counts as right, any step being as likely to be."""
    steps = np.arange(n_steps)
    return float((np.abs(steps[:, None] - steps) <= reach(n_steps)).mean())


def probably_right(matrix: AnswerMatrix, fit: Fit) -> npt.NDArray[np.float64]:
    """(answers,) the probability that each counts as right; its score on a known task."""
    n, within = matrix.n_classes, reach(matrix.n_classes)
    below = np.concatenate([np.zeros((len(fit.posterior), 1)), np.asarray(fit.posterior).cumsum(axis=1)], axis=1)
    first, last = np.maximum(matrix.answer - within, 0), np.minimum(matrix.answer + within + 1, n)
    known = matrix.known[matrix.task]
    apart = 1 - np.abs(matrix.answer - known) / (n - 1)
    return np.where(known == NO_LABEL, below[matrix.task, last] - below[matrix.task, first], apart)


def scores_on_gold(matrix: AnswerMatrix) -> npt.NDArray[np.float64]:
    """(answers,) the score of each by the gold of its task; nan where there is none."""
    gold = matrix.gold[matrix.task]
    return np.where(gold == NO_LABEL, np.nan, 1 - np.abs(matrix.answer - gold) / (matrix.n_classes - 1))


def measure_agreement(matrix: AnswerMatrix) -> dict[str, Any]:
    """Krippendorff's alpha for steps of which only the order counts, and the share of equal pairs.
    Measures that know no order say nothing here."""
    people, rng = matrix.response > 0, np.random.default_rng(0)
    steps = matrix.answer[people].astype(np.float64)
    return {
        "krippendorff_alpha": told(
            measure_numbers(matrix.task[people], steps, rng, level="ordinal").krippendorff_alpha
        ),
        "percent_agreement": told(measure(counts_of(matrix), rng=np.random.default_rng(0)).percent_agreement),
    }
