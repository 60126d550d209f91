"""Tables in, in the format that the file's name says."""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import BinaryIO

from quality.aggregation import Coded
from quality.formats.registry import FORMATS
from quality.formats.table_format import TableFormat
from quality.tables.columns import STANDARD, Columns, Table, format_of
from quality.tables.errors import BadFile

Reader = Callable[[TableFormat, str, BinaryIO, Columns], tuple[dict[str, Coded], Sequence[int]]]
"""Takes the format, the name to tell in faults, a stream, and the columns to read."""

STRAIGHT = {"csv": ("text_files", "read_csv"), "parquet": ("parquet_files", "read_parquet")}
BY_ROWS = ("text_files", "read_rows")
"""The module and the function that reads a format: straight into columns, or row by row."""


def read_table(path: str, columns: Columns, *, form: str | None = None) -> Table:
    """The `columns` of a file: all required ones, and the optional ones it has.

    form: one of FORMATS; by default what the file's name says. Text is UTF-8 with or without
    a byte order mark, perhaps gzipped; blank lines are skipped; cells are taken exactly as they
    stand. Raises BadFile naming the line.
    """
    name = "standard input" if path == STANDARD else path
    table_format = FORMATS[form] if form else format_of(path)
    try:
        with _opened(path) as stream:
            read, lines = _reader(table_format)(table_format, name, stream, columns)
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


def _reader(form: TableFormat) -> Reader:
    """Imported when wanted: pyarrow takes longer to load than most files to read."""
    module, function = STRAIGHT.get(form.name, BY_ROWS)
    reader: Reader = getattr(import_module(f"quality.tables.{module}"), function)
    return reader
