"""Values of JSON, compared as the database keeps them."""

from decimal import Decimal
from typing import Any


def same_json(one: Any, other: Any) -> bool:
    """Whether two values are stored as the same JSON. Unlike in Python, 1, 1.0 and true are three
    values."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    if _is_number(one) and _is_number(other):
        return one == other and _digits(one) == _digits(other)
    return type(one) is type(other) and one == other


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _digits(number: float) -> str:
    """A number as PostgreSQL keeps it: without an exponent (1e22 comes back as a whole number) or
    the sign of zero."""
    return str(number) if isinstance(number, int) else format(Decimal(repr(number or 0.0)), "f")
