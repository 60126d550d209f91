"""Lines of text in whatever a spreadsheet or an editor saves them as."""

import io
from collections.abc import Iterator
from itertools import chain
from typing import IO

from quality.formats.faults import Unreadable, gettext_noop

UTF16 = (b"\xff\xfe", b"\xfe\xff")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
WORKBOOK = gettext_noop("this is a workbook, not a text; in the spreadsheet save it as CSV (UTF-8) and send that")
NOT_UTF8 = gettext_noop("byte {n} is not UTF-8; save it as CSV (UTF-8)")
NOT_UTF16 = gettext_noop("it begins as UTF-16, and is none; save it as CSV (UTF-8)")


def text_lines(stream: IO[bytes]) -> Iterator[str]:
    """Lines with their ends, as the `csv` module wants them, whichever the system they come
    from."""
    lines = iter(stream.readline, b"")  # uploaded files begin anew when iterated over
    first = next(lines, b"")
    if first.startswith(WORKBOOKS):
        raise Unreadable(1, WORKBOOK)
    if first.startswith(UTF16):
        yield from _of_utf16(first + stream.read())
        return
    for number, line in enumerate(chain([first], lines), start=1):
        if b"\0" in line:
            raise Unreadable(number, gettext_noop("a NUL byte; is this CSV in UTF-8?"))
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise Unreadable(number, NOT_UTF8, n=error.start + 1) from None
        if "\r" in text[:-2]:
            yield from io.StringIO(text, newline="")
        else:
            yield text


def _of_utf16(content: bytes) -> Iterator[str]:
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError:
        raise Unreadable(1, NOT_UTF16) from None
    yield from io.StringIO(text, newline="")
