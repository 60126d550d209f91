"""Results out: tables, JSON and a few lines of text, with files written whole or not at all."""

import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from quality.formats.columns import Layout, rows_of
from quality.formats.table_format import TableFormat
from quality.tables.columns import STANDARD, Values, format_of
from quality.tables.errors import BadFile
from quality.tables.extras import without_package

Writer = Callable[[BinaryIO], None]
"""Writes a result to an open file."""


def table_writer(path: str, columns: Mapping[str, Values]) -> Writer:
    """Writes the columns in the format that the file's name says."""
    return partial(_write, format_of(path), columns)


def _write(form: TableFormat, columns: Mapping[str, Values], stream: BinaryIO) -> None:
    try:
        for part in form.write(Layout(dict.fromkeys(columns)), [tuple(columns.values())]):
            stream.write(part)
    except ModuleNotFoundError as error:
        raise without_package("the result", form.title, str(error.name)) from None


def print_text(text: str) -> None:
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def print_json(summary: Mapping[str, Any]) -> None:
    """One JSON object; figures that are undefined are null."""
    print_text(json.dumps(_without_nan(summary), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_note(note: str) -> None:
    """A line for the person at the terminal, apart from the results."""
    sys.stderr.write(f"{note}\n")


def objects_of(columns: Mapping[str, Values]) -> list[dict[str, object]]:
    """The rows of a table, as objects of JSON."""
    rows = rows_of(Layout(dict.fromkeys(columns)), tuple(columns.values()))
    return [dict(zip(columns, row, strict=True)) for row in rows]


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
