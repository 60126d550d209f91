"""CSV, as people send it, from spreadsheets of any country, from Windows and from macOS; and as it
goes out."""

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from quality.formats.columns import Chunk, Layout, json_text, moment, rows_of
from quality.formats.faults import Unreadable, gettext_noop
from quality.formats.guards import guarded, kept_apart, unguarded
from quality.formats.table_format import Row, TableFormat
from quality.formats.text_lines import text_lines

DELIMITERS = (",", ";", "\t")
LINES_AT_ONCE = 10_000
Record = tuple[int, list[str]]
WIDER = gettext_noop("{n} cells under a header of {width}")
UNNAMED = gettext_noop("column {n} has no name, but something in it")
EMPTY = gettext_noop("the file is empty: its first line must name the columns")
TWICE = gettext_noop("a column is named twice: {titles}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The named columns of a table, and its rows with the line that each begins on, in the order of
    the columns."""

    titles: Sequence[str]
    rows: Iterable[Record]


def read_sheet(stream: IO[bytes], known: Collection[str]) -> Sheet | None:
    """The table, whose first row that holds anything names its columns; None if there is nothing in
    it.

    known: titles that mean something to us, found whatever their case and with spaces for
    underscores. Cells are separated by commas, semicolons or tabs, as a first line `sep=` or else
    the titles show. Rows of empty cells are skipped, and so are columns that have neither a title
    nor anything else. Raises Unreadable, also at a row.
    """
    lines, skipped, delimiter = _opening(text_lines(stream))
    records = _records(lines, skipped, delimiter)
    _line, header = next(records, (0, []))
    if not header:
        return None
    titles = [_known_title(unguarded(title.strip()), known) for title in header]
    named = [place for place, title in enumerate(titles) if title]
    return Sheet([titles[place] for place in named], _rows(records, named, len(titles)))


def _known_title(title: str, known: Collection[str]) -> str:
    plain = "_".join(title.casefold().split())
    return plain if plain in known else title


def _rows(records: Iterable[Record], named: Sequence[int], width: int) -> Iterator[Record]:
    plain = list(range(width)) == list(named)
    for line, cells in records:
        yield line, cells if plain and len(cells) == width else _fitted(line, cells, named, width)


def _fitted(line: int, cells: list[str], named: Sequence[int], width: int) -> list[str]:
    """The cells of the named columns; the others hold nothing."""
    if len(cells) <= named[-1]:
        raise Unreadable(line, WIDER, n=len(cells), width=width)
    chosen = set(named)
    stray = next((place for place, cell in enumerate(cells) if place not in chosen and cell.strip()), None)
    if stray is not None and stray >= width:
        raise Unreadable(line, WIDER, n=len(cells), width=width)
    if stray is not None:
        raise Unreadable(line, UNNAMED, n=stray + 1)
    return [cells[place] for place in named]


def _opening(lines: Iterator[str]) -> tuple[Iterator[str], int, str]:
    """All lines but one that only names the delimiter, how many were left out, and the
    delimiter."""
    begun: list[str] = []
    for line in lines:
        if not begun and line.casefold().startswith("sep=") and line.strip()[4:5] in (*DELIMITERS, ""):
            return lines, 1, line[4:5]
        begun.append(line)
        if line.strip(' \r\n"' + "".join(DELIMITERS)):
            break
    return chain(begun, lines), 0, _delimiter(begun[-1] if begun else "")


def _delimiter(titles: str) -> str:
    """Of those outside quotes the most frequent; commas where they are as many."""
    outside = "".join(titles.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _records(lines: Iterable[str], skipped: int, delimiter: str) -> Iterator[Record]:
    """Each record that isn't blank, with the line it starts on; quoted cells may run over several
    lines."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for record in reader:
            if any(cell and not cell.isspace() for cell in record):
                yield line, record
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(line, gettext_noop("not CSV: {why}"), why=error) from None


def read(stream: IO[bytes], known: Collection[str]) -> Iterator[Row]:
    """The rows as dictionaries, without the apostrophes of guarded cells. Raises Unreadable."""
    sheet = read_sheet(stream, known)
    if sheet is None:
        raise Unreadable(1, EMPTY, "empty")
    if len(set(sheet.titles)) < len(sheet.titles):
        raise Unreadable(1, TWICE, "repeated_column", titles=", ".join(sheet.titles)[:500])
    for line, cells in sheet.rows:
        yield line, dict(zip(sheet.titles, map(unguarded, cells), strict=True))


def write(layout: Layout, chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """A header and a line a row. Floats read back as the same floats; shares, and what is true or
    false, are JSON in their cell."""
    text = guarded if layout.for_spreadsheets else kept_apart
    written: dict[str, Callable[[Any], object]] = {
        "time": moment,
        "shares": json_text,
        "truth": _truth,
        "json": lambda value: text(json_text(value)),
    }
    yield from _encoded(_lines([tuple(map(text, layout.types))]))
    for chunk in chunks:
        yield from _encoded(_lines(rows_of(layout, chunk, text=text, **written)))


def _truth(is_so: bool) -> str:
    return "true" if is_so else "false"


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    while some := "".join(islice(lines, LINES_AT_ONCE)):
        yield some.encode()


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    written = _Line()
    # Told that lines end in \r\n, the writer quotes cells that hold either; told \n, it would leave
    # a lone \r bare.
    writer = csv.writer(written, lineterminator="\r\n")
    for row in rows:
        writer.writerow(row)
        yield written.text.removesuffix("\r\n") + "\n"


class _Line:
    """The line that a csv.writer wrote last."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


FORMAT = TableFormat(
    name="csv",
    title="CSV",
    endings=(".csv",),
    media_types=("text/csv",),
    charset="utf-8",
    has_header=True,
    write=write,
    read=read,
)
