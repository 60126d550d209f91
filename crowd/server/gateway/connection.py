"""One client: its socket, and how far the two of us are."""

import enum
import socket
from contextlib import suppress
from typing import Any

from crowd.server.gateway import patience
from crowd.server.gateway.arrival import Arrival
from crowd.server.gateway.outbox import Outbox
from crowd.server.gateway.patience import Patience


class Stage(enum.Enum):
    """Who is to do something next."""

    IDLE = "the client may send a request, or go"
    ARRIVING = "the client has begun to send one"
    ASKED_ABOUT = "a thread of ours looks at who sends so much"
    SERVED = "a thread of ours works on it"
    LEAVING = "the client is to take the reply"
    PARTING = "the client is to stop sending"


class Connection:
    """What is known of one client; the worker's loop moves it from stage to stage."""

    def __init__(self, cfg: Any, sock: socket.socket, peer: Any, server: Any) -> None:
        sock.setblocking(False)
        with suppress(OSError):  # a unix socket has no such option
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cfg, self.sock, self.peer, self.server = cfg, sock, peer, server
        self.watched_for = 0  # what the loop waits for, as the selectors name it
        self.keep = False  # whether another request may follow
        self.patience = patience.for_request()
        self.stage = Stage.IDLE
        self.arrival = Arrival(cfg, peer)
        self.outbox = Outbox(sock)

    @property
    def waited_for(self) -> bool:
        """Whether nothing of a request would be lost to the site if it went."""
        return self.stage in (Stage.IDLE, Stage.ARRIVING, Stage.PARTING)

    def take(self, data: bytes) -> None:
        """Add what the client has sent. Raises Refused."""
        if self.stage is Stage.IDLE:
            self.stage, self.patience = Stage.ARRIVING, patience.for_request()
        self.patience.earn(len(data))
        self.arrival.take(data)

    def invite(self) -> None:
        """Have the client send its body, if it waits to be told."""
        if self.arrival.wants_go_ahead():
            self.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def be_asked_about(self) -> None:
        self.stage, self.patience = Stage.ASKED_ABOUT, Patience(float("inf"))

    def be_vouched_for(self) -> None:
        self.arrival.from_stranger = False
        self.stage, self.patience = Stage.ARRIVING, patience.for_request()

    def be_served(self) -> None:
        self.stage, self.patience = Stage.SERVED, Patience(float("inf"))

    def leave(self) -> None:
        self.stage, self.patience = Stage.LEAVING, self.outbox.patience

    def expect_another(self) -> bytes:
        """Be ready for another request; return what has come of it already."""
        surplus = self.arrival.surplus
        self.arrival.discard()
        self.arrival, self.outbox = Arrival(self.cfg, self.peer), Outbox(self.sock)
        self.stage, self.patience = Stage.IDLE, Patience(self.cfg.keepalive)
        return surplus

    def part(self) -> None:
        """Say no more, but listen on for a while: a client that is cut off while it sends never
        reads why."""
        self.stage, self.patience = Stage.PARTING, patience.for_farewell()
        self.arrival.discard()
        self.sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.arrival.discard()
        self.outbox.close()
        self.sock.close()
