"""The classes that answers of several kinds are made of, as a project keeps them: each has a number
that no other class of the project ever had or gets, by which answers are stored.

A class that got another name, or that was merged into another, goes on being found by its former
names, as long as no other class has them: pages that are open, and files that were written, know no
others. The number of a merged class stands for the class that took it in, for good.
"""

from collections.abc import Mapping
from itertools import count
from typing import Any, NotRequired, TypedDict

from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.projects.class_names import class_called

MAX_CLASSES = 1000
MAX_CLASS_NAME = 200
KEYS = "1234567890"
MANY = 20  # classes, from which on people search a list of them


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
    former: NotRequired[dict[str, int]]  # names that classes had, with the number of each
    merged: NotRequired[dict[str, int]]  # numbers of merged classes, as JSON's keys are, with what they stand for


def numbered(schema: Schema, before: Schema | None = None) -> Schema:
    """The schema as it is stored. Classes that were there `before`, by name, keep their numbers;
    new ones get the next, in their order. A number is never given twice, whatever was removed."""
    known = class_numbers(before) if before else {}
    unused = count(before["next_number"] if before else 0)
    classes: list[ClassDefinition] = []
    for definition in schema["classes"]:
        name = definition["name"]
        classes.append({**definition, "number": known[name] if name in known else next(unused)})
    return {**schema, "classes": classes, "next_number": next(unused), **_past(before, known=schema)}


def _past(before: Schema | None, known: Schema) -> Any:
    """What is kept of the schema before: names that no class has now, and merged numbers."""
    if before is None:
        return {}
    names = class_names(known)
    former = {name: number for name, number in before.get("former", {}).items() if name not in names}
    parts = {"former": former, "merged": before.get("merged", {})}
    return {name: part for name, part in parts.items() if part}


def refuse_lost_classes(before: Schema, after: Schema) -> None:
    """Distributions are stored by position: classes may be added at the end only. Raises
    ClassesInUse."""
    names = class_names(before)
    if class_names(after)[: len(names)] != names:
        message = _(
            "Classes can't be removed or reordered, and here not renamed. Add new ones at the end; rename and merge "
            "them by what stands under Classes, or by …/classes/rename and …/classes/merge."
        )
        raise ClassesInUse(message, errors=[{"field": "schema.classes", "code": ClassesInUse.code, "detail": message}])


def numbers(schema: Schema) -> list[int]:
    """The numbers of a stored schema's classes, in the order of the classes."""
    return [definition["number"] for definition in schema["classes"]]


def class_numbers(schema: Schema) -> dict[str, int]:
    """Name → number of a stored schema's classes."""
    return {definition["name"]: definition["number"] for definition in schema["classes"]}


def by_number(schema: Schema) -> dict[int, ClassDefinition]:
    """Number → class of a stored schema; numbers of merged classes lead to what they were merged
    into."""
    own = {definition["number"]: definition for definition in schema["classes"]}
    return own | {number: own[target] for number, target in merged_numbers(schema).items()}


def merged_numbers(schema: Mapping[str, Any]) -> dict[int, int]:
    """The number of each class that was merged → that of the class it is part of now."""
    return {int(number): target for number, target in schema.get("merged", {}).items()}


def number_called(name: str, schema: Schema) -> int | None:
    """The number of the class that has this name, or else of the one that had it, however its
    accents are written."""
    for numbers_of in (class_numbers(schema), schema.get("former", {})):
        called = class_called(name, list(numbers_of))
        if called is not None:
            return numbers_of[called]
    return None


def class_names(schema: Schema) -> list[str]:
    return [definition["name"] for definition in schema["classes"]]


def with_keys(schema: Schema, keys: str = KEYS) -> list[ClassDefinition]:
    """The classes with a title each, and a key each as far as the free ones of these reach."""
    taken = {definition["key"] for definition in schema["classes"] if "key" in definition}
    names = class_names(schema)
    digits_name_classes = all(len(name) == 1 and name in KEYS for name in names)
    free = iter([key for key in keys if key not in taken])
    result: list[ClassDefinition] = []
    for definition in schema["classes"]:
        key = definition.get("key") or (definition["name"] if digits_name_classes else next(free, ""))
        result.append({**definition, "title": definition.get("title", definition["name"]), "key": key})
    return result


def are_many(schema: Schema) -> bool:
    """Whether there are more classes than anybody finds at a glance, and not a key for each."""
    return len(schema["classes"]) >= MANY and not all("key" in definition for definition in schema["classes"])
