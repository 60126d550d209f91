"""The classes that answers of several kinds are made of, as a project keeps them: each has a number
that no other class of the project ever had or gets, by which answers are stored."""

from itertools import count
from typing import NotRequired, TypedDict

from django.utils.translation import gettext as _

from crowd.errors import CrowdError

MAX_CLASSES = 1000
MAX_CLASS_NAME = 200
KEYS = "1234567890"


class ClassesInUse(CrowdError):
    status, code = 409, "classes_in_use"


class ClassDefinition(TypedDict, total=False):
    name: str
    title: str
    key: str
    color: str
    number: int  # given when the class is stored; owners neither see nor choose it


class Schema(TypedDict):
    type: str
    classes: list[ClassDefinition]
    next_number: NotRequired[int]  # of the next new class; stored schemas have one


def numbered(schema: Schema, before: Schema | None = None) -> Schema:
    """The schema as it is stored. Classes that were there `before`, by name, keep their numbers;
    new ones get the next, in their order. A number is never given twice, whatever was removed."""
    known = class_numbers(before) if before else {}
    unused = count(before["next_number"] if before else 0)
    classes: list[ClassDefinition] = []
    for definition in schema["classes"]:
        name = definition["name"]
        classes.append({**definition, "number": known[name] if name in known else next(unused)})
    return {**schema, "classes": classes, "next_number": next(unused)}


def refuse_lost_classes(before: Schema, after: Schema) -> None:
    """Distributions are stored by position: classes may be added at the end only. Raises
    ClassesInUse."""
    names = class_names(before)
    if class_names(after)[: len(names)] != names:
        message = _("Classes can't be removed, renamed or reordered. Add new ones at the end.")
        raise ClassesInUse(message, errors=[{"field": "schema.classes", "code": ClassesInUse.code, "detail": message}])


def numbers(schema: Schema) -> list[int]:
    """The numbers of a stored schema's classes, in the order of the classes."""
    return [definition["number"] for definition in schema["classes"]]


def class_numbers(schema: Schema) -> dict[str, int]:
    """Name → number of a stored schema's classes."""
    return {definition["name"]: definition["number"] for definition in schema["classes"]}


def by_number(schema: Schema) -> dict[int, ClassDefinition]:
    """Number → class of a stored schema."""
    return {definition["number"]: definition for definition in schema["classes"]}


def class_names(schema: Schema) -> list[str]:
    return [definition["name"] for definition in schema["classes"]]


def with_keys(schema: Schema) -> list[ClassDefinition]:
    """The classes with a title each, and a key each as far as the free digits reach."""
    taken = {definition["key"] for definition in schema["classes"] if "key" in definition}
    names = class_names(schema)
    digits_name_classes = all(len(name) == 1 and name in KEYS for name in names)
    free = iter([key for key in KEYS if key not in taken])
    result: list[ClassDefinition] = []
    for definition in schema["classes"]:
        key = definition.get("key") or (definition["name"] if digits_name_classes else next(free, ""))
        result.append({**definition, "title": definition.get("title", definition["name"]), "key": key})
    return result
