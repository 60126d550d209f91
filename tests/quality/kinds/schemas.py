"""What projects may say of their answers, and what not, of every kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rest = Mapping[str, Any]  # of a schema: all but its type


@dataclass(frozen=True)
class Example:
    """good: as the API shows it again. bad: what is refused, with the field at fault and the code.

    more, lost: changes of the good one that are taken; that are refused, with the field and the
        code.
    form: the good one as an owner fills in the fields of the form.
    """

    good: Rest
    bad: Sequence[tuple[Rest, str, str]]
    more: Sequence[Rest]
    lost: Sequence[tuple[Rest, str, str]]
    form: Mapping[str, str]


YES, NO = {"name": "yes"}, {"name": "no"}

EXAMPLES: Mapping[str, Example] = {
    "choice": Example(
        good={"classes": [YES, NO]},
        bad=[
            ({}, "schema.classes", "required"),
            ({"classes": "yes"}, "schema.classes", "not_a_list"),
            ({"classes": ["yes"]}, "schema.classes", "min_length"),
            ({"classes": [str(n) for n in range(1001)]}, "schema.classes", "max_length"),
            ({"classes": ["yes", "yes"]}, "schema.classes", "repeated"),
            ({"classes": ["yes", "Yes"]}, "schema.classes", "look_alike"),
            ({"classes": ["yes", ""]}, "schema.classes.1.name", "blank"),
            ({"classes": [{**YES, "key": "y"}, {**NO, "key": "y"}]}, "schema.classes", "repeated"),
            ({"classes": ["yes", {**NO, "number": 1}]}, "schema.classes.1.number", "unknown"),
            ({"classes": ["yes", "no"], "most": 2}, "schema.most", "unknown"),
        ],
        more=[{"classes": [YES, NO, {"name": "maybe"}]}, {"classes": [{**YES, "title": "Yes!", "key": "y"}, NO]}],
        lost=[
            ({"classes": [YES, {"name": "nope"}]}, "schema.classes", "classes_in_use"),
            ({"classes": [NO, YES]}, "schema.classes", "classes_in_use"),
            ({"classes": [{"name": "maybe"}, YES, NO]}, "schema.classes", "classes_in_use"),
        ],
        form={"classes": "yes\n no \n\n"},
    ),
}
