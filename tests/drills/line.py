"""A line to a server that can go dead: it accepts whoever calls, and nothing is heard any more."""

import socket
import threading
from contextlib import suppress


class Line:
    """A TCP port that leads to another one of this machine."""

    def __init__(self, far_port: int) -> None:
        self._far_port = far_port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._dead = threading.Event()
        self._ends: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def go_dead(self) -> None:
        """From here on bytes are taken and dropped, and nobody is told."""
        self._dead.set()

    def come_back(self) -> None:
        """Carry new calls again; those that lost bytes meanwhile are hung up."""
        self._dead.clear()
        for end in list(self._ends):
            _hang_up(end)

    def close(self) -> None:
        _hang_up(self._listener)
        self.come_back()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                near, _address = self._listener.accept()
                threading.Thread(target=self._connect, args=[near], daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._far_port))
        except OSError:
            near.close()
            return
        self._ends |= {near, far}
        threading.Thread(target=self._carry, args=[far, near], daemon=True).start()
        self._carry(near, far)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self._dead.is_set():
                    target.sendall(data)
        for end in (source, target):
            _hang_up(end)
            self._ends.discard(end)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in it, which closing alone does not
    end.close()
