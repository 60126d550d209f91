"""Rows of CSV and JSON Lines files, each with the number of its line; whatever is wrong is named by that number."""

import csv
import io
import json
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from crowd.api import storable
from crowd.cells import unguarded
from crowd.errors import Fault
from tasks.errors import InvalidFile

MAX_FAULTS = 20

Row = tuple[int, dict[str, Any]]


class Faults:
    """Collects what is wrong with a file, to report the first few faults together."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, line: int, detail: str, code: str = "invalid", **more: Any) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append({"line": line, "code": code, "detail": detail, **more})

    def raise_any(self) -> None:
        if self.faults:
            first = self.faults[0]
            message = _("Line {line}: {detail} Nothing was stored; mend the file and send it again.")
            raise InvalidFile(message.format(**first), errors=self.faults)


def fail(line: int, detail: str, code: str = "invalid") -> None:
    faults = Faults()
    faults.add(line, detail, code)
    faults.raise_any()


def read_rows(file: IO[bytes], table_format: str) -> Iterator[Row]:
    """The rows of a `csv` or `jsonl` file as dictionaries. Raises InvalidFile at the first line that is torn."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", errors="strict")
    try:
        yield from _csv_rows(text) if table_format == "csv" else _json_rows(text)
    except UnicodeDecodeError as error:
        raise InvalidFile(_("The file is not UTF-8 text: {error}.").format(error=error.reason)) from error
    finally:
        text.detach()


def _csv_rows(text: IO[str]) -> Iterator[Row]:
    reader = csv.reader(text, strict=True)
    try:
        header = next(reader, None)
        if not header or all(not name.strip() for name in header):
            fail(1, _("The file is empty: its first line must name the columns."), "empty")
            return
        names = [name.strip() for name in header]
        if len(set(names)) < len(names):
            fail(1, _("A column is named twice."), "repeated_column")
        for cells in reader:
            line = reader.line_num
            if not cells:
                continue
            if len(cells) != len(names):
                message = _("This line has {n} cells, the first line {m}.").format(n=len(cells), m=len(names))
                fail(line, message, "torn")
            if any("\0" in cell for cell in cells):
                fail(line, _("This line holds a NUL byte."), "nul")
            yield line, dict(zip(names, map(unguarded, cells), strict=True))
    except csv.Error as error:
        fail(reader.line_num, _("This line is torn: {error}.").format(error=error), "torn")


def _json_rows(text: IO[str]) -> Iterator[Row]:
    for line, content in enumerate(text, start=1):
        if not content.strip():
            continue
        try:
            row = json.loads(content)
            good = storable(row)
        except (ValueError, RecursionError):
            fail(line, _("This line is not JSON."), "torn")
        if not good:
            fail(line, _("This line holds an infinite number, a NUL character or half a surrogate pair."), "nul")
        if not isinstance(row, dict):
            fail(line, _("This line is not a JSON object."), "torn")
        yield line, row
