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
    "choices": Example(
        good={"classes": [YES, NO], "least": 1, "most": 1},
        bad=[
            ({}, "schema.classes", "required"),
            ({"classes": []}, "schema.classes", "min_length"),
            ({"classes": ["yes", "Yes"]}, "schema.classes", "look_alike"),
            ({"classes": ["yes", "no"], "least": 3}, "schema.least", "too_many"),
            ({"classes": ["yes", "no"], "least": 2, "most": 1}, "schema.most", "not_a_range"),
            ({"classes": ["yes", "no"], "most": 0}, "schema.most", "min_value"),
            ({"classes": ["yes", "no"], "low": 2}, "schema.low", "unknown"),
        ],
        more=[{"classes": [YES, NO, {"name": "maybe"}], "least": 0, "most": 2}, {"classes": [YES, NO]}],
        lost=[
            ({"classes": [YES, {"name": "nope"}], "least": 1, "most": 1}, "schema.classes", "classes_in_use"),
            ({"classes": [YES, NO], "least": 2, "most": 2}, "schema.least", "limits_in_use"),
        ],
        form={"classes": "yes\n no \n", "least": "1", "most": "1"},
    ),
    "spans": Example(
        good={"classes": [YES]},
        bad=[
            ({}, "schema.classes", "required"),
            ({"classes": []}, "schema.classes", "min_length"),
            ({"classes": ["yes", "Yes"]}, "schema.classes", "look_alike"),
            ({"classes": ["yes"], "ends": "words"}, "schema.ends", "unknown"),
        ],
        more=[{"classes": [YES, NO]}, {"classes": [{**YES, "title": "Yes!", "key": "y", "color": "#00ff00"}]}],
        lost=[
            ({"classes": [NO]}, "schema.classes", "classes_in_use"),
            ({"classes": [NO, YES]}, "schema.classes", "classes_in_use"),
        ],
        form={"classes": "yes\n\n"},
    ),
    "rating": Example(
        good={"low": 1, "high": 5, "titles": {"1": "poor", "5": "very good"}},
        bad=[
            ({}, "schema.low", "required"),
            ({"low": 1, "high": 1}, "schema.high", "not_a_scale"),
            ({"low": 0, "high": 101}, "schema.high", "not_a_scale"),
            ({"low": 1.5, "high": 5}, "schema.low", "invalid"),
            ({"low": 1, "high": 5, "titles": {"6": "more"}}, "schema.titles", "unknown"),
            ({"low": 1, "high": 5, "steps": 5}, "schema.steps", "unknown"),
        ],
        more=[{"low": 1, "high": 5}, {"low": 1, "high": 5, "titles": {"3": "so so"}}],
        lost=[
            ({"low": 0, "high": 5}, "schema.low", "scale_in_use"),
            ({"low": 1, "high": 6}, "schema.high", "scale_in_use"),
        ],
        form={"low": "1", "high": "5", "titles": "1 poor\n\n5 very good\n"},
    ),
    "number": Example(
        good={"low": -10.0, "high": 100.0, "decimals": 1, "unit": "kg", "tolerance": 2.0},
        bad=[
            ({"low": 5, "high": 5}, "schema.high", "not_a_range"),
            ({"low": "much"}, "schema.low", "invalid"),
            ({"high": 1e300}, "schema.high", "max_value"),
            ({"decimals": 10}, "schema.decimals", "max_value"),
            ({"tolerance": 0}, "schema.tolerance", "min_value"),
            ({"units": "kg"}, "schema.units", "unknown"),
        ],
        more=[{"low": -20.0, "decimals": 2, "unit": "g"}, {}],
        lost=[
            ({"low": 0.0, "high": 100.0, "decimals": 1}, "schema.low", "range_in_use"),
            ({"low": -10.0, "high": 50.0, "decimals": 1}, "schema.high", "range_in_use"),
            ({"low": -10.0, "high": 100.0, "decimals": 0}, "schema.decimals", "range_in_use"),
        ],
        form={"low": "-10", "high": "100", "decimals": "1", "unit": "kg", "tolerance": "2"},
    ),
    "pairwise": Example(
        good={"ties": True},
        bad=[
            ({"ties": "often"}, "schema.ties", "invalid"),
            ({"draws": True}, "schema.draws", "unknown"),
        ],
        more=[{"ties": True}],
        lost=[({"ties": False}, "schema.ties", "ties_in_use")],
        form={"ties": "on"},
    ),
    "text": Example(
        good={"max_length": 200, "unit": "characters"},
        bad=[
            ({"max_length": 0}, "schema.max_length", "min_value"),
            ({"max_length": 10_001}, "schema.max_length", "max_value"),
            ({"max_length": "long"}, "schema.max_length", "invalid"),
            ({"unit": "lines"}, "schema.unit", "invalid_choice"),
            ({"length": 5}, "schema.length", "unknown"),
        ],
        more=[{"max_length": 2000}, {"max_length": 200, "unit": "words"}],
        lost=[({"max_length": 199}, "schema.max_length", "length_in_use")],
        form={"max_length": "200", "unit": "characters"},
    ),
}
