"""How long clients may keep the web server waiting, and what it keeps for them."""

import socket

import pytest

from crowd.server.gateway.outbox import Outbox
from crowd.server.gateway.patience import Patience


def test_patience_grows_with_what_moves_and_with_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    patience = Patience(20, bytes_a_second=1000)
    assert patience.ends == 120
    patience.earn(5000)
    assert patience.ends == 125
    patience.end_in(2)
    assert patience.ends == 102


def test_the_writer_of_a_reply_never_waits_for_its_reader() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    outbox, written = Outbox(ours), bytes(range(256)) * 40_000
    with ours, theirs:
        for start in range(0, len(written), 10_000):
            outbox.sendall(written[start : start + 10_000])
        outbox.flush()
        assert 0 < outbox.waiting < len(written)
        taken = b""
        while outbox.waiting:
            taken += theirs.recv(1_000_000)
            outbox.flush()
        ours.shutdown(socket.SHUT_WR)
        taken += b"".join(iter(lambda: theirs.recv(1_000_000), b""))
    assert taken == written
    outbox.close()


def test_a_reply_without_end_waits_for_its_reader_as_long_as_patience_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crowd.server.gateway.outbox.MOST_WAITING", 500_000)
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    outbox = Outbox(ours)
    outbox.patience = Patience(0.1)
    with ours, theirs, pytest.raises(TimeoutError):
        outbox.sendall(b"x" * 2_000_000)
    outbox.close()
