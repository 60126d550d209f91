"""Results out: tables, JSON and a few lines of text, with files written whole or not at all."""

import csv
import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from quality.aggregation import Coded
from quality.tables.columns import STANDARD, Values, format_of
from quality.tables.errors import BadFile
from quality.tables.guards import kept_apart

LINES_AT_ONCE = 10_000


Writer = Callable[[BinaryIO], None]
"""Writes a result to an open file."""


def table_writer(path: str, columns: Mapping[str, Values]) -> Writer:
    """Writes the columns as CSV, JSON Lines or Parquet, as the file's name says."""
    form = format_of(path)
    if form == "parquet":
        from quality.tables.parquet_files import write_parquet  # noqa: PLC0415 (slow to load)

        return lambda stream: write_parquet(stream, columns)
    if form == "jsonl":
        return lambda stream: _write_text(stream, columns, _jsonl_lines)
    readable = {title: _unlike_guarded(values) for title, values in columns.items()}
    return lambda stream: _write_text(stream, readable, _csv_lines)


def _write_text(
    stream: BinaryIO,
    columns: Mapping[str, Values],
    lines: Callable[[Mapping[str, Values], Iterable[Sequence[object]]], Iterator[str]],
) -> None:
    rows = zip(*(_listed(values) for values in columns.values()), strict=True)
    written = lines(columns, rows)
    while batch := "".join(islice(written, LINES_AT_ONCE)):
        stream.write(batch.encode())


def _csv_lines(columns: Mapping[str, Values], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Floats are written so that they read back as the same floats."""
    written = _Line()
    # Told that lines end in \r\n, the writer quotes cells that hold either; told \n, it would leave
    # a lone \r bare.
    writer = csv.writer(written, lineterminator="\r\n")
    for row in chain([tuple(columns)], rows):
        writer.writerow(row)
        yield written.text.removesuffix("\r\n") + "\n"


def _unlike_guarded(values: Values) -> Values:
    """The column with cells that reading will not take for guarded ones."""
    if isinstance(values, Coded):
        return Coded(values.codes, tuple(map(kept_apart, values.names)))
    if isinstance(values, np.ndarray):
        return values
    return [kept_apart(value) if isinstance(value, str) else value for value in values]


def _jsonl_lines(columns: Mapping[str, Values], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n"


def _listed(values: Values) -> Iterable[object]:
    if isinstance(values, Coded):
        return map(values.names.__getitem__, values.codes.tolist())
    if not isinstance(values, np.ndarray):
        return values
    is_empty = np.isnan(values)
    if not is_empty.any():
        return values.tolist()
    cells = values.astype(object)
    cells[is_empty] = None
    return cells.tolist()


class _Line:
    """The line that a csv.writer wrote last."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def print_text(text: str) -> None:
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def print_json(summary: Mapping[str, Any]) -> None:
    """One JSON object; figures that are undefined are null."""
    print_text(json.dumps(_without_nan(summary), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_note(note: str) -> None:
    """A line for the person at the terminal, apart from the results."""
    sys.stderr.write(f"{note}\n")


def rows_of(columns: Mapping[str, Values]) -> list[dict[str, object]]:
    """The rows of a table, as objects of JSON."""
    listed = zip(*(_listed(values) for values in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in listed]


def write_all(results: Mapping[str, Writer]) -> None:
    """Write every result to the path it stands under: all of them, or none if one cannot be
    written. `-` comes last.

    Raises BadFile naming the path that cannot be written.
    """
    with ExitStack() as parts:
        written = [
            (path, parts.enter_context(_part_of(path, write))) for path, write in results.items() if path != STANDARD
        ]
        for path, part in written:
            with _naming(path):
                part.replace(Path(path).resolve())
    if STANDARD in results:
        results[STANDARD](sys.stdout.buffer)
        sys.stdout.buffer.flush()


@contextmanager
def _part_of(path: str, write: Writer) -> Iterator[Path]:
    """The result in a hidden file beside its target, which is gone at the end unless it took its
    target's place."""
    target = Path(path).resolve()  # a link keeps pointing to the file that is replaced
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _naming(path):
            if target.exists() and not target.is_file():
                raise BadFile(path, "not a regular file, so it cannot be replaced; - writes to standard output")
            with part.open("wb") as file, _compressed(path, file) as stream:
                write(stream)
            if target.exists():
                shutil.copymode(target, part)
        yield part
    finally:
        part.unlink(missing_ok=True)


def _compressed(path: str, file: BinaryIO) -> AbstractContextManager[BinaryIO]:
    """The file, or what compresses into it if the name of the target says so."""
    if not path.endswith(".gz"):
        return nullcontext(file)
    import gzip  # noqa: PLC0415 (most files are not compressed)

    return gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)  # type: ignore[return-value]


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Errors of the operating system told as faults of `path`, not of the part beside it."""
    try:
        yield
    except OSError as error:
        raise BadFile.from_os_error(path, error) from None


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
