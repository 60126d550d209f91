"""A set of classes, as the service asks for it. An answer is stored as the permanent numbers of its
classes, rising, and called by their names wherever it is read."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import Answer, InvalidAnswer
from crowd.projects.class_names import class_called
from crowd.projects.classes import KEYS as DIGITS
from crowd.projects.classes import ClassDefinition, Schema, by_number, class_numbers, with_keys
from crowd.projects.models import Project
from quality.aggregation.multilabel import METHODS
from quality.aggregation.sets import SetFit
from quality.kinds.choices.beliefs import FEW_CLASSES, SetBeliefs
from quality.kinds.choices.measures import (
    RIGHT_FROM,
    chance,
    expected_scores,
    f1,
    least_of,
    measure_agreement,
    scores,
)
from quality.kinds.choices.schema import ChoicesSchema
from quality.kinds.choices.simulated import SimulatedSets
from quality.kinds.choices.tables import BETWEEN, ticked
from quality.kinds.choices.votes import fit_matrix, judge_matrix, packed
from quality.kinds.defaults import Uncounted
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.protocol import KindFit
from quality.kinds.simulated import SimulatedAnswers

SHOWN = 12
SHORT_TITLE = 3  # characters: such answers fit side by side on a phone
NONE_KEY = "n"
LETTERS = "qwertyiopadfghjklzxcvbm"  # but for those of the page, and that of none
SHOWN_OF_CLASSES = ("title", "key", "color")


@dataclass(frozen=True, slots=True, eq=False)
class ChoicesFit(KindFit):
    """With what judges sets that come later."""

    sets: SetFit | None = None


class Choices(Uncounted):
    """The answer is a set of classes, which may be empty."""

    name = "choices"
    label = gettext_lazy("Any number of classes")
    schema = ChoicesSchema()
    methods = tuple(METHODS)
    right_from = RIGHT_FROM
    detail_name = "distribution"

    def parse(self, value: Any, project: Project) -> list[int]:
        number_of = class_numbers(project.schema)
        found = sorted({number_of[_class_called(name, number_of)] for name in _names(value, number_of)})
        least, most = least_of(project.schema), project.schema.get("most", len(number_of))
        if not least <= len(found) <= most:
            raise InvalidAnswer(_how_many(len(found), least, most))
        return found

    def shown(self, schema: Schema) -> Callable[[Answer], Any]:
        names = {number: each["name"] for number, each in by_number(schema).items()}
        return lambda answer: None if answer is None else [names[number] for number in answer]

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        titles = {each["number"]: each["title"] for each in with_keys(schema)}
        none = _("none of these")
        return lambda answer: "" if answer is None else ", ".join(titles[number] for number in answer) or none

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return f1(given, right)

    def chance(self, schema: Schema) -> float:
        return chance(len(schema["classes"]), least_of(schema))

    def asked(self, schema: Schema) -> dict[str, Any]:
        keyed = _keyed(schema)
        classes = [{"text": each["name"], **{name: each.get(name, "") for name in SHOWN_OF_CLASSES}} for each in keyed]
        most = dict(schema).get("most", len(keyed))
        limits = {"least": least_of(schema), "most": most, "none_key": _none_key(schema)}
        return {"classes": classes, **limits, "shape": "short" if _are_short(keyed) else "long"}

    def keys(self, schema: Schema) -> dict[str, str]:
        classes = {each["key"]: each["title"] for each in _keyed(schema) if each["key"]}
        none = {key: _("none of these")} if (key := _none_key(schema)) else {}
        return {**classes, **none, "Enter": _("give the answer")}

    def fit(self, matrix: AnswerMatrix, method: str) -> KindFit:
        return _said(matrix, fit_matrix(matrix, method))

    def judge(self, matrix: AnswerMatrix, fitted: bytes | None) -> KindFit:
        return _said(matrix, judge_matrix(matrix, fitted))

    def fitted(self, matrix: AnswerMatrix, fit: KindFit) -> bytes:
        if not isinstance(fit, ChoicesFit) or fit.sets is None:
            raise TypeError("this is no fit of sets")
        return packed(matrix, fit.sets.judge)

    def decided(self, answer: Answer, schema: Schema) -> dict[str, float]:
        return {str(number): 1.0 for number in answer}

    def detail(self, schema: Schema) -> Callable[[Any], Any]:
        numbers = class_numbers(schema)
        if len(numbers) <= FEW_CLASSES:
            return lambda shares: {name: shares.get(str(number), 0.0) for name, number in numbers.items()}
        names = {str(number): name for name, number in numbers.items()}
        return lambda shares: {names[number]: share for number, share in shares.items()}

    def simulated(self, schema: Schema) -> SimulatedAnswers:
        return SimulatedSets(schema)

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        return measure_agreement(matrix)


def _keyed(schema: Schema) -> list[ClassDefinition]:
    return with_keys(schema, DIGITS + LETTERS)


def _none_key(schema: Schema) -> str:
    """The key that says that none applies, where that is an answer and no class has it."""
    taken = {each["key"] for each in _keyed(schema)}
    return "" if least_of(schema) or NONE_KEY in taken else NONE_KEY


def _are_short(classes: Sequence[ClassDefinition]) -> bool:
    return all(len(each["title"]) <= SHORT_TITLE for each in classes)


def _names(value: Any, classes: Mapping[str, int]) -> list[Any]:
    """What a list, or the cell of a table, calls the classes. Raises InvalidAnswer."""
    if isinstance(value, str) and value.strip():
        value = [value] if value in classes else sorted(ticked(value))
    if not isinstance(value, list) or len(value) > len(classes):
        one, other = json.dumps([*classes][:2], ensure_ascii=False), BETWEEN.join([*classes][:2])
        message = _("A list of classes is wanted, such as {one} or {other}; [] if none applies.")
        raise InvalidAnswer(message.format(one=one, other=other))
    return value


def _class_called(name: Any, classes: Mapping[str, int]) -> str:
    if isinstance(name, str) and (called := name if name in classes else class_called(name, [*classes])) is not None:
        return called
    shown = ", ".join([*classes][:SHOWN]) + (" …" if len(classes) > SHOWN else "")
    message = _("{value} is not a class of this project. Its classes are: {classes}.")
    raise InvalidAnswer(message.format(value=json.dumps(name, ensure_ascii=False)[:100], classes=shown))


def _how_many(given: int, least: int, most: int) -> str:
    if least == most:
        return str(_("{n} classes are given; exactly {most} are wanted.").format(n=given, most=most))
    return str(_("{n} classes are given; from {least} to {most} are wanted.").format(n=given, least=least, most=most))


def _said(matrix: AnswerMatrix, fit: SetFit) -> ChoicesFit:
    return ChoicesFit(
        beliefs=SetBeliefs.of(matrix, fit),
        right=expected_scores(matrix, fit),
        on_gold=scores(matrix, matrix.gold[matrix.task]),
        right_from=RIGHT_FROM,
        chance=chance(len(matrix.schema["classes"]), least_of(matrix.schema)),
        method=fit.judge.method,
        reason=fit.reason,
        iterations=fit.rounds,
        sets=fit,
    )
