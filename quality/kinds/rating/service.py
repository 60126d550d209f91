"""A step of a scale, as the service asks for it. An answer is stored as the number of steps above
the lowest."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import Answer, InvalidAnswer, Schema
from crowd.projects.models import Project
from quality.aggregation import Fit, Votes
from quality.aggregation.ordinal import METHODS
from quality.kinds.choice.beliefs import ClassBeliefs
from quality.kinds.choice.judging import judge_of, packed_judge
from quality.kinds.choice.votes import fit_matrix, votes_of, with_known
from quality.kinds.defaults import Plain
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.protocol import KindFit, Option
from quality.kinds.rating.measures import (
    RIGHT_FROM,
    chance,
    measure_agreement,
    probably_right,
    score,
    scores_on_gold,
)
from quality.kinds.rating.schema import RatingSchema
from quality.kinds.rating.simulated import SimulatedRatings
from quality.kinds.rating.votes import fit_votes, in_the_middle
from quality.kinds.simulated import SimulatedAnswers

MOST_BUTTONS = 11  # beyond that it is a slider
KEYED = 9  # steps up to which each has a key of its own


class Rating(Plain):
    """The answer is a step of a scale."""

    name = "rating"
    label = gettext_lazy("A rating on a scale")
    schema = RatingSchema()
    methods = tuple(METHODS)
    right_from = RIGHT_FROM
    detail_name = "distribution"
    measures = ("krippendorff_alpha", "percent_agreement")

    def parse(self, value: Any, project: Project) -> int:
        low, high = project.schema["low"], project.schema["high"]
        step = _whole(value)
        if step is None or not low <= step <= high:
            message = _("{value} is not a step of the scale, which goes from {low} to {high}.")
            raise InvalidAnswer(message.format(value=json.dumps(value)[:100], low=low, high=high))
        return step - int(low)

    def shown(self, schema: Schema) -> Callable[[Answer], Any]:
        low = schema["low"]
        return lambda answer: None if answer is None else low + answer

    def cell(self, schema: Schema) -> Callable[[Answer], str]:
        return lambda answer: str(schema["low"] + answer)

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        titles = {each["value"] - schema["low"]: each["text"] for each in steps_of(schema)}
        return lambda answer: titles.get(answer, "")

    def codes(self, schema: Schema) -> Sequence[int]:
        return range(n_steps(schema))

    def options(self, schema: Schema) -> Sequence[Option]:
        return [
            Option(each["value"] - schema["low"], str(each["value"]), each["text"], each["key"])
            for each in steps_of(schema)
        ]

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return score(given, right, n_steps(schema))

    def chance(self, schema: Schema) -> float:
        return chance(n_steps(schema))

    def asked(self, schema: Schema) -> dict[str, Any]:
        steps = steps_of(schema)
        if len(steps) > MOST_BUTTONS:
            return {"low": schema["low"], "high": schema["high"], "titles": schema.get("titles", {})}
        buttons = [{**each, "text": str(each["value"]), "title": each["text"]} for each in steps]
        return {"buttons": buttons, "shape": "scale" if "titles" in schema else "scale short"}

    def keys(self, schema: Schema) -> dict[str, str]:
        return {each["key"]: each["text"] for each in steps_of(schema) if each["key"]}

    def fit(self, matrix: AnswerMatrix, method: str) -> KindFit:
        return _said(matrix, fit_matrix(matrix, method, fit_votes))

    def judge(self, matrix: AnswerMatrix, fitted: bytes | None) -> KindFit:
        votes = votes_of(matrix)
        return _said(matrix, with_known(matrix, in_the_middle(votes, judge_of(fitted, matrix).fit(votes))))

    def fitted(self, matrix: AnswerMatrix, fit: KindFit) -> bytes:
        if fit.classes is None:
            raise TypeError("this is no fit of ratings")
        return packed_judge(matrix, fit.classes)

    def decided(self, answer: Answer, schema: Schema) -> list[float]:
        return [float(step == answer) for step in range(n_steps(schema))]

    def detail(self, schema: Schema) -> Callable[[Any], Any]:
        low = schema["low"]
        return lambda shares: {str(low + step): share for step, share in enumerate(shares)}

    def shares(self, detail: Sequence[float]) -> Callable[[Answer], float]:
        return lambda step: detail[step]

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        return measure_agreement(matrix)

    def simulated(self, schema: Schema) -> SimulatedAnswers:
        return SimulatedRatings(range(n_steps(schema)))

    def replayed(self, method: str) -> Callable[[Votes], Fit]:
        return partial(fit_votes, method=method)


def n_steps(schema: Schema) -> int:
    """How many steps the scale has."""
    return int(schema["high"]) - int(schema["low"]) + 1


def steps_of(schema: Schema) -> list[dict[str, Any]]:
    """The steps of a scale, lowest first: the number, what it means, both as one text, and the
    key."""
    titles: Mapping[str, str] = schema.get("titles", {})
    steps = []
    for value in range(schema["low"], schema["high"] + 1):
        title = titles.get(str(value), "")
        text = f"{value} · {title}" if title else str(value)
        steps.append({"value": value, "title": title, "text": text, "key": _key(value, schema)})
    return steps


def _key(value: int, schema: Schema) -> str:
    """The number itself where every step has one digit; else their places, where there are few."""
    if schema["low"] >= 0 and schema["high"] <= KEYED:
        return str(value)
    return str(value - schema["low"] + 1) if n_steps(schema) <= KEYED else ""


def _whole(value: Any) -> int | None:
    """The whole number that a value is, or that a cell of a table holds."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) < 2**53 and value == int(value) else None  # which no NaN is


def _said(matrix: AnswerMatrix, fit: Fit) -> KindFit:
    return KindFit(
        beliefs=ClassBeliefs.of(fit, matrix.values),
        right=probably_right(matrix, fit),
        on_gold=scores_on_gold(matrix),
        right_from=RIGHT_FROM,
        chance=chance(matrix.n_classes),
        method=fit.method,
        reason=fit.reason,
        iterations=fit.iterations,
        classes=fit,
    )
