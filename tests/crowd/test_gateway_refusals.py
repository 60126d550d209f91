"""What is answered to a request that comes too slowly, or that there is no room for."""

import json
import os
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from crowd.server.gateway.arrival import KEPT_IN_MEMORY
from crowd.server.gateway.connection import Connection, Stage
from crowd.server.gateway.worker import GatewayWorker

HEAD = b"POST /api/v1/projects HTTP/1.1\r\nHost: 127.0.0.1\r\n"


class Gateway:
    """The loop of a web process that takes turns when it is told to, by a clock that stands
    still."""

    def __init__(self, listener: socket.socket) -> None:
        cfg = Config()
        self.listener, self.now = listener, 100.0
        self.worker = GatewayWorker(1, os.getppid(), [], None, 30, cfg, Logger(cfg))
        self.worker.get_ready()

    def client(self) -> socket.socket:
        connection = socket.create_connection(self.listener.getsockname(), timeout=60)
        self.worker.accept(self.listener)
        return connection

    @property
    def stages(self) -> list[Stage]:
        return [each.stage for each in self.worker.connections]

    def go_on_until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            assert self.stages, "every client is gone"
            self.worker.turn()

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.worker.turn()


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setattr("crowd.server.gateway.worker.TICK", 0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Gateway(listener)
        monkeypatch.setattr("time.monotonic", lambda: made.now)
        yield made
        for connection in list(made.worker.connections):
            made.worker.close(connection)
        made.worker.threads.shutdown()
        made.worker.poller.close()


def problem_to(client: socket.socket) -> tuple[int, str]:
    """The whole answer, after which nothing comes."""
    head, body = b"".join(iter(lambda: client.recv(65536), b"")).split(b"\r\n\r\n")
    document: Any = json.loads(body)
    assert head.startswith(f"HTTP/1.1 {document['status']} ".encode())
    assert b"Connection: close" in head
    assert b"Content-Type: application/problem+json" in head
    return document["status"], document["code"]


@pytest.mark.parametrize(
    "begun", [b"G", HEAD, HEAD + b"Content-Length: 9\r\n\r\n", HEAD + b"Content-Length: 9\r\n\r\n{"]
)
def test_a_request_that_does_not_arrive_in_time_is_refused_as_too_slow(gateway: Gateway, begun: bytes) -> None:
    with gateway.client() as client:
        client.sendall(begun)
        gateway.go_on_until(lambda: gateway.stages == [Stage.ARRIVING])
        gateway.wait(19)
        assert gateway.stages == [Stage.ARRIVING]
        gateway.wait(2)
        assert problem_to(client) == (408, "too_slow")
        assert gateway.stages == [Stage.PARTING]
        gateway.wait(6)
        assert gateway.stages == []


def test_a_client_that_has_sent_nothing_is_left_without_a_word(gateway: Gateway) -> None:
    with gateway.client() as client:
        gateway.wait(21)
        assert client.recv(100) == b""
        assert gateway.stages == []


def has_come(connection: Connection, due: float) -> bool:
    return connection.patience.ends >= due


def test_who_sends_a_thousand_bytes_a_second_is_not_too_slow(gateway: Gateway) -> None:
    with gateway.client() as client:
        client.sendall(HEAD + b"Content-Length: 90000\r\n\r\n")
        gateway.go_on_until(lambda: gateway.stages == [Stage.ARRIVING])
        (connection,) = gateway.worker.connections
        for _second in range(40):
            came = partial(has_come, connection, connection.patience.ends + 1)
            client.sendall(b"x" * 1000)
            gateway.go_on_until(came)
            gateway.wait(1)
        assert gateway.stages == [Stage.ARRIVING]
        gateway.wait(22)
        assert problem_to(client) == (408, "too_slow")


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# Python keeps up to a few kilobytes of a file back until it is read, or closed.
@pytest.mark.parametrize("room", [0, KEPT_IN_MEMORY, KEPT_IN_MEMORY + 99])
def test_a_body_that_there_is_no_room_for_is_refused_as_such(gateway: Gateway, room: int) -> None:
    size = KEPT_IN_MEMORY + 100
    with gateway.client() as client, room_for(room):
        client.sendall(HEAD + f"Content-Length: {size}\r\n\r\n".encode())
        gateway.go_on_until(lambda: gateway.stages == [Stage.ARRIVING])
        client.sendall(b"x" * size)
        gateway.go_on_until(lambda: gateway.stages == [Stage.PARTING])
        assert problem_to(client) == (507, "storage_full")


def test_where_no_file_can_be_made_it_is_refused_before_it_is_sent(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with gateway.client() as client:
        client.sendall(HEAD + f"Content-Length: {KEPT_IN_MEMORY + 1}\r\n\r\n".encode())
        gateway.go_on_until(lambda: gateway.stages != [Stage.IDLE])
        assert problem_to(client) == (507, "storage_full")
