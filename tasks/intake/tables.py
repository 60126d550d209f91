"""Rows of CSV and JSON Lines files, each with the number of its line; whatever is wrong is named by
that number."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from crowd.api import storable
from crowd.cells import unguarded
from crowd.errors import Fault
from tasks.errors import InvalidFile
from tasks.intake.spreadsheets import Unreadable, read_sheet, text_lines

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


def read_rows(file: IO[bytes], table_format: str, known: Collection[str] = ()) -> Iterator[Row]:
    """The rows of a `csv` or `jsonl` file as dictionaries; the `known` columns of a CSV are found
    in any case. Raises InvalidFile at the first line that is torn."""
    try:
        yield from _csv_rows(file, known) if table_format == "csv" else _json_rows(text_lines(file))
    except Unreadable as error:
        fail(error.line, _("{problem}.").format(problem=str(error)[:1].upper() + str(error)[1:]), "torn")


def _csv_rows(file: IO[bytes], known: Collection[str]) -> Iterator[Row]:
    sheet = read_sheet(file, known)
    if sheet is None:
        fail(1, _("The file is empty: its first line must name the columns."), "empty")
        return
    if len(set(sheet.titles)) < len(sheet.titles):
        fail(1, _("A column is named twice: {titles}.").format(titles=", ".join(sheet.titles)[:500]), "repeated_column")
    for line, cells in sheet.rows:
        yield line, dict(zip(sheet.titles, map(unguarded, cells), strict=True))


def need_columns(cells: Iterable[str], needed: Sequence[Sequence[str]]) -> None:
    """Raises InvalidFile if a table has none of the names that a column may go by, telling those
    that it has."""
    there = list(cells)
    missing = [_(" or ").join(names) for names in needed if not set(names) & set(there)]
    if missing:
        message = _("There is no column {missing}; the first line names: {found}.")
        raise InvalidFile(message.format(missing=_(" and no column ").join(missing), found=", ".join(there)[:500]))


def _json_rows(text: Iterable[str]) -> Iterator[Row]:
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
