"""What models predict where one class is asked for: a probability for each class, by its permanent
number."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crowd.projects.answer_kinds import InvalidAnswer
from crowd.projects.classes import number_called
from crowd.projects.models import Project

Shares = list[list[Any]]  # [number, probability] of each class, in the order of the numbers

FORMS = ("logits", "probabilities", "answer")
SUM_TOLERANCE = 1e-3


def shares_of(given: Mapping[str, Any], project: Project, parse: Callable[[Any, Project], int]) -> Shares:
    """A prediction in one of the `FORMS` as probabilities. Raises InvalidAnswer, naming the
    field."""
    form = _form(given)
    if form == "answer":
        return [[parse(given["answer"], project), 1.0]]
    number_of = _numbers(form, given[form], project)
    values = _softmax(given[form]) if form == "logits" else given[form]
    if form != "logits" and abs(sum(values.values()) - 1) > SUM_TOLERANCE:
        raise _invalid(form, _("The probabilities must add up to 1."))
    return added_up((number_of[name], value) for name, value in values.items())


def added_up(shares: Iterable[tuple[int, float]]) -> Shares:
    """The sum of the probabilities of each number, in the order of the numbers."""
    total: defaultdict[int, float] = defaultdict(float)
    for number, share in shares:
        total[number] += share
    return [[number, total[number]] for number in sorted(total)]


def likeliest(shares: Shares) -> int | None:
    """Of equally likely classes the one with the lowest number, so that the order of what was sent
    says nothing."""
    return min(shares, key=lambda share: (-share[1], share[0]), default=[None])[0]


def _form(given: Mapping[str, Any]) -> str:
    forms = [form for form in FORMS if form in given]
    if len(forms) != 1:
        raise _invalid("", _("Give exactly one of logits, probabilities and answer."))
    return forms[0]


def _numbers(form: str, given: Mapping[str, float], project: Project) -> dict[str, int]:
    """The number of each class that is named; names that a class had before are taken for it."""
    if not given:
        raise _invalid(form, _("Give a value for at least one class."))
    found = {name: number_called(name, project.schema) for name in given}
    if unknown := sorted(name for name, number in found.items() if number is None):
        raise _invalid(form, _("Not classes of this project: {names}.").format(names=", ".join(unknown)))
    if not all(math.isfinite(value) for value in given.values()):
        raise _invalid(form, _("Every value must be a finite number."))
    return {name: number for name, number in found.items() if number is not None}


def _softmax(logits: Mapping[str, float]) -> dict[str, float]:
    top = max(logits.values())
    weights = {name: math.exp(value - top) for name, value in logits.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _invalid(field: str, detail: str) -> InvalidAnswer:
    return InvalidAnswer(detail, errors=[{"field": field, "code": InvalidAnswer.code, "detail": detail}])
