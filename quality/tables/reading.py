"""Tables in: CSV, JSON lines or Parquet, as the file's name says."""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO

from quality.aggregation import Coded
from quality.tables.columns import STANDARD, Columns, Table, format_of
from quality.tables.errors import BadFile

Reader = Callable[[str, BinaryIO, Columns], tuple[dict[str, Coded], Sequence[int]]]
"""Takes the name to tell in faults, a stream, and the columns to read."""


def read_table(path: str, columns: Columns, *, form: str | None = None) -> Table:
    """The `columns` of a file: all required ones, and the optional ones it has.

    form: csv, jsonl or parquet; by default what the file's name says. Text is UTF-8 with or without
    a byte order mark, perhaps gzipped; blank lines are skipped; cells are taken exactly as they
    stand. Raises BadFile naming the line.
    """
    name = "standard input" if path == STANDARD else path
    try:
        with _opened(path) as stream:
            read, lines = _reader(form or format_of(path))(name, stream, columns)
    except OSError as error:
        raise BadFile.from_os_error(name, error) from None
    return Table(name, read, lines)


def require_one_stdin(*paths: str | None) -> None:
    """BadFile if more than one of the paths is standard input, which can be read only once."""
    if paths.count(STANDARD) > 1:
        raise BadFile("standard input", "can stand for one file only")


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
        from quality.tables.parquet_files import read_parquet  # noqa: PLC0415

        return read_parquet
    from quality.tables.text_files import read_csv, read_jsonl  # noqa: PLC0415

    return read_jsonl if form == "jsonl" else read_csv
