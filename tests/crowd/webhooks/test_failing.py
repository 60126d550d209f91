"""Receivers that fail, in every way they can, and what an attempt makes of it."""

import time
from http.server import BaseHTTPRequestHandler

import pytest

from crowd.fetching import connections
from crowd.webhooks.delivering import deliver_due
from crowd.webhooks.models import Webhook
from tests.crowd.webhooks.conftest import Happen
from tests.crowd.webhooks.deliveries import state_of
from tests.crowd.webhooks.receiver import Answer, Receiver, listening


def silence(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(1)  # until the other side has had enough


def trickle(handler: BaseHTTPRequestHandler) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)
    except OSError:
        pass


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (silence, None, "timeout"),
        (trickle, None, "timeout"),
        (nonsense, None, "protocol"),
        (hang_up, None, "unreachable"),
        (404, 404, "status"),
        (500, 500, "status"),
        (304, 304, "redirect"),
    ],
)
def test_every_way_to_fail_is_named_and_none_takes_long(
    webhook: Webhook,
    receiver: Receiver,
    happen: Happen,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    status: int | None,
    error: str,
) -> None:
    monkeypatch.setattr(connections, "SILENCE", 0.4)
    monkeypatch.setattr(connections, "WHOLE", 0.8)
    receiver.answers = [answer]
    happen("t0")
    began = time.monotonic()
    deliver_due(webhook.pk)
    assert time.monotonic() - began < 3
    assert state_of(webhook) == [("waiting", 1, status, error)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(webhook: Webhook, receiver: Receiver, happen: Happen, status: int) -> None:
    with listening() as elsewhere:

        def redirect(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Location", elsewhere.url)
            handler.end_headers()

        receiver.answers = [redirect]
        happen("t0")
        deliver_due(webhook.pk)
        assert (state_of(webhook), elsewhere.connections) == ([("waiting", 1, status, "redirect")], 0)


def test_a_flood_for_an_answer_is_not_read(webhook: Webhook, receiver: Receiver, happen: Happen) -> None:
    sent: list[int] = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        try:
            while True:
                sent.append(handler.wfile.write(b"x" * 65536))
        except OSError:
            pass

    receiver.answers = [flood]
    happen("t0", "t1")
    deliver_due(webhook.pk)
    assert [state for state, *_rest in state_of(webhook)] == ["delivered", "delivered"]
    assert sum(sent) < 20_000_000  # what fits into the buffers of the two ends


def test_a_receiver_that_closes_kept_connections_loses_nothing(
    webhook: Webhook, receiver: Receiver, happen: Happen
) -> None:
    def answer_and_hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answers = [answer_and_hang_up] * 3
    happen("t0", "t1", "t2", "t3")
    deliver_due(webhook.pk)
    assert state_of(webhook) == [("delivered", 1, 200, "")] * 4
    assert receiver.connections == 4


def test_nothing_listens(webhook: Webhook, receiver: Receiver, happen: Happen) -> None:
    receiver.close()
    happen("t0")
    deliver_due(webhook.pk)
    assert state_of(webhook) == [("waiting", 1, None, "unreachable")]
