"""Columns and tables: found by their names, kept as codes, and every fault told with its place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation import Coded
from quality.formats.registry import FORMATS, format_called
from quality.formats.table_format import TableFormat
from quality.tables.errors import BadFile

STANDARD = "-"
"""Stands for standard input or standard output in place of a file's name."""

ALIASES = {"label": ("label", "answer"), "left": ("left", "a"), "right": ("right", "b")}
"""Other names that a column may go by."""

Values = Coded | npt.NDArray[np.float64] | npt.NDArray[np.int64] | Sequence[object]
"""A column that goes out: names, numbers, or anything; nan in an array, and None, are cells left
empty."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns to read from a file, in any order among others.

    required, optional: their names. numbers: those whose cells are numbers rather than names, so
    that Parquet may hold floats. blank: those whose cells may be empty. truths, moments: those
    that say true or false, or when, so that Parquet may hold such values.
    """

    required: Sequence[str]
    optional: Sequence[str] = ()
    numbers: Collection[str] = ()
    blank: Collection[str] = ()
    truths: Collection[str] = ()
    moments: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that were asked for, and the line, or the row, that each row starts on."""

    name: str
    columns: dict[str, Coded]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)

    def rows_of(self, column: str = "task") -> dict[str, int]:
        """The row of each task, or of each value of another column. BadFile if one has two."""
        rows: dict[str, int] = {}
        for row, value in enumerate(self.columns[column].values()):
            first = rows.setdefault(value, row)
            if first != row:
                raise self.fault(row, f"{column} {value!r} was on line {self.lines[first]} already")
        return rows

    def where(self, rows: npt.NDArray[np.intp] | Sequence[int]) -> "Table":
        """Only these rows, and only the names that occur in them."""
        chosen = {
            column: Coded.of(values.names[code] for code in values.codes[rows].tolist())
            for column, values in self.columns.items()
        }
        return Table(self.name, chosen, [self.lines[row] for row in rows])

    def fault(self, row: int, problem: str) -> BadFile:
        """An error that names the line of a row."""
        return BadFile(self.name, problem, line=self.lines[row])

    def fault_of(self, column: str, name: str, problem: str) -> BadFile:
        """An error that names the first line on which a column has this cell."""
        values = self.columns[column]
        return self.fault(int(np.flatnonzero(values.codes == values.names.index(name))[0]), problem)


def format_of(path: str) -> TableFormat:
    """By how the file's name ends, perhaps with `.gz` after it; of any other, it is CSV."""
    return format_called(path.removesuffix(".gz")) or FORMATS["csv"]


def found_places(name: str, titles: Sequence[str], columns: Columns, *, line: int | None) -> dict[str, int]:
    """Where among the titles each column stands, under any of its names; optional ones only if they
    are there.

    BadFile if a required one is missing, or if one is there twice.
    """
    places = {}
    for column in (*columns.required, *columns.optional):
        aliases = ALIASES.get(column, (column,))
        found = [place for place, title in enumerate(titles) if title in aliases]
        if len(found) > 1:
            raise BadFile(name, f"{len(found)} columns called {' or '.join(aliases)}", line=1)
        if found:
            places[column] = found[0]
        elif column in columns.required:
            raise missing(name, titles, column, line=line)
    return places


def known_titles(columns: Columns) -> set[str]:
    """Every name that one of the columns may go by."""
    return {alias for column in (*columns.required, *columns.optional) for alias in ALIASES.get(column, (column,))}


def missing(name: str, titles: Sequence[str], column: str, *, line: int | None = 1) -> BadFile:
    wanted = " or ".join(ALIASES.get(column, (column,)))
    return BadFile(name, f"no column called {wanted}, only {', '.join(titles)}", line=line)
