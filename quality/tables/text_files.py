"""Formats of text, a line at a time, so that every fault is told with its line."""

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np

from quality.aggregation import Coded
from quality.formats.csv_tables import Sheet, read_sheet
from quality.formats.faults import Unreadable
from quality.formats.guards import GUARD, unguarded
from quality.formats.table_format import Row, TableFormat
from quality.tables.columns import ALIASES, Columns, found_places, known_titles, missing
from quality.tables.errors import BadFile

Read = tuple[dict[str, Coded], Sequence[int]]


class _Column:
    """A growing column: equal cells share one name and one code, so that long files fit in
    memory."""

    def __init__(self) -> None:
        self.code_of: dict[str, int] = {}
        self.codes = array("i")

    def append(self, cell: str) -> None:
        self.codes.append(self.code_of.setdefault(cell, len(self.code_of)))

    def coded(self) -> Coded:
        return Coded(np.frombuffer(self.codes, dtype=np.int32), tuple(self.code_of))


def read_csv(form: TableFormat, name: str, stream: BinaryIO, wanted: Columns) -> Read:
    try:
        return _read_sheet(name, read_sheet(stream, known_titles(wanted)), wanted)
    except Unreadable as error:
        raise BadFile(name, str(error), line=error.line) from None


def _read_sheet(name: str, sheet: Sheet | None, wanted: Columns) -> Read:
    if sheet is None:
        raise BadFile(name, f"empty; it needs a header with {', '.join(wanted.required)}", line=1)
    places = found_places(name, sheet.titles, wanted, line=1)
    columns = {column: _Column() for column in places}
    cells = [(column, place, columns[column], column in wanted.blank) for column, place in places.items()]
    lines = array("q")
    for line, record in sheet.rows:
        for column, place, values, may_be_empty in cells:
            cell = record[place]
            if not cell or cell.isspace():
                if not may_be_empty:
                    raise BadFile(name, f"the {column} is empty", line=line)
            elif cell[0] == GUARD:
                cell = unguarded(cell)
            values.append(cell)
        lines.append(line)
    return {column: values.coded() for column, values in columns.items()}, lines


def read_rows(form: TableFormat, name: str, stream: BinaryIO, wanted: Columns) -> Read:
    """Numbers and truth values stand for their JSON spelling; an optional column is there if the
    first row has it, and then in all. Where a cell may be empty, it may also be null or left
    out."""
    if form.read is None:
        raise BadFile(name, f"{form.title} is only written")
    try:
        return _columns_of(name, form.read(stream, known_titles(wanted)), wanted)
    except Unreadable as error:
        raise BadFile(name, str(error), line=error.line) from None


def _columns_of(name: str, rows: Iterator[Row], wanted: Columns) -> Read:
    columns: dict[str, _Column] = {}
    lines = array("q")
    for line, row in rows:
        if not columns:
            there = (each for each in wanted.optional if each in wanted.blank or _key(row, each) is not None)
            columns = {column: _Column() for column in (*wanted.required, *there)}
        for column, values in columns.items():
            values.append(_cell(name, line, row, column, may_be_empty=column in wanted.blank))
        lines.append(line)
    columns = columns or {column: _Column() for column in wanted.required}
    return {column: values.coded() for column, values in columns.items()}, lines


def _key(row: Mapping[str, Any], column: str) -> str | None:
    return next((key for key in ALIASES.get(column, (column,)) if key in row), None)


def _cell(name: str, line: int, row: Mapping[str, Any], column: str, *, may_be_empty: bool) -> str:
    key = _key(row, column)
    value = None if key is None else row[key]
    if value is None and may_be_empty:
        return ""
    if key is None:
        raise missing(name, list(row), column, line=line)
    if isinstance(value, str):
        cell = value
    elif isinstance(value, int | float):
        cell = json.dumps(value)
    else:
        raise BadFile(name, f"the {column} is {json.dumps(value)[:80]}, neither text nor a number", line=line)
    if (not cell or cell.isspace()) and not may_be_empty:
        raise BadFile(name, f"the {column} is empty", line=line)
    return cell
