"""What models predict where one class is asked for: a probability for each class, by its permanent
number."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crowd.projects.answer_kinds import InvalidAnswer
from crowd.projects.class_names import class_called
from crowd.projects.classes import class_numbers
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
    values = _by_name(form, given[form], project.class_names)
    if form == "logits":
        values = _softmax(values)
    elif abs(sum(values.values()) - 1) > SUM_TOLERANCE:
        raise _invalid(form, _("The probabilities must add up to 1."))
    number_of = class_numbers(project.schema)
    return sorted([number_of[name], value] for name, value in values.items())


def likeliest(shares: Shares) -> int | None:
    """Of equally likely classes the one with the lowest number, so that the order of what was sent
    says nothing."""
    return min(shares, key=lambda share: (-share[1], share[0]), default=[None])[0]


def _form(given: Mapping[str, Any]) -> str:
    forms = [form for form in FORMS if form in given]
    if len(forms) != 1:
        raise _invalid("", _("Give exactly one of logits, probabilities and answer."))
    return forms[0]


def _by_name(form: str, given: Mapping[str, float], names: list[str]) -> dict[str, float]:
    values = {class_called(name, names) or name: value for name, value in given.items()}
    if not values:
        raise _invalid(form, _("Give a value for at least one class."))
    if unknown := sorted(set(values) - set(names)):
        raise _invalid(form, _("Not classes of this project: {names}.").format(names=", ".join(unknown)))
    if not all(math.isfinite(value) for value in values.values()):
        raise _invalid(form, _("Every value must be a finite number."))
    return values


def _softmax(logits: Mapping[str, float]) -> dict[str, float]:
    top = max(logits.values())
    weights = {name: math.exp(value - top) for name, value in logits.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _invalid(field: str, detail: str) -> InvalidAnswer:
    return InvalidAnswer(detail, errors=[{"field": field, "code": InvalidAnswer.code, "detail": detail}])
