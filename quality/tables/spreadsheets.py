"""Tables of text as people send them: from spreadsheets of any country, from Windows and from
macOS.

Standard library only, and the same file twice: the service and the command line, which comes
without the service, read alike. `tests/quality/cli/test_spreadsheets.py` holds both to that.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO

DELIMITERS = (",", ";", "\t")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
Record = tuple[int, list[str]]


class Unreadable(ValueError):
    """A table that can't be read: on which line, and why."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


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
    titles = [_known_title(title.strip(), known) for title in header]
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
        raise Unreadable(line, f"{len(cells)} cells under a header of {width}")
    chosen = set(named)
    stray = next((place for place, cell in enumerate(cells) if place not in chosen and cell.strip()), None)
    if stray is not None and stray >= width:
        raise Unreadable(line, f"{len(cells)} cells under a header of {width}")
    if stray is not None:
        raise Unreadable(line, f"column {stray + 1} has no name, but something in it")
    return [cells[place] for place in named]


def text_lines(stream: IO[bytes]) -> Iterator[str]:
    """Lines with their ends, as the `csv` module wants them, whichever the system they come
    from."""
    lines = iter(stream.readline, b"")  # uploaded files begin anew when iterated over
    first = next(lines, b"")
    if first.startswith(WORKBOOKS):
        raise Unreadable(1, "this is a workbook, not a text; in the spreadsheet save it as CSV (UTF-8) and send that")
    if first.startswith(UTF16):
        yield from _of_utf16(first + stream.read())
        return
    for number, line in enumerate(chain([first], lines), start=1):
        if b"\0" in line:
            raise Unreadable(number, "a NUL byte; is this CSV in UTF-8?")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise Unreadable(number, f"byte {error.start + 1} is not UTF-8; save it as CSV (UTF-8)") from None
        if "\r" in text[:-2]:
            yield from io.StringIO(text, newline="")
        else:
            yield text


def _of_utf16(content: bytes) -> Iterator[str]:
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError:
        raise Unreadable(1, "it begins as UTF-16, and is none; save it as CSV (UTF-8)") from None
    yield from io.StringIO(text, newline="")


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
        raise Unreadable(line, f"not CSV: {error}") from None
