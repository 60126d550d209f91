"""Connections to addresses that users give: the one module of the service that makes them.

Redirects are not followed, proxies not asked, cookies not kept; of an answer only the status is,
and of a failure only what kind it was.
"""

import socket
import ssl
import threading
import time
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from crowd.fetching.addresses import AddressRefused, addresses_of
from crowd.fetching.outcomes import Failure, Outcome, outcome_of

CONNECT = 3.0  # seconds, for each address of the host
MOST_ADDRESSES = 4
SILENCE = 5.0  # seconds without a byte
WHOLE = 8.0  # seconds from the request to the end of the answer, however busily it trickles in
READ = 16 * 1024  # bytes of an answer, so that the connection can be used again


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _CheckedConnection(HTTPConnection):
    """Connects, whenever it does, to an address that was checked."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.default_port = 443 if parts.scheme == "https" else 80
        super().__init__(parts.hostname or "", parts.port or self.default_port)
        self._encrypted = parts.scheme == "https"
        # Ours to end when the time is up: the framework lets go of its own before it has read to
        # the end.
        self.opened: socket.socket | None = None
        self.deadline = float("inf")

    def connect(self) -> None:
        self.opened = _reach(addresses_of(self.host, self.port), self.port)
        if time.monotonic() > self.deadline:  # to find it took all the time there was
            raise TimeoutError
        self.opened.settimeout(SILENCE)
        # Head and body go out apart: the second would wait, for 40 ms, until the receiver
        # acknowledges the first.
        self.opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._encrypted:
            encrypted = _tls().wrap_socket(self.opened, server_hostname=self.host, do_handshake_on_connect=False)
            self.opened = encrypted
            encrypted.do_handshake()
        self.sock = self.opened


def _reach(addresses: list[str], port: int) -> socket.socket:
    """A connection to the first of these addresses that takes one."""
    tried = addresses[:MOST_ADDRESSES]
    for address in tried[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), CONNECT)
    return socket.create_connection((tried[-1], port), CONNECT)


class Connection:
    """A connection to one receiver, kept from one request to the next."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._connection = _CheckedConnection(url)
        self._expired = False

    def close(self) -> None:
        self._connection.close()
        if self._connection.opened is not None:
            self._connection.opened.close()

    def post(self, body: bytes, headers: dict[str, str]) -> Outcome:
        """Send this, and wait for the answer for a bearable time."""
        kept = self._connection.sock is not None
        outcome = self._timed(body, headers)
        # Receivers close connections that they don't use.
        if kept and outcome.failure in (Failure.UNREACHABLE, Failure.TLS):
            outcome = self._timed(body, headers)
        return outcome

    def _timed(self, body: bytes, headers: dict[str, str]) -> Outcome:
        self._expired = False
        self._connection.deadline = time.monotonic() + WHOLE
        watch = threading.Timer(WHOLE, self._expire)
        watch.daemon = True
        watch.start()
        try:
            outcome = self._guarded(body, headers)
        finally:
            watch.cancel()
        if outcome.failure is None:
            return outcome
        self.close()
        return Outcome(None, Failure.TIMEOUT) if self._expired else outcome

    def _expire(self) -> None:
        """End what waits for the receiver, in the thread that does."""
        self._expired = True
        with suppress(OSError):
            if self._connection.opened is not None:
                self._connection.opened.shutdown(socket.SHUT_RDWR)

    def _guarded(self, body: bytes, headers: dict[str, str]) -> Outcome:
        try:
            return outcome_of(self._request(body, headers))
        except AddressRefused:
            return Outcome(None, Failure.ADDRESS)
        except TimeoutError:
            return Outcome(None, Failure.TIMEOUT)
        except ssl.SSLError:
            return Outcome(None, Failure.TLS)
        except OSError:
            return Outcome(None, Failure.UNREACHABLE)
        except (HTTPException, ValueError):
            return Outcome(None, Failure.PROTOCOL)

    def _request(self, body: bytes, headers: dict[str, str]) -> int:
        self._connection.request("POST", self._target, body, headers)
        answer = self._connection.getresponse()
        if self._expired:  # what was cut off by that passes for an answer that ended
            raise TimeoutError
        # The status says it all. What follows is read only to use the connection again.
        try:
            answer.read(READ)
        except (OSError, HTTPException, ValueError):
            self.close()
        if not answer.isclosed():
            self.close()
        return answer.status
