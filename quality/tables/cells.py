"""Cells of a table as values: each different one is read once, and a bad one is told with its
line."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from quality.tables.columns import Table

Floats = npt.NDArray[np.float64]

LARGEST = 1e100
"""Numbers beyond it are refused, so that no square of one overflows."""

TRUTHS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}

LAST_PLACE = 2**31 - 1
"""Places in texts beyond it are refused, so that those of all tasks can be numbered in 64 bits."""


def numbers(table: Table, column: str) -> Floats:
    """(rows,) the numbers of a column; nan where the cell is empty."""
    return _parsed(table, column, _number, "is not a number")


def whole_numbers(table: Table, column: str) -> Floats:
    """(rows,) the numbers of a column that are whole, from 0 to `LAST_PLACE`; nan where the cell is
    empty."""
    return _parsed(table, column, _place, f"is not a whole number from 0 to {LAST_PLACE}")


def times(table: Table, column: str) -> Floats:
    """(rows,) the numbers of a column that are above 0; nan where the cell is empty."""
    return _parsed(table, column, _time, "is not a number above 0")


def probabilities(table: Table, column: str) -> Floats:
    """(rows,) the numbers of a column from 0 to 1; nan where the cell is empty."""
    return _parsed(table, column, _probability, "is not a number from 0 to 1", called=f"{column} ")


def truths(table: Table, column: str, *, where_empty: bool) -> npt.NDArray[np.bool_]:
    """(rows,) what the cells say: true or false, however it is written."""
    said = {**TRUTHS, "": where_empty}
    parsed = _parsed(table, column, lambda cell: said.get(cell.casefold()), "is neither true nor false")
    return np.where(np.isnan(parsed), where_empty, parsed).astype(bool)


def is_blank(table: Table, column: str) -> npt.NDArray[np.bool_]:
    """(rows,) whether the cell is empty."""
    values = table.columns[column]
    return np.array([not name.strip() for name in values.names], dtype=bool)[values.codes]


def is_number(text: str) -> bool:
    return _number(text) is not None


def _parsed(
    table: Table, column: str, parse: Callable[[str], float | None], problem: str, *, called: str = ""
) -> Floats:
    values = table.columns[column]
    parsed = np.empty(len(values.names))
    for code, name in enumerate(values.names):
        number = parse(name) if name.strip() else math.nan
        if number is None:
            raise table.fault_of(column, name, f"{called}{name!r} {problem}")
        parsed[code] = number
    return parsed[values.codes]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) <= LARGEST and "_" not in text else None  # Python reads 1_000 too


def _place(text: str) -> float | None:
    number = _number(text)
    return number if number is not None and 0 <= number <= LAST_PLACE and number.is_integer() else None


def _time(text: str) -> float | None:
    number = _number(text)
    return number if number is not None and number > 0 else None


def _probability(text: str) -> float | None:
    number = _number(text)
    return number if number is not None and 0 <= number <= 1 else None
