"""A text, as the service asks for it. An empty one says that there is nothing to write down."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import Answer, InvalidAnswer, Schema
from crowd.projects.models import Project
from quality.aggregation.texts import METHODS
from quality.kinds.defaults import Uncounted
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.protocol import KindFit
from quality.kinds.simulated import SimulatedAnswers
from quality.kinds.text.answers import tidied
from quality.kinds.text.beliefs import TextBeliefs, certain
from quality.kinds.text.measures import (
    CHANCE,
    RIGHT_FROM,
    effort,
    measure_agreement,
    scores,
    scores_by,
    scores_on_gold,
    unit_for,
    unlikely,
)
from quality.kinds.text.schema import TextSchema
from quality.kinds.text.simulated import SimulatedTexts
from quality.kinds.text.votes import Fitted, fit_matrix, judge_matrix, packed

NOTHING_KEY = "0"


@dataclass(frozen=True, slots=True, eq=False)
class TextKindFit(KindFit):
    """With what judges texts that come later."""

    fitted: Fitted | None = None


class Text(Uncounted):
    """The answer is a text."""

    name = "text"
    label = gettext_lazy("A text")
    schema = TextSchema()
    methods = tuple(METHODS)
    measures = ("krippendorff_alpha", "percent_agreement")
    right_from = RIGHT_FROM

    def parse(self, value: Any, project: Project) -> str:
        most = project.schema["max_length"]
        if not isinstance(value, str):
            raise InvalidAnswer(_("{value} is not a text.").format(value=json.dumps(value)[:100]))
        if len(value) > 2 * most:  # lines may end in two characters each, and letters be put together
            raise InvalidAnswer(_too_long(len(value), most))
        try:
            text = tidied(value)
        except ValueError as wrong:
            message = _("The text has a character that nobody can write: {character}.")
            raise InvalidAnswer(message.format(character=wrong)) from None
        if len(text) > most:
            raise InvalidAnswer(_too_long(len(text), most))
        return text

    def cell(self, schema: Schema) -> Callable[[Answer], str]:
        return str

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        return lambda answer: "" if answer is None else " ".join(answer.split()) or _("(nothing)")

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return float(scores(schema, [given], [right])[0])

    def chance(self, schema: Schema) -> float:
        return CHANCE

    def asked(self, schema: Schema) -> dict[str, Any]:
        return {"max_length": schema["max_length"]}

    def keys(self, schema: Schema) -> dict[str, str]:
        return {
            "Enter": _("send the text"),
            "Shift + Enter": _("begin a new line"),
            "Esc": _("leave the box, so that the other keys work"),
            NOTHING_KEY: _("there is nothing to write"),
        }

    def fit(self, matrix: AnswerMatrix, method: str) -> KindFit:
        return _said(matrix, fit_matrix(matrix, method))

    def judge(self, matrix: AnswerMatrix, fitted: bytes | None) -> KindFit:
        return _said(matrix, judge_matrix(matrix, fitted))

    def fitted(self, matrix: AnswerMatrix, fit: KindFit) -> bytes:
        if not isinstance(fit, TextKindFit) or fit.fitted is None:
            raise TypeError("this is no fit of texts")
        return packed(matrix, fit.fitted)

    def decided(self, answer: Answer, schema: Schema) -> dict[str, Any]:
        return certain(answer, unit_for(schema, [answer]))

    def detail(self, schema: Schema) -> Callable[[Any], Any]:
        return _scored

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        return measure_agreement(matrix)

    def simulated(self, schema: Schema) -> SimulatedAnswers:
        return SimulatedTexts(schema)


def _too_long(length: int, most: int) -> str:
    return str(_("The text has {n} characters, and at most {most} are taken.")).format(n=length, most=most)


def _scored(detail: Any) -> dict[str, Any]:
    """A confidence for each word, or character."""
    scored = [{"text": text, "score": score} for text, score in zip(detail["text"], detail["score"], strict=True)]
    return {f"{detail['unit']}s": scored}


def _said(matrix: AnswerMatrix, made: Fitted) -> TextKindFit:
    by_known, beliefs = scores_by(matrix, matrix.known), TextBeliefs.of(matrix, made)
    return TextKindFit(
        beliefs=beliefs,
        right=np.where(np.isnan(by_known), made.right, by_known),
        on_gold=scores_on_gold(matrix),
        right_from=RIGHT_FROM,
        chance=CHANCE,
        method=made.fit.method,
        reason=made.fit.reason,
        iterations=made.fit.iterations,
        unlikely=unlikely(matrix, beliefs.labels),
        effort=effort(matrix),
        fitted=made,
    )
