"""Spans of a text, as the service asks for them. An answer is stored as `answers` says, by the
permanent numbers of classes, and called by their names wherever it is read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from crowd.projects.answer_kinds import Answer, InvalidAnswer, InvalidData, Prediction, Subject
from crowd.projects.classes import Schema, by_number, class_numbers, merged_numbers, number_called, numbers, with_keys
from crowd.projects.models import Project
from quality.aggregation.spans import METHODS
from quality.kinds.defaults import Uncounted
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.protocol import KindFit
from quality.kinds.simulated import SimulatedAnswers
from quality.kinds.spans.answers import SHAPE, Mark, NamedClass, Unusable, last_end, marks_of, once, unscored
from quality.kinds.spans.beliefs import SpanBeliefs
from quality.kinds.spans.measures import RIGHT_FROM, measure_agreement, score, scores_on_gold
from quality.kinds.spans.schema import SpansSchema
from quality.kinds.spans.simulated import SimulatedSpans
from quality.kinds.spans.votes import Fitted, expected_f1, fit_matrix, judge_matrix, packed

LONGEST_CELL = 2_000_000  # characters of a cell of a table
SHOWN_OF_CLASSES = ("title", "key", "color")


@dataclass(frozen=True, slots=True, eq=False)
class SpansFit(KindFit):
    """With what judges spans that come later."""

    made: Fitted | None = None


class SpansKind(Uncounted):
    """The answer is a set of spans."""

    name = "spans"
    label = gettext_lazy("Marked parts of a text")
    schema = SpansSchema()
    methods = tuple(METHODS)
    right_from = RIGHT_FROM
    refers_to = ("text",)

    def parse(self, value: Any, project: Project) -> list[Mark]:
        return _parsed(value, project, scored=False)

    def fitting(self, answer: Answer, subject: Subject) -> Answer:
        text = subject.data.get("text") if isinstance(subject.data, Mapping) else None
        if not isinstance(text, str):
            raise InvalidAnswer(_("The task has no text to mark."))
        if last_end(answer) > len(text):
            message = _("A mark ends at {end}, beyond the text, which has {n} characters (Unicode code points).")
            raise InvalidAnswer(message.format(end=last_end(answer), n=len(text)))
        return answer

    def checked_data(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        if not isinstance(data.get("text"), str):
            raise InvalidData(_("A task needs a text to mark, as a string."), field="data.text")
        return data

    def shown(self, schema: Schema) -> Callable[[Answer], Any]:
        names = {number: each["name"] for number, each in by_number(schema).items()}
        return lambda answer: None if answer is None else [_object(mark, names) for mark in answer]

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        titles = {each["number"]: each["title"] for each in with_keys(schema)}
        titles |= {number: titles[target] for number, target in merged_numbers(schema).items()}
        return lambda answer: "" if answer is None else _line(answer, titles)

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return score(given, right)

    def prediction(self, given: Mapping[str, Any], project: Project) -> Prediction:
        return _parsed(given.get("answer"), project, scored=True)

    def predicted(self, prediction: Prediction) -> Answer:
        return unscored(prediction)

    def reclassed(self, answer: Answer, numbers: Mapping[int, int]) -> list[Mark]:
        """Marks that become alike are one."""
        return once([[*mark[:2], numbers.get(mark[2], mark[2]), *mark[3:]] for mark in answer])

    def asked(self, schema: Schema) -> dict[str, Any]:
        """The classes, and the keys of what else can be done."""
        shown = [{"name": each["name"], **_looks(each)} for each in with_keys(schema)]
        return {"classes": shown, "keys": _free_keys(schema)}

    def keys(self, schema: Schema) -> dict[str, str]:
        marking = {each["key"]: each["title"] for each in with_keys(schema) if each["key"]}
        free = _free_keys(schema)
        named = {
            free["nothing"]: _("say that there is nothing to mark"),
            free["take"]: _("take a suggestion over, or all"),
        }
        return {
            **marking,
            **{key: str(text) for key, text in named.items() if key},
            **{key: str(_(text)) for key, text in KEYS.items()},
        }

    def fit(self, matrix: AnswerMatrix, method: str) -> KindFit:
        return _said(matrix, fit_matrix(matrix, method))

    def judge(self, matrix: AnswerMatrix, fitted: bytes | None) -> KindFit:
        return _said(matrix, judge_matrix(matrix, fitted))

    def fitted(self, matrix: AnswerMatrix, fit: KindFit) -> bytes:
        if not isinstance(fit, SpansFit) or fit.made is None:
            raise TypeError("this is no fit of spans")
        return packed(fit.made)

    def decided(self, answer: Answer, schema: Schema) -> list[Mark]:
        return [[*mark[:3], 1.0] for mark in answer]

    def detail(self, schema: Schema) -> Callable[[Any], Any]:
        return self.shown(schema)

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        return measure_agreement(matrix)

    def simulated(self, schema: Schema) -> SimulatedAnswers:
        return SimulatedSpans(numbers(schema))


KEYS = {
    "← →": gettext_noop(
        "choose the word before or after; with Shift, choose more, or move the end of the selected mark"
    ),
    "↑ ↓": gettext_noop("select the mark before or after"),
    "Ctrl Shift ← →": gettext_noop("move the start of the selected mark"),
    "Delete": gettext_noop("delete the selected mark"),
    "Ctrl Z": gettext_noop("undo the last mark; with Shift, make it again"),
    "Enter": gettext_noop("give the marks as the answer"),
}
FREE_KEYS = {"nothing": "n", "take": "a"}


def _free_keys(schema: Schema) -> dict[str, str]:
    """The keys of what is no class, as far as no class has them."""
    taken = {each["key"] for each in with_keys(schema)}
    return {name: "" if key in taken else key for name, key in FREE_KEYS.items()}


def _looks(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: definition.get(name, "") for name in SHOWN_OF_CLASSES}


def _parsed(value: Any, project: Project, *, scored: bool) -> list[Mark]:
    """The marks that a list names, or a cell of a table that holds one as JSON."""
    try:
        return marks_of(_listed(value), _numbers_of(project), scored=scored)
    except Unusable as error:
        raise InvalidAnswer(_(error.problem).format(**error.values)) from error


def _listed(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > LONGEST_CELL:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise Unusable(SHAPE) from None


def _numbers_of(project: Project) -> NamedClass:
    """Class name → number, or None; each name is looked up once."""
    known: dict[str, int | None] = {**class_numbers(project.schema)}

    def number_of(name: Any) -> int | None:
        if not isinstance(name, str):
            return None
        if name not in known:
            known[name] = number_called(name, project.schema)
        return known[name]

    return number_of


def _object(mark: Mark, names: Mapping[int, str]) -> dict[str, Any]:
    start, end, number, *score = mark
    return {"class": names[number], "start": start, "end": end, **({"score": score[0]} if score else {})}


SHOWN_MARKS = 8


def _line(answer: Answer, titles: Mapping[int, str]) -> str:
    """The marks one after the other, by class and places; the many only counted."""
    if not answer:
        return str(_("Nothing to mark"))
    shown = [f"{titles[number]} {start}–{end}" for start, end, number, *_score in answer[:SHOWN_MARKS]]  # noqa: RUF001
    rest = len(answer) - SHOWN_MARKS
    if rest > 0:
        shown.append(ngettext("{n} more", "{n} more", rest).format(n=rest))
    return "; ".join(shown)


def _said(matrix: AnswerMatrix, made: Fitted) -> SpansFit:
    fit = made.fit
    return SpansFit(
        beliefs=SpanBeliefs.of(fit),
        right=expected_f1(made, matrix),
        on_gold=scores_on_gold(matrix),
        right_from=RIGHT_FROM,
        chance=made.chance,
        method=fit.method,
        reason=fit.reason,
        iterations=fit.iterations,
        made=made,
    )
