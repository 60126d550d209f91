"""A set of classes, as the service asks for it. An answer is stored as the permanent numbers of its
classes, rising, and called by their names wherever it is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import Answer
from crowd.projects.classes import KEYS as DIGITS
from crowd.projects.classes import (
    ClassDefinition,
    Schema,
    are_many,
    by_number,
    class_names,
    merged_numbers,
    with_keys,
)
from crowd.projects.models import Project
from quality.aggregation.multilabel import METHODS
from quality.aggregation.sets import SetFit
from quality.kinds.choice.class_lists import list_keys, listed
from quality.kinds.choices.beliefs import FEW_CLASSES, SetBeliefs
from quality.kinds.choices.measures import (
    RIGHT_FROM,
    chance,
    expected_scores,
    f1,
    least_of,
    measure_agreement,
    most_of,
    scores,
    unlikely,
)
from quality.kinds.choices.parsing import parsed
from quality.kinds.choices.schema import ChoicesSchema
from quality.kinds.choices.simulated import SimulatedSets
from quality.kinds.choices.votes import fit_matrix, judge_matrix, packed
from quality.kinds.defaults import Uncounted
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.protocol import KindFit
from quality.kinds.simulated import SimulatedAnswers

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
    measures = ("krippendorff_alpha", "percent_agreement")

    def parse(self, value: Any, project: Project) -> list[int]:
        return parsed(value, project.schema)

    def shown(self, schema: Schema) -> Callable[[Answer], Any]:
        names = {each["number"]: each["name"] for each in schema["classes"]}
        merged = merged_numbers(schema)
        return lambda answer: None if answer is None else [names[each] for each in self.reclassed(answer, merged)]

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        titles = {each["number"]: each["title"] for each in with_keys(schema)}
        merged, none = merged_numbers(schema), _("none of these")

        def written(answer: Answer) -> str:
            return ", ".join(titles[each] for each in self.reclassed(answer, merged)) or none

        return lambda answer: "" if answer is None else written(answer)

    def reclassed(self, answer: Answer, numbers: Mapping[int, int]) -> list[int]:
        return sorted({numbers.get(number, number) for number in answer})

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return f1(given, right)

    def chance(self, schema: Schema) -> float:
        return chance(len(schema["classes"]), least_of(schema))

    def asked(self, schema: Schema) -> dict[str, Any]:
        keyed = _keyed(schema)
        limits = {"least": least_of(schema), "most": most_of(schema), "none_key": _none_key(schema)}
        if are_many(schema):
            return {"classes": listed(keyed), **limits}
        classes = [{"text": each["name"], **{name: each.get(name, "") for name in SHOWN_OF_CLASSES}} for each in keyed]
        return {"classes": classes, **limits, "shape": "short" if _are_short(keyed) else "long"}

    def keys(self, schema: Schema) -> dict[str, str]:
        own = {each["key"]: each["title"] for each in _keyed(schema) if each["key"]}
        classes = list_keys() if are_many(schema) else own
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
        names = {str(number): each["name"] for number, each in by_number(schema).items()}
        classes = class_names(schema)
        return partial(_by_name, names, dict.fromkeys(classes, 0.0) if len(classes) <= FEW_CLASSES else {})

    def simulated(self, schema: Schema) -> SimulatedAnswers:
        return SimulatedSets(schema)

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        return measure_agreement(matrix)


def _keyed(schema: Schema) -> list[ClassDefinition]:
    return with_keys(schema, DIGITS + LETTERS)


def _none_key(schema: Schema) -> str:
    """The key that says that none applies, where that is an answer and no class has it."""
    taken = set() if are_many(schema) else {each["key"] for each in _keyed(schema)}
    return "" if least_of(schema) or NONE_KEY in taken else NONE_KEY


def _are_short(classes: Sequence[ClassDefinition]) -> bool:
    return all(len(each["title"]) <= SHORT_TITLE for each in classes)


def _by_name(names: Mapping[str, str], nothing: Mapping[str, float], shares: Mapping[str, float]) -> dict[str, float]:
    """The probability of each class; where classes were merged, the larger one."""
    found = dict(nothing)
    for number, share in shares.items():
        found[names[number]] = max(found.get(names[number], 0.0), share)
    return found


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
        unlikely=unlikely(matrix, fit),
        sets=fit,
    )
