"""One request as it comes in: its head is read at once, its body kept until it is whole."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, NoMoreData, ParseException
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from crowd.server.gateway import refusals
from crowd.server.gateway.limits import most_bytes

LONGEST_HEAD = 32 * 1024
KEPT_IN_MEMORY = 64 * 1024  # bytes of a body; a longer one waits on the disk


class Arrival:
    """Bytes of one client, up to the end of a request; what came behind it is the beginning of the
    next."""

    def __init__(self, cfg: Any, peer: Any, begun: bytes | bytearray = b"") -> None:
        self._cfg, self._peer = cfg, peer
        self._head = bytearray(begun)
        self._missing = 0
        self._waits = False
        self.request: Any = None
        self.from_stranger = False  # and more than is kept for one
        self.body: IO[bytes] = BytesIO()
        self.surplus = b""

    @property
    def begun(self) -> bool:
        return bool(self._head) or self.request is not None

    @property
    def whole(self) -> bool:
        return self.request is not None and not self._missing

    def take(self, data: bytes) -> None:
        """Add what has come. Raises Refused for what is not read on."""
        if self.request is None:
            self._head += data
            self._read_head()
        else:
            self._keep(data)

    def _read_head(self) -> None:
        end = _end_of_head(self._head)
        if end < 0:
            if len(self._head) > LONGEST_HEAD:
                one_line = b"\n" not in self._head[: refusals.LONGEST_LINE + 2]
                raise refusals.malformed(LimitRequestLine(0, 0) if one_line else LimitRequestHeaders(""))
            return
        head, rest = bytes(self._head[:end]), bytes(self._head[end:])
        try:
            self.request = Request(self._cfg, IterUnreader([head]), self._peer)
        except (ParseException, NoMoreData, StopIteration) as error:
            raise refusals.malformed(error) from error
        # Or else gunicorn would answer it, once the body is here.
        self._waits, self.request._expected_100_continue = self.request._expected_100_continue, False
        self._expect_body()
        self._keep(rest)

    def _expect_body(self) -> None:
        """Look at how long the body is going to be, before any of it is kept."""
        reader = self.request.body.reader
        if isinstance(reader, ChunkedReader):
            raise refusals.in_chunks()
        length = reader.length
        if length > (most := most_bytes(self.request, length)):
            raise refusals.too_large(most)
        self.from_stranger = length > settings.ORDINARY_BODY_MAX_BYTES
        self._missing = length
        if length > KEPT_IN_MEMORY:
            with _what_is_kept_needs_room():
                self.body = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the request)

    def _keep(self, data: bytes) -> None:
        with _what_is_kept_needs_room():
            self.body.write(data[: self._missing])
            self.surplus = data[self._missing :]
            self._missing -= len(data) - len(self.surplus)
            if not self._missing:
                self.body.seek(0)  # which writes the end of it

    def wants_go_ahead(self) -> bool:
        """Whether the client waits to be told that its body is welcome; true once."""
        wanted, self._waits = self._waits, False
        return wanted and not self.whole

    def discard(self) -> None:
        with suppress(OSError):  # what could not be written is tried once more, and is not missed
            self.body.close()


@contextmanager
def _what_is_kept_needs_room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refusals.no_room() from error


def _end_of_head(received: bytearray) -> int:
    """Where the first empty line ends, or -1; one of bare line feeds is found too, and then refused
    by who reads it."""
    proper = received.find(b"\r\n\r\n")
    bare = received.find(b"\n\n")
    if proper < 0 or 0 <= bare < proper:
        return bare + 2 if bare >= 0 else -1
    return proper + 4
