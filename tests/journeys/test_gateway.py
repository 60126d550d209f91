"""Clients who are slow, hold on to connections, or send what no site should read: the others don't
notice."""

import json
import re
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.journeys.site import Site

CLIENTS = 200
HEAD = b"Host: 127.0.0.1\r\n"
UNFINISHED = {
    "say nothing": b"",
    "never end their headers": b"GET /healthz HTTP/1.1\r\n" + HEAD,
    "never end their body": b"POST /accounts/login/ HTTP/1.1\r\n" + HEAD + b"Content-Length: 1000\r\n\r\nemail=",
    "keep their connection": b"GET /healthz HTTP/1.1\r\n" + HEAD + b"\r\n",
    "never take their reply": (b"GET /api/v1/schema HTTP/1.1\r\n" + HEAD + b"\r\n") * 3,
}
TOO_LARGE = b"POST /api/v1/projects/birds/assignments HTTP/1.1\r\n" + HEAD + b"Content-Length: 29000000\r\n\r\n"
REFUSED = {
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n": (414, "uri_too_long"),
    b"GET /" + b"a" * 90_000: (414, "uri_too_long"),
    b"GET / HTTP/1.1\r\n" + HEAD + b"Cookie: " + b"a" * 9000 + b"\r\n\r\n": (431, "headers_too_large"),
    b"GET / HTTP/1.1\r\n" + HEAD + b"Cookie: " + b"a" * 90_000: (431, "headers_too_large"),
    b"GET / HTTP/1.1\r\n" + HEAD + b"X: 1\r\n" * 101 + b"\r\n": (431, "headers_too_large"),
    b"GET / HTTP/1.1\n" + HEAD + b"\n\n": (400, "bad_request"),
    b"\x16\x03\x01\x02\r\n\r\n": (400, "bad_request"),
    b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n": (411, "length_required"),
    b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: br\r\n\r\n": (501, "unsupported_transfer_coding"),
    b"POST / HTTP/1.1\r\n" + HEAD + b"Expect: x\r\nContent-Length: 1\r\n\r\n": (417, "expectation_failed"),
    TOO_LARGE: (413, "too_large"),
    TOO_LARGE + b"[" * 29_000_000: (413, "too_large"),
}


@contextmanager
def client(site: Site, sent: bytes = b"", **options: int) -> Iterator[socket.socket]:
    with socket.socket() as connection:
        for name, value in options.items():
            connection.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", int(site.variables["PORT"])))
        connection.sendall(sent)
        yield connection


def all_of(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def problem_in(reply: bytes) -> tuple[int, str]:
    head, body = reply.split(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in head
    document: Any = json.loads(body)
    assert head.startswith(f"HTTP/1.1 {document['status']} ".encode())
    return document["status"], document["code"]


@pytest.mark.parametrize("habit", UNFINISHED)
def test_others_are_answered_while_200_clients(site: Site, habit: str) -> None:
    urllib.request.urlopen(f"{site}/api/v1/schema", timeout=60).close()  # it is worked out once
    with ExitStack() as held:
        for _client in range(CLIENTS):
            held.enter_context(client(site, UNFINISHED[habit], SO_RCVBUF=2048))
        for _visit in range(5):
            with urllib.request.urlopen(f"{site}/healthz", timeout=10) as reply:
                assert json.load(reply) == {"status": "ok"}


@pytest.mark.parametrize(("sent", "problem"), REFUSED.items(), ids=[code for _status, code in REFUSED.values()])
def test_what_is_not_read_is_refused_as_a_problem(site: Site, sent: bytes, problem: tuple[int, str]) -> None:
    with client(site, sent) as connection:
        assert problem_in(all_of(connection)) == problem


def test_strangers_send_no_more_than_a_form_holds(site: Site, founder_key: str) -> None:
    route = b"POST /api/v1/projects/none/tasks HTTP/1.1\r\n" + HEAD + b"Expect: 100-continue\r\nConnection: close\r\n"
    body = b'{"tasks": []}'.ljust(2_000_000)
    length = f"Content-Length: {len(body)}\r\n".encode()
    for key in ("", "Authorization: Bearer nobodys\r\n"):
        with client(site, route + length + key.encode() + b"\r\n") as connection:
            assert problem_in(all_of(connection)) == (401, "not_authenticated")
    with client(site, route + length + f"Authorization: Bearer {founder_key}\r\n\r\n".encode()) as connection:
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert b'"project_not_found"' in all_of(connection)


def test_requests_in_pieces_and_one_behind_another_are_answered_in_order(site: Site, founder_key: str) -> None:
    head = HEAD + f"Authorization: Bearer {founder_key}\r\nContent-Type: application/json\r\n".encode()
    first = b"POST /api/v1/projects HTTP/1.1\r\n" + head + b"Content-Length: 14\r\n\r\n"
    sent = first + b'{"wrong": [1]}' + b"GET /healthz HTTP/1.1\r\nConnection: close\r\n" + HEAD + b"\r\n"
    with client(site) as connection:
        for start in range(0, len(sent), 7):
            connection.sendall(sent[start : start + 7])
        replies = all_of(connection)
    assert re.findall(rb"HTTP/1\.1 (\d+)", replies) == [b"400", b"200"]
    assert b'"wrong"' in replies
    assert replies.endswith(b'{"status": "ok"}')


def test_a_reply_that_is_taken_late_is_whole(site: Site) -> None:
    with urllib.request.urlopen(f"{site}/api/v1/schema", timeout=60) as reply:
        document = reply.read()
    ask = f"GET /api/v1/schema HTTP/1.1\r\nHost: 127.0.0.1:{site.variables['PORT']}\r\n".encode()  # which it names
    with client(site, (ask + b"\r\n") * 9 + ask + b"Connection: close\r\n\r\n", SO_RCVBUF=2048) as connection:
        assert all_of(connection).count(document) == 10


def test_replies_without_a_body_keep_their_connection_and_say_no_length(site: Site, founder_key: str) -> None:
    birds = {"slug": "unseen-birds", "name": "Birds", "schema": {"type": "choice", "classes": ["yes", "no"]}}
    assert site.call("POST", "/projects", founder_key, birds).status == 201
    head = HEAD + f"Authorization: Bearer {founder_key}\r\nIf-None-Match: *\r\n".encode()
    route = b" /api/v1/projects/unseen-birds/workers HTTP/1.1\r\n" + head
    last = b"GET /healthz HTTP/1.1\r\nConnection: close\r\n" + HEAD + b"\r\n"
    with client(site, b"OPTIONS" + route + b"\r\n" + b"GET" + route + b"\r\n" + last) as connection:
        options, known, health, body = all_of(connection).split(b"\r\n\r\n")
    for reply, status in ((options, 204), (known, 304)):
        assert reply.startswith(f"HTTP/1.1 {status} ".encode())
        assert not re.search(rb"(?i)content-length|transfer-encoding", reply)
    assert (health[:12], body) == (b"HTTP/1.1 200", b'{"status": "ok"}')
