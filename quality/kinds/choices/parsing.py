"""Sets of classes as people and programs write them: a list, or the cell of a table."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from crowd.projects.answer_kinds import InvalidAnswer
from crowd.projects.classes import Schema, class_numbers, number_called
from quality.kinds.choices.measures import least_of, most_of
from quality.kinds.choices.tables import BETWEEN, ticked

SHOWN = 12


def parsed(value: Any, schema: Schema) -> list[int]:
    """The numbers of the classes, rising. Raises InvalidAnswer."""
    number_of = class_numbers(schema)
    found = sorted({_number_called(name, number_of, schema) for name in _names(value, number_of)})
    least, most = least_of(schema), most_of(schema)
    if not least <= len(found) <= most:
        raise InvalidAnswer(_how_many(len(found), least, most))
    return found


def _names(value: Any, classes: Mapping[str, int]) -> list[Any]:
    """What a list, or the cell of a table, calls the classes. Raises InvalidAnswer."""
    if isinstance(value, str) and value.strip():
        value = [value] if value in classes else sorted(ticked(value))
    if not isinstance(value, list) or len(value) > len(classes):
        one, other = json.dumps([*classes][:2], ensure_ascii=False), BETWEEN.join([*classes][:2])
        message = _("A list of classes is wanted, such as {one} or {other}; [] if none applies.")
        raise InvalidAnswer(message.format(one=one, other=other))
    return value


def _number_called(name: Any, classes: Mapping[str, int], schema: Schema) -> int:
    if (
        isinstance(name, str)
        and (number := classes[name] if name in classes else number_called(name, schema)) is not None
    ):
        return number
    shown = ", ".join([*classes][:SHOWN]) + (" …" if len(classes) > SHOWN else "")
    message = _("{value} is not a class of this project. Its classes are: {classes}.")
    raise InvalidAnswer(message.format(value=json.dumps(name, ensure_ascii=False)[:100], classes=shown))


def _how_many(given: int, least: int, most: int) -> str:
    if least == most:
        return str(_("{n} classes are given; exactly {most} are wanted.").format(n=given, most=most))
    return str(_("{n} classes are given; from {least} to {most} are wanted.").format(n=given, least=least, most=most))
