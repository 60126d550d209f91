"""Tables in: columns found by their names, as codes, and every fault told with its place."""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from quality.aggregation import Coded
from quality.cli.errors import BadFile

STANDARD = "-"
"""Stands for standard input or standard output in place of a file's name."""

ALIASES = {"label": ("label", "answer")}
"""Other names that a column may go by."""

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
"""The format of a file whose name ends so, perhaps with `.gz` after it; of any other, it is CSV."""


Reader = Callable[
    [str, BinaryIO, Sequence[str], Sequence[str]],
    tuple[dict[str, Coded], Sequence[int]],
]
"""Takes the name to tell in faults, a stream, and the required and optional columns."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that were asked for, and the line, or the row, that each row starts on."""

    name: str
    columns: dict[str, Coded]
    lines: Sequence[int]

    def by_task(self) -> dict[str, int]:
        """The row of each task. BadFile if a task has two."""
        rows: dict[str, int] = {}
        for row, task in enumerate(self.columns["task"].values()):
            first = rows.setdefault(task, row)
            if first != row:
                raise BadFile(self.name, f"task {task!r} was on line {self.lines[first]} already", line=self.lines[row])
        return rows


def read_table(path: str, required: Sequence[str], optional: Sequence[str] = (), *, form: str | None = None) -> Table:
    """The `required` columns of a file, and those `optional` ones it has, in any order among others.

    form: csv, jsonl or parquet; by default what the file's name says. Text is UTF-8 with or without a byte order
    mark, perhaps gzipped; blank lines are skipped; cells are taken exactly as they stand. Raises BadFile naming the
    line.
    """
    name = "standard input" if path == STANDARD else path
    try:
        with _opened(path) as stream:
            columns, lines = _reader(form or format_of(path))(name, stream, required, optional)
    except OSError as error:
        raise BadFile.from_os_error(name, error) from None
    return Table(name, columns, lines)


def format_of(path: str) -> str:
    """csv, jsonl or parquet, by how the file's name ends."""
    return FORMATS.get(PurePath(path.removesuffix(".gz")).suffix.lower(), "csv")


def require_one_stdin(*paths: str | None) -> None:
    """BadFile if more than one of the paths is standard input, which can be read only once."""
    if paths.count(STANDARD) > 1:
        raise BadFile("standard input", "can stand for one file only")


def found_places(
    name: str, titles: Sequence[str], required: Sequence[str], optional: Sequence[str], *, line: int | None
) -> dict[str, int]:
    """Where among the titles each column stands, under any of its names; optional ones only if they are there.

    BadFile if a required one is missing, or if one is there twice.
    """
    places = {}
    for column in (*required, *optional):
        aliases = ALIASES.get(column, (column,))
        found = [place for place, title in enumerate(titles) if title in aliases]
        if len(found) > 1:
            raise BadFile(name, f"{len(found)} columns called {' or '.join(aliases)}", line=1)
        if found:
            places[column] = found[0]
        elif column in required:
            raise missing(name, titles, column, line=line)
    return places


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
