"""A number, as the service asks for it."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import Answer, InvalidAnswer, Schema
from crowd.projects.models import Project
from quality.aggregation.numeric import METHODS
from quality.kinds.defaults import Uncounted
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.number.beliefs import NumberBeliefs, plain
from quality.kinds.number.measures import measure_agreement, scores_on_gold
from quality.kinds.number.schema import LARGEST, NumberSchema
from quality.kinds.number.simulated import SimulatedNumbers
from quality.kinds.number.tolerance import RIGHT_FROM, chance, within
from quality.kinds.number.votes import Fitted, fit_matrix, judge_matrix, packed
from quality.kinds.protocol import KindFit
from quality.kinds.simulated import SimulatedAnswers


@dataclass(frozen=True, slots=True, eq=False)
class NumberFit(KindFit):
    """With what judges numbers that come later."""

    made: Fitted | None = None


class Number(Uncounted):
    """The answer is a number."""

    name = "number"
    label = gettext_lazy("A number")
    schema = NumberSchema()
    methods = tuple(METHODS)
    right_from = RIGHT_FROM

    def parse(self, value: Any, project: Project) -> float | int:
        number, schema = _number(value), project.schema
        if number is None:
            raise InvalidAnswer(_("{value} is not a number.").format(value=json.dumps(value)[:100]))
        low, high, decimals = (schema.get(name) for name in ("low", "high", "decimals"))
        if (low is not None and number < low) or (high is not None and number > high):
            raise InvalidAnswer(_range(low, high).format(value=plain(number), low=low, high=high))
        if decimals is not None and not math.isclose(round(number, decimals), number, rel_tol=1e-12, abs_tol=1e-12):
            message = _("{value} has more than {n} decimal places.")
            raise InvalidAnswer(message.format(value=number, n=decimals))
        return int(number) if number.is_integer() and abs(number) < 2**53 else number

    def cell(self, schema: Schema) -> Callable[[Answer], str]:
        return json.dumps

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        unit = f" {schema['unit']}" if "unit" in schema else ""
        return lambda answer: "" if answer is None else f"{answer}{unit}"

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return float(within(schema, np.array(given), np.array(right)))

    def chance(self, schema: Schema) -> float:
        return chance(schema)

    def asked(self, schema: Schema) -> dict[str, Any]:
        return {name: value for name, value in schema.items() if name not in ("type", "tolerance")}

    def fit(self, matrix: AnswerMatrix, method: str) -> KindFit:
        return _said(matrix, fit_matrix(matrix, method))

    def judge(self, matrix: AnswerMatrix, fitted: bytes | None) -> KindFit:
        return _said(matrix, judge_matrix(matrix, fitted))

    def fitted(self, matrix: AnswerMatrix, fit: KindFit) -> bytes:
        if not isinstance(fit, NumberFit) or fit.made is None:
            raise TypeError("this is no fit of numbers")
        return packed(matrix, fit.made)

    def decided(self, answer: Answer, schema: Schema) -> dict[str, Any]:
        return {"low": answer, "high": answer, "deviation": 0}

    def simulated(self, schema: Schema) -> SimulatedAnswers:
        return SimulatedNumbers(schema)

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        return measure_agreement(matrix)


def _number(value: Any) -> float | None:
    """The number that a value is, or that a cell of a table holds."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST:
        return None
    return float(value) if math.isfinite(value) else None


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return str(_("{value} is above {high}, the largest number that is taken."))
    if high is None:
        return str(_("{value} is below {low}, the smallest number that is taken."))
    return str(_("{value} is not between {low} and {high}."))


def _said(matrix: AnswerMatrix, made: Fitted) -> NumberFit:
    fit = made.fit
    return NumberFit(
        beliefs=NumberBeliefs.of(matrix, made),
        right=made.right,
        on_gold=scores_on_gold(matrix),
        right_from=RIGHT_FROM,
        chance=chance(matrix.schema),
        method=fit.method,
        reason=fit.reason,
        iterations=fit.iterations,
        made=made,
    )
