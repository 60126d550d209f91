"""How much a zip lists, read from its end without making the list."""

import struct
from dataclasses import dataclass
from typing import IO

END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
LONGEST_COMMENT = 65_535
ENTRY = 46  # bytes, of which three lengths say how many more belong to it
LENGTHS = struct.Struct("<3H")


@dataclass(frozen=True, slots=True)
class Directory:
    """The list at the end of a zip: where it begins, its bytes, and its members as far as they were
    counted."""

    start: int
    size: int
    members: int


def read_directory(file: IO[bytes], at_most: int) -> Directory | None:
    """Counts the members one by one, as far as `at_most` and one more: what a zip says of their
    number is not believed. None for what is no zip."""
    found = _find(file)
    if found is None:
        return None
    start, end = found
    members, at = 0, start
    while at < end and members <= at_most:
        file.seek(at)
        entry = file.read(ENTRY)
        if len(entry) < ENTRY or not entry.startswith(b"PK\1\2"):
            break  # torn: whoever reads the list will say so
        members, at = members + 1, at + ENTRY + sum(LENGTHS.unpack_from(entry, 28))
    return Directory(start, end - start, members)


def _find(file: IO[bytes]) -> tuple[int, int] | None:
    """Where the list begins and ends, found as `zipfile` finds it: right before its end record."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END.size - LONGEST_COMMENT))
    first, tail = file.tell(), file.read()
    last = tail[-END.size :]
    at = len(tail) - END.size if last.startswith(b"PK\5\6") and last.endswith(b"\0\0") else tail.rfind(b"PK\5\6")
    if at < 0 or at + END.size > len(tail):
        return None
    length, end = END.unpack_from(tail, at)[5], first + at
    if (wide := _length_of_zip64(file, end - LOCATOR.size)) is not None:
        length, end = wide, end - LOCATOR.size - END64.size
    return (end - length, end) if length <= end else None


def _length_of_zip64(file: IO[bytes], at: int) -> int | None:
    """The length of the list by the end record of a zip64, if its locator stands here and the
    record before it."""
    if at < END64.size:
        return None
    file.seek(at - END64.size)
    record, locator = file.read(END64.size), file.read(LOCATOR.size)
    if not record.startswith(b"PK\6\6") or not locator.startswith(b"PK\6\7"):
        return None
    return int(END64.unpack(record)[8])
