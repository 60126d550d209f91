"""JSON Lines: an object a line."""

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import IO

from quality.formats.columns import Chunk, Layout, moment, rows_of
from quality.formats.faults import Unreadable, gettext_noop
from quality.formats.table_format import Row, TableFormat
from quality.formats.text_lines import text_lines

LINES_AT_ONCE = 10_000


def read(stream: IO[bytes], known: Collection[str] = ()) -> Iterator[Row]:
    """The objects as they are; blank lines are skipped. Raises Unreadable."""
    for line, text in enumerate(text_lines(stream), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Unreadable(line, gettext_noop("not JSON: {why}"), why=error) from None
        if not isinstance(row, dict):
            raise Unreadable(line, gettext_noop("not a JSON object"))
        yield line, row


def write(layout: Layout, chunks: Iterable[Chunk]) -> Iterator[bytes]:
    """An object a row; cells left empty are null."""
    names, written = tuple(layout.types), json.JSONEncoder(ensure_ascii=False).encode
    for chunk in chunks:
        rows = rows_of(layout, chunk, time=moment)
        lines = (written(dict(zip(names, row, strict=True))) + "\n" for row in rows)
        while some := "".join(islice(lines, LINES_AT_ONCE)):
            yield some.encode()


FORMAT = TableFormat(
    name="jsonl",
    title="JSON Lines",
    endings=(".jsonl", ".ndjson"),
    media_types=("application/x-ndjson", "application/jsonl"),
    opening=b"{",
    write=write,
    read=read,
)
