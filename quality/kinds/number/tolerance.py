"""How far a number may be off and still be right."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from quality.aggregation.codes import Floats

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
