"""One reply as it goes out: as fast as the client takes it; what it does not take waits here, and
no thread with it."""

import select
import socket
import tempfile
import time
from typing import IO

from crowd.server.gateway import patience

PIECE = 64 * 1024  # bytes that are sent at once
KEPT_IN_MEMORY = 256 * 1024  # bytes that wait; more wait on the disk
MOST_WAITING = 256 * 1024 * 1024  # bytes; whoever makes still more waits until some are taken


class Outbox:
    """Stands in for the socket where replies are written."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._fresh = bytearray()
        self._kept: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 (lives as long)
        self._start = self._end = 0
        self.patience = patience.for_reply()

    @property
    def waiting(self) -> int:
        """How many bytes the client has not taken yet."""
        return len(self._fresh) + self._end - self._start

    def sendall(self, data: bytes) -> None:
        """Send, or keep to be sent; small pieces go out together."""
        self._fresh += data
        if len(self._fresh) >= PIECE:
            self.flush()
            while self.waiting > MOST_WAITING:
                self._wait()
                self.flush()

    def flush(self) -> None:
        """Send what the client takes now, and keep the rest."""
        self._send_kept()
        if self._start == self._end:
            del self._fresh[: self._send(self._fresh)]
        if self._fresh:
            self._kept.seek(self._end)
            self._kept.write(self._fresh)
            self._end += len(self._fresh)
            self._fresh.clear()

    def _send_kept(self) -> None:
        while self._start < self._end:
            self._kept.seek(self._start)
            piece = self._kept.read(min(PIECE, self._end - self._start))
            sent = self._send(piece)
            self._start += sent
            if sent < len(piece):
                return
        if self._start:
            self._start = self._end = 0
            self._kept.truncate(0)

    def _send(self, data: bytes | bytearray) -> int:
        try:
            sent = self._sock.send(data)
        except BlockingIOError:
            return 0
        self.patience.earn(sent)
        return sent

    def _wait(self) -> None:
        writable = select.poll()
        writable.register(self._sock, select.POLLOUT)
        if not writable.poll(max(0, self.patience.ends - time.monotonic()) * 1000):
            raise TimeoutError("the client does not take its reply")

    def close(self) -> None:
        """Forget what waits."""
        self._kept.close()
