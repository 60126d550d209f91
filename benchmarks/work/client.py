"""One worker's keep-alive connection: requests as bytes that are built beforehand, replies of which
little is read."""

import socket
from dataclasses import dataclass

BUSY = (429, 503)
GONE = 0  # in place of a status: the connection ended before a reply did
TOKEN = b'"token":'


class Client:
    """What a worker waits for, and the request that was sent last."""

    __slots__ = (
        "_head",
        "_lease",
        "address",
        "buffer",
        "due",
        "is_new",
        "request",
        "sent_at",
        "socket",
        "token",
        "verb",
    )

    def __init__(self, address: tuple[str, int], project: str, key: str) -> None:
        self.address = address
        lines = f"Host: {address[0]}:{address[1]}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        self._head = lines.encode()
        self._lease = self._built(b"POST /api/v1/projects/%b/assignments" % project.encode(), b'{"count":1}')
        self.socket: socket.socket | None = None
        self.is_new = True  # the connection has not carried a reply yet
        self.verb = ""
        self.request = self.token = self.buffer = b""
        self.sent_at = self.due = 0.0

    def _built(self, target: bytes, body: bytes) -> bytes:
        return b"%b HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (target, self._head, len(body), body)

    def ask(self) -> None:
        self.verb, self.request = "lease", self._lease

    def answer(self, body: bytes, *, ahead: bool) -> None:
        target = b"PUT /api/v1/assignments/%b/response%b" % (self.token, b"?next=1" if ahead else b"")
        self.verb, self.request = "submit", self._built(target, body)

    def connect(self) -> socket.socket:
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.is_new = True
        return self.socket

    def send(self, now: float) -> None:
        assert self.socket is not None
        self.buffer, self.sent_at = b"", now
        self.socket.sendall(self.request)

    def receive(self) -> bool:
        """Take what has come; False at the end of the connection."""
        assert self.socket is not None
        try:
            received = self.socket.recv(1 << 16)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.buffer += received
        return bool(received)

    def reply(self) -> "Reply | None":
        """The reply, once all of it is there."""
        reply = Reply.of(self.buffer)
        if reply is not None:
            self.is_new, self.request = False, b""
        return reply


@dataclass(frozen=True, slots=True)
class Reply:
    """The little that is read of an answer."""

    status: int
    token: bytes = b""
    retry_after: float | None = None

    @classmethod
    def of(cls, received: bytes) -> "Reply | None":
        end = received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = received[: end + 2].lower()
        length = header(head, b"\r\ncontent-length:")
        status = int(head[9:12])
        assert length is not None or status == 204, received  # chunks are not read here
        if len(received) < end + 4 + int(length or 0):
            return None
        if status in BUSY:
            pause = header(head, b"\r\nretry-after:")
            return cls(status, retry_after=None if pause is None else float(pause))
        start = received.find(TOKEN, end)
        return cls(status, received[start + len(TOKEN) :].split(b'"', 2)[1] if start >= 0 else b"")


def header(head: bytes, name: bytes) -> bytes | None:
    start = head.find(name)
    if start < 0:
        return None
    return head[start + len(name) : head.find(b"\r\n", start + 2)].strip()
