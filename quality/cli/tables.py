"""CSV files in: columns found by their names, and every fault told with its line."""

import csv
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import BinaryIO

from quality.cli.errors import BadFile

STANDARD = "-"
"""Stands for standard input or standard output in place of a file's name."""

ALIASES = {"label": ("label", "answer")}
"""Other names that a column may go by."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that were asked for, and the line that each row starts on."""

    name: str
    columns: dict[str, list[str]]
    lines: Sequence[int]

    def by_task(self) -> dict[str, int]:
        """The row of each task. BadFile if a task has two."""
        rows: dict[str, int] = {}
        for row, task in enumerate(self.columns["task"]):
            first = rows.setdefault(task, row)
            if first != row:
                raise BadFile(self.name, f"task {task!r} was on line {self.lines[first]} already", line=self.lines[row])
        return rows


def read_table(path: str, required: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """The `required` columns of a CSV file, and those `optional` ones it has, in any order among others.

    UTF-8 with or without a byte order mark; blank lines are skipped; cells are taken exactly as they stand. Raises
    BadFile naming the line.
    """
    name = "standard input" if path == STANDARD else path
    try:
        with _opened(path) as stream:
            records = _records(name, stream)
            line, header = next(records, (1, []))
            if not header:
                raise BadFile(name, f"empty; it needs a header with {', '.join(required)}", line=line)
            places = _places(name, line, header, required, optional)
            return _collected(name, len(header), places, records)
    except OSError as error:
        raise BadFile.from_os_error(name, error) from None


def require_one_stdin(*paths: str | None) -> None:
    """BadFile if more than one of the paths is standard input, which can be read only once."""
    if paths.count(STANDARD) > 1:
        raise BadFile("standard input", "can stand for one file only")


def _opened(path: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if path == STANDARD else open(path, "rb")


def _lines(name: str, stream: Iterable[bytes]) -> Iterator[str]:
    """Lines of text, decoded one at a time so that a bad byte is told with its line."""
    for number, line in enumerate(stream, start=1):
        if b"\0" in line:
            raise BadFile(name, "a NUL byte; is this CSV in UTF-8?", line=number)
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise BadFile(name, f"byte {error.start + 1} is not UTF-8", line=number) from None


def _records(name: str, stream: Iterable[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Each record that isn't blank, with the line it starts on; quoted cells may run over several lines."""
    reader = csv.reader(_lines(name, stream), strict=True)
    line = 1
    try:
        for record in reader:
            if record:
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(name, f"not CSV: {error}", line=line) from None


def _places(
    name: str, line: int, header: Sequence[str], required: Sequence[str], optional: Sequence[str]
) -> dict[str, int]:
    """Where in a record each column stands."""
    titles = [title.strip() for title in header]
    places = {}
    for column in (*required, *optional):
        aliases = ALIASES.get(column, (column,))
        found = [place for place, title in enumerate(titles) if title in aliases]
        if len(found) > 1:
            raise BadFile(name, f"{len(found)} columns called {' or '.join(aliases)}", line=line)
        if not found and column in required:
            raise BadFile(name, f"no column called {' or '.join(aliases)}, only {', '.join(titles)}", line=line)
        if found:
            places[column] = found[0]
    return places


def _collected(name: str, width: int, places: dict[str, int], records: Iterator[tuple[int, list[str]]]) -> Table:
    """The cells of every record, column by column. Equal cells share one string, so long files fit in memory."""
    columns: dict[str, list[str]] = {column: [] for column in places}
    lines = array("q")
    seen: dict[str, str] = {}
    for line, record in records:
        if len(record) != width:
            raise BadFile(name, f"{len(record)} cells under a header of {width}", line=line)
        for column, place in places.items():
            cell = record[place]
            if not cell or cell.isspace():
                raise BadFile(name, f"the {column} is empty", line=line)
            columns[column].append(seen.setdefault(cell, cell))
        lines.append(line)
    return Table(name, columns, lines)
