"""Where the site listens: read from the environment, taken, and tried.

`python -m crowd.server.address` has the exit status 0 if the site answers there.
"""

import errno
import os
import socket
import sys
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

HIGHEST_PORT = 65535
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - and how this machine reaches itself there


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port of this machine."""

    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Address":
        """`HOST` and `PORT`; only this machine reaches the site unless told otherwise."""
        host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
        if not (port.isascii() and port.isdecimal() and 0 < int(port) <= HIGHEST_PORT):
            raise ValueError(f"PORT must be a number from 1 to {HIGHEST_PORT}, not {port!r}")
        return cls(host, int(port))

    @property
    def reachable_host(self) -> str:
        """An address at which this machine reaches the site."""
        return EVERY_ADDRESS.get(self.host, self.host)

    @property
    def url(self) -> str:
        host = self.reachable_host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def listen(self) -> socket.socket:
        """Take the port; a visitor who comes before the site is up waits instead of being turned
        away."""
        try:
            # Where a name means both, such as localhost, IPv4 is what every client tries.
            family = min(found[0] for found in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM))
            both = self.host == "::" and socket.has_dualstack_ipv6()
            return socket.create_server((self.host, self.port), family=family, backlog=2048, dualstack_ipv6=both)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ValueError(f"port {self.port} of {self.host} is in use: set PORT to a free one") from error
            raise ValueError(f"cannot listen on HOST {self.host}, PORT {self.port}: {error.strerror}") from error

    def answers(self) -> bool:
        """Whether the site is up: any answer will do that isn't a failure of its own."""
        with closing(HTTPConnection(self.reachable_host, self.port, timeout=5)) as connection:
            try:
                connection.request("GET", "/healthz")
                return connection.getresponse().status < 500
            except (OSError, HTTPException):
                return False


if __name__ == "__main__":
    sys.exit(not Address.from_environment().answers())
