"""Tables in: columns found by their names, as codes, and every fault told with its place."""

import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from quality.aggregation import Coded
from quality.cli.errors import BadFile

STANDARD = "-"
"""Stands for standard input or standard output in place of a file's name."""

ALIASES = {"label": ("label", "answer")}
"""Other names that a column may go by."""

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
"""The format of a file whose name ends so, perhaps with `.gz` after it; of any other, it is CSV."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns to read from a file, in any order among others.

    required, optional: their names. numbers: those whose cells are numbers rather than names, so that Parquet may
    hold floats. blank: those whose cells may be empty.
    """

    required: Sequence[str]
    optional: Sequence[str] = ()
    numbers: Collection[str] = ()
    blank: Collection[str] = ()


Reader = Callable[[str, BinaryIO, Columns], tuple[dict[str, Coded], Sequence[int]]]
"""Takes the name to tell in faults, a stream, and the columns to read."""


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


def read_table(path: str, columns: Columns, *, form: str | None = None) -> Table:
    """The `columns` of a file: all required ones, and the optional ones it has.

    form: csv, jsonl or parquet; by default what the file's name says. Text is UTF-8 with or without a byte order
    mark, perhaps gzipped; blank lines are skipped; cells are taken exactly as they stand. Raises BadFile naming the
    line.
    """
    name = "standard input" if path == STANDARD else path
    try:
        with _opened(path) as stream:
            read, lines = _reader(form or format_of(path))(name, stream, columns)
    except OSError as error:
        raise BadFile.from_os_error(name, error) from None
    return Table(name, read, lines)


def format_of(path: str) -> str:
    """csv, jsonl or parquet, by how the file's name ends."""
    return FORMATS.get(PurePath(path.removesuffix(".gz")).suffix.lower(), "csv")


def require_one_stdin(*paths: str | None) -> None:
    """BadFile if more than one of the paths is standard input, which can be read only once."""
    if paths.count(STANDARD) > 1:
        raise BadFile("standard input", "can stand for one file only")


def found_places(name: str, titles: Sequence[str], columns: Columns, *, line: int | None) -> dict[str, int]:
    """Where among the titles each column stands, under any of its names; optional ones only if they are there.

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


def _opened(path: str) -> AbstractContextManager[BinaryIO]:
    if path == STANDARD:
        return nullcontext(sys.stdin.buffer)
    if path.endswith(".gz"):
        import gzip  # noqa: PLC0415 (most files are not compressed)

        return gzip.open(path, "rb")  # type: ignore[return-value]
    return open(path, "rb")


def _reader(form: str) -> Reader:
    """Imported when wanted: pyarrow takes longer to load than most files to read."""
    if form == "parquet":
        from quality.cli.parquet_files import read_parquet  # noqa: PLC0415

        return read_parquet
    from quality.cli.text_files import read_csv, read_jsonl  # noqa: PLC0415

    return read_jsonl if form == "jsonl" else read_csv
