"""How right a number is, and how far workers agree by numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import ndtr

from quality.aggregation.codes import Floats
from quality.aggregation.numeric import NumericFit
from quality.agreement import measure_numbers
from quality.kinds.choice.measures import told
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.number.votes import at_places, values_of

RIGHT_FROM = 1.0
SHARE = 1 / 20
"""Of the range, or else of the number itself, that a right answer may be off if nobody says
otherwise."""
ROUNDING = 1e-9


def tolerances(schema: Mapping[str, Any], right: Floats) -> Floats:
    """By how much an answer may be off from each of these numbers."""
    if "tolerance" in schema:
        return np.full(np.shape(right), schema["tolerance"])
    if "low" in schema and "high" in schema:
        return np.full(np.shape(right), (schema["high"] - schema["low"]) * SHARE)
    last_place = 0.5 * 10.0 ** -schema.get("decimals", 6)
    return np.maximum(np.abs(right) * SHARE, last_place)


def within(schema: Mapping[str, Any], given: Floats, right: Floats) -> Floats:
    """1 for numbers within the tolerance of the right ones, 0 for others; nan where there is no
    right one."""
    allowed = tolerances(schema, right) * (1 + ROUNDING)
    return np.where(np.isnan(right), np.nan, np.abs(given - right) <= allowed)


def chance(schema: Mapping[str, Any]) -> float:
    """The probability that a blind guess within the range counts as right."""
    if "low" not in schema or "high" not in schema:
        return SHARE
    width = schema["high"] - schema["low"]
    return float(min(2 * tolerances(schema, np.zeros(()))[()] / width, 0.99))


def confidence_of(schema: Mapping[str, Any], fit: NumericFit) -> Floats:
    """(tasks,) the probability that each label is right, its error being normal."""
    spread = np.where(fit.deviation > 0, fit.deviation, np.inf)
    near = 1 - 2 * ndtr(-tolerances(schema, fit.labels) / spread)
    return np.where(fit.deviation == 0, 1.0, np.nan_to_num(near))


def probably_right(matrix: AnswerMatrix, fit: NumericFit) -> Floats:
    """(answers,) the probability that each is within the tolerance of the truth."""
    given, label = values_of(matrix)[matrix.answer], fit.labels[matrix.task]
    deviation, allowed = fit.deviation[matrix.task], tolerances(matrix.schema, label)
    spread = np.where(deviation > 0, deviation, 1.0)
    near = ndtr((given - label + allowed) / spread) - ndtr((given - label - allowed) / spread)
    return np.where(deviation > 0, near, np.nan_to_num(within(matrix.schema, given, label)))


def scores_on_gold(matrix: AnswerMatrix) -> Floats:
    """(answers,) the score of each by the gold of its task; nan where there is none."""
    values = values_of(matrix)
    return within(matrix.schema, values[matrix.answer], at_places(values, matrix.gold[matrix.task]))


def measure_agreement(matrix: AnswerMatrix) -> dict[str, Any]:
    """Krippendorff's alpha for numbers of which differences count."""
    people = matrix.response > 0
    given = values_of(matrix)[matrix.answer[people]]
    measured = measure_numbers(matrix.task[people], given, np.random.default_rng(0), level="interval")
    return {"krippendorff_alpha": told(measured.krippendorff_alpha)}
