"""JSON values are equal if the database keeps them as the same."""

from typing import Any

import pytest

from crowd.json_values import same_json


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, True, False),
        (1, 1.0, False),
        (0, False, False),
        (0, None, False),
        (1, "1", False),
        ({"a": [1, {"b": 0}]}, {"a": [1, {"b": False}]}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], [1], False),
        ({"a": 1, "b": [2.5]}, {"b": [2.5], "a": 1}, True),
        (0.1 + 0.2, 0.3, False),
        (1e22, 10**22, True),  # as which PostgreSQL gives 1e22 back
        (-0.0, 0.0, True),
        (10**400, 10**400, True),
        (10**400, 1.5, False),
    ],
)
def test_values_are_compared_as_they_are_stored(one: Any, other: Any, same: bool) -> None:
    assert (same_json(one, other), same_json(other, one)) == (same, same)
    assert same_json(one, one)
