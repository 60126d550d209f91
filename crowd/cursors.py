"""Long lists in the order of a number and, where that is the same, of a key: the next page begins
after the last row of this one, so that page 1,000 costs what page 1 does however many rows share a
number."""

import math
from dataclasses import dataclass
from typing import Any, Self

from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

LARGEST_KEY = 2**63


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in such a list. As text it goes into addresses."""

    number: float
    key: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError."""
        number, _comma, key = text.partition(",")
        place = cls(float(number), int(key))
        if not math.isfinite(place.number) or not 0 <= place.key < LARGEST_KEY:
            raise ValueError(f"no place in a list: {text[:50]}")
        return place

    def __str__(self) -> str:
        return f"{self.number!r},{self.key}"


def after(rows: Any, names: tuple[str, str], place: Place | None, *, descending: bool = False) -> Any:
    """The rows in the order of these two columns, from after the place on."""
    ordered = rows.order_by(*(f"-{name}" if descending else name for name in names))
    if place is None:
        return ordered
    lookup = TupleLessThan if descending else TupleGreaterThan
    return ordered.filter(lookup(Tuple(*names), (place.number, place.key)))


def next_address(request: Request, place: object | None) -> str | None:
    """Where the rows after a place, which is written as text, are; nothing where there are none."""
    if place is None:
        return None
    address: str = replace_query_param(request.build_absolute_uri(), "cursor", str(place))
    return address
