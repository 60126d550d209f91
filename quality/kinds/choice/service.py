"""One class out of the project's classes, as the service asks for it. An answer is stored as the
permanent number of its class, and called by its name wherever it is read."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.projects.answer_kinds import Answer, InvalidAnswer
from crowd.projects.classes import (
    Schema,
    are_many,
    by_number,
    class_numbers,
    merged_numbers,
    number_called,
    numbers,
    with_keys,
)
from crowd.projects.models import Project
from quality.aggregation import METHODS, Fit, Votes
from quality.kinds.choice.beliefs import ClassBeliefs
from quality.kinds.choice.class_lists import list_keys, listed
from quality.kinds.choice.judging import judge_of, packed_judge
from quality.kinds.choice.measures import (
    MEASURES,
    RIGHT_FROM,
    chance,
    expected_right,
    measure_agreement,
    right_on_gold,
    score,
)
from quality.kinds.choice.predictions import Shares, added_up, likeliest, shares_of
from quality.kinds.choice.schema import ChoiceSchema
from quality.kinds.choice.votes import fit_matrix, fit_votes, votes_of, with_known
from quality.kinds.defaults import Plain
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.protocol import KindFit, Option
from quality.kinds.simulated import Counted, SimulatedAnswers

SHOWN = 12
SHOWN_OF_CLASSES = ("title", "key", "color")
SHORT_TITLE = 3  # characters: such answers fit side by side on a phone


class Choice(Plain):
    """The answer is a class."""

    name = "choice"
    label = gettext_lazy("One class")
    schema = ChoiceSchema()
    methods = tuple(METHODS)
    right_from = RIGHT_FROM
    detail_name = "distribution"
    measures = MEASURES

    def parse(self, value: Any, project: Project) -> int:
        if isinstance(value, str) and (number := number_called(value, project.schema)) is not None:
            return number
        names = project.class_names
        shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        message = _("{value} is not a class of this project. Its classes are: {classes}.")
        raise InvalidAnswer(message.format(value=json.dumps(value, ensure_ascii=False)[:100], classes=shown))

    def shown(self, schema: Schema) -> Callable[[Answer], Any]:
        return {number: each["name"] for number, each in by_number(schema).items()}.get

    def cell(self, schema: Schema) -> Callable[[Answer], str]:
        shown = self.shown(schema)
        return lambda answer: str(shown(answer))

    def text(self, schema: Schema) -> Callable[[Answer], str]:
        titles = {each["number"]: each["title"] for each in with_keys(schema)}
        titles |= {number: titles[target] for number, target in merged_numbers(schema).items()}
        return lambda answer: titles.get(answer, "")

    def score(self, given: Answer, right: Answer, schema: Schema) -> float:
        return score(given, right)

    def prediction(self, given: Mapping[str, Any], project: Project) -> Shares:
        return shares_of(given, project, self.parse)

    def predicted(self, prediction: Shares) -> int | None:
        return likeliest(prediction)

    def reclassed(self, answer: Answer, numbers: Mapping[int, int]) -> int:
        return numbers.get(answer, answer)

    def reclassed_prediction(self, prediction: Shares, numbers: Mapping[int, int]) -> Shares:
        return added_up((numbers.get(number, number), share) for number, share in prediction)

    def asked(self, schema: Schema) -> dict[str, Any]:
        keyed = with_keys(schema)
        if are_many(schema):
            return {"classes": listed(keyed)}
        buttons = [{"text": each["name"], **{name: each.get(name, "") for name in SHOWN_OF_CLASSES}} for each in keyed]
        short = all(len(each["title"]) <= SHORT_TITLE for each in keyed)
        return {"buttons": buttons, "shape": "short" if short else "long"}

    def keys(self, schema: Schema) -> dict[str, str]:
        if are_many(schema):
            return list_keys()
        return {each["key"]: each["title"] for each in with_keys(schema) if each["key"]}

    def codes(self, schema: Schema) -> Sequence[int]:
        return numbers(schema)

    def options(self, schema: Schema) -> Sequence[Option]:
        return [Option(each["number"], each["name"], each["title"], each["key"]) for each in with_keys(schema)]

    def chance(self, schema: Schema) -> float:
        return chance(len(schema["classes"]))

    def fit(self, matrix: AnswerMatrix, method: str) -> KindFit:
        return self._said(matrix, fit_matrix(matrix, method))

    def judge(self, matrix: AnswerMatrix, fitted: bytes | None) -> KindFit:
        return self._said(matrix, with_known(matrix, judge_of(fitted, matrix).fit(votes_of(matrix))))

    def fitted(self, matrix: AnswerMatrix, fit: KindFit) -> bytes:
        if fit.classes is None:
            raise TypeError("this is no fit of classes")
        return packed_judge(matrix, fit.classes)

    def _said(self, matrix: AnswerMatrix, fit: Fit) -> KindFit:
        return KindFit(
            beliefs=ClassBeliefs.of(fit, matrix.values),
            right=expected_right(matrix, fit),
            on_gold=right_on_gold(matrix),
            right_from=RIGHT_FROM,
            chance=chance(matrix.n_classes),
            method=fit.method,
            reason=fit.reason,
            iterations=fit.iterations,
            classes=fit,
        )

    def decided(self, answer: Answer, schema: Schema) -> list[float]:
        return [float(number == answer) for number in range(max(numbers(schema)) + 1)]

    def detail(self, schema: Schema) -> Callable[[Any], Any]:
        parts: dict[str, list[int]] = {name: [number] for name, number in class_numbers(schema).items()}
        for number, target in merged_numbers(schema).items():
            parts[by_number(schema)[target]["name"]].append(number)
        return partial(_by_name, parts)

    def shares(self, detail: Sequence[float]) -> Callable[[Answer], float]:
        return lambda number: detail[number] if number < len(detail) else 0.0

    def agreement(self, matrix: AnswerMatrix) -> dict[str, Any]:
        return measure_agreement(matrix)

    def simulated(self, schema: Schema) -> SimulatedAnswers:
        return Counted(numbers(schema))

    def replayed(self, method: str) -> Callable[[Votes], Fit]:
        return partial(fit_votes, method=method)


def _by_name(parts: Mapping[str, Sequence[int]], shares: Sequence[float]) -> dict[str, float]:
    """The probability of each class, with those of the classes that were merged into it. Classes
    added since the last refresh have none yet."""
    return {
        name: sum(shares[number] for number in found)
        for name, of_class in parts.items()
        if (found := [number for number in of_class if number < len(shares)])
    }
