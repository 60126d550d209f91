"""What a format of tables says of itself."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from quality.formats.columns import Chunk, Layout

Row = tuple[int, dict[str, Any]]
"""The line that a row begins on, and its cells by column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFormat:
    """A format of tables, and what reads and writes it.

    name: what programs call it. title: what people do. endings: of the names of its files, the
    usual one first. media_types: all that it may come as, of which the first is the one it is sent
    as, with `charset` if it is text. has_header: its first line names the columns of every row, and
    cells are texts; else each row names its own, and cells are of any type of JSON. opening: what
    its files begin with, where that tells them from others.
    write: the bytes of a table whose rows come in chunks.
    read: the rows of a file; `known` are the columns that mean something to whoever reads. It
    raises Unreadable, also at a row. None: nobody reads it row by row.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    media_types: tuple[str, ...]
    charset: str = ""
    has_header: bool = False
    opening: bytes = b""
    write: Callable[[Layout, Iterable[Chunk]], Iterator[bytes]]
    read: Callable[[IO[bytes], Collection[str]], Iterator[Row]] | None

    @property
    def media_type(self) -> str:
        return self.media_types[0]

    @property
    def content_type(self) -> str:
        """The header of a body in it."""
        return f"{self.media_type}; charset={self.charset}" if self.charset else self.media_type
