"""Columns of a table that goes out: what they hold, and their cells a chunk at a time."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

CellType = Literal["text", "number", "count", "truth", "shares", "time", "json"]
"""Of a column's cells: a text, a float, a whole number, true or false, numbers by name, a moment
with its zone, or any JSON, which is text where a format has no such cells; any may be None."""


ENCODE = json.JSONEncoder(ensure_ascii=False).encode  # made once: `json.dumps` makes one a call


@runtime_checkable
class Named(Protocol):
    """A column that stores each of its names once: row i says `names[codes[i]]`."""

    @property
    def codes(self) -> "Numbers": ...
    @property
    def names(self) -> Sequence[str]: ...


class Numbers(Protocol):
    """An array of numbers, of numpy say; nan is a cell left empty."""

    def tolist(self) -> Any: ...


Cells: TypeAlias = Named | Numbers | Sequence[object]
"""One column: names, numbers, or anything; None is a cell left empty."""

Chunk: TypeAlias = Sequence[Cells]
"""Some rows of a table, column by column in their order."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table goes out.

    types: of its columns, by name; None where the cells themselves show it. for_spreadsheets:
    people will open it in one, so a format without types guards texts that would run as formulas.
    """

    types: Mapping[str, CellType | None]
    for_spreadsheets: bool = False


def rows_of(
    layout: Layout, chunk: Chunk, text: Callable[[str], str] | None = None, **written: Callable[[Any], object]
) -> Iterator[tuple[object, ...]]:
    """The rows of a chunk; nan is None. `text` is applied to texts, and `written` by the type of a
    column to its cells that are not empty."""
    columns = zip(chunk, layout.types.values(), strict=True)
    return zip(*(_cells(cells, text, written.get(each or "")) for cells, each in columns), strict=True)


def _cells(
    cells: Cells, text: Callable[[str], str] | None, written: Callable[[Any], object] | None
) -> Iterable[object]:
    if written:
        return (None if cell is None else written(cell) for cell in _plain(cells))
    if text is None:
        return _plain(cells)
    if isinstance(cells, Named):  # each of which is looked at once
        names = [text(name) for name in cells.names]
        return map(names.__getitem__, cells.codes.tolist())
    return (text(cell) if isinstance(cell, str) else cell for cell in _plain(cells))


def _plain(cells: Cells) -> Iterable[object]:
    if isinstance(cells, Sequence):
        return cells
    if isinstance(cells, Named):
        return map(cells.names.__getitem__, cells.codes.tolist())
    return (None if cell != cell else cell for cell in cells.tolist())  # noqa: PLR0124 (nan is not itself)


def json_text(value: object) -> str:
    """A text as it is, and all else as JSON."""
    return value if isinstance(value, str) else ENCODE(value)


def moment(time: datetime) -> str:
    """As JSON has it."""
    return time.isoformat().replace("+00:00", "Z")
