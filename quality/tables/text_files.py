"""CSV and JSON Lines, a line at a time, so that every fault is told with its line."""

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np

from quality.aggregation import Coded
from quality.tables.columns import ALIASES, Columns, found_places, known_titles, missing
from quality.tables.errors import BadFile
from quality.tables.guards import GUARD, unguarded
from quality.tables.spreadsheets import Sheet, Unreadable, read_sheet, text_lines

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


def read_csv(name: str, stream: BinaryIO, wanted: Columns) -> Read:
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


def read_jsonl(name: str, stream: BinaryIO, wanted: Columns) -> Read:
    """One object a line. Numbers and truth values stand for their JSON spelling; an optional column
    is there if the first object has it, and then in all. Where a cell may be empty, it may also be
    null or left out."""
    columns: dict[str, _Column] = {}
    lines = array("q")
    for line, text in enumerate(_lines(name, stream), start=1):
        if not text.strip():
            continue
        row = _object(name, line, text)
        if not columns:
            there = (each for each in wanted.optional if each in wanted.blank or _key(row, each) is not None)
            columns = {column: _Column() for column in (*wanted.required, *there)}
        for column, values in columns.items():
            values.append(_cell(name, line, row, column, may_be_empty=column in wanted.blank))
        lines.append(line)
    columns = columns or {column: _Column() for column in wanted.required}
    return {column: values.coded() for column, values in columns.items()}, lines


def _object(name: str, line: int, text: str) -> Mapping[str, Any]:
    try:
        row = json.loads(text)
    except ValueError as error:
        raise BadFile(name, f"not JSON: {error}", line=line) from None
    if not isinstance(row, dict):
        raise BadFile(name, "not a JSON object", line=line)
    return row


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


def _lines(name: str, stream: BinaryIO) -> Iterator[str]:
    """Lines of text; a bad byte is told with its line."""
    try:
        yield from text_lines(stream)
    except Unreadable as error:
        raise BadFile(name, str(error), line=error.line) from None
