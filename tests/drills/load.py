"""Workers who ask for tasks and answer them over HTTP, and who remember everything the server
acknowledged."""

import json
import threading
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.journeys.site import wait_until

PATIENCE = 30.0  # seconds until a request counts as hanging
BEFORE_TRYING_AGAIN = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """What a worker's program sends, and sends again unchanged when it is in doubt whether it
    arrived."""

    method: str
    path: str
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any
    headers: Message = field(compare=False)
    seconds: float = field(compare=False)


class Connection:
    """Requests to one host, one after the other, on a connection that is opened anew after it
    broke."""

    def __init__(self, url: str) -> None:
        self._http = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)

    def send(self, request: Request) -> Reply:
        """Raises OSError or HTTPException when the server is cut off before it has replied."""
        started = time.perf_counter()
        try:
            self._http.request(request.method, request.path, request.body or None, dict(request.headers))
            reply = self._http.getresponse()
            content = reply.read().decode()
        except (OSError, HTTPException):
            self._http.close()
            raise
        is_json = "json" in reply.headers.get("Content-Type", "")
        body = json.loads(content) if is_json else content
        return Reply(reply.status, body, reply.headers, time.perf_counter() - started)


def send_all(url: str, requests: Iterable[Request], *, at_once: int = 4) -> dict[Request, Reply]:
    """What comes back for each."""
    wanted = list(requests)
    shares = [wanted[first::at_once] for first in range(at_once)]

    def send(share: list[Request]) -> list[tuple[Request, Reply]]:
        connection = Connection(url)
        return [(request, connection.send(request)) for request in share]

    with ThreadPoolExecutor(at_once) as pool:
        return {request: reply for answers in pool.map(send, shares) for request, reply in answers}


def api(method: str, path: str, api_key: str, body: object = None, *, idempotency_key: str = "") -> Request:
    """A request to the API."""
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    return Request(method, f"/api/v1{path}", "" if body is None else json.dumps(body), tuple(headers.items()))


def lease(slug: str, api_key: str) -> Request:
    """Ask for the next task; sent again, it gets the same task."""
    return api("POST", f"/projects/{slug}/assignments", api_key, {"count": 1}, idempotency_key=str(uuid.uuid4()))


def submit(token: str, api_key: str) -> Request:
    return api("PUT", f"/assignments/{token}/response", api_key, {"answer": "yes", "seconds": 1.0})


class Load:
    """Workers at work while the `with` block runs. Each sends a request again until it is
    answered."""

    def __init__(self, url: str, slug: str, api_keys: list[str], *, pause: float = 0.02) -> None:
        self._url, self._slug, self._pause = url, slug, pause
        self._over = threading.Event()
        self._people = [threading.Thread(target=self._work, args=[key], daemon=True) for key in api_keys]
        self.acknowledged: dict[Request, Any] = {}  # and what came back for it
        self.replies: list[tuple[Request, Reply]] = []
        self.cut_off = 0

    def __enter__(self) -> Self:
        for person in self._people:
            person.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        self._over.set()
        for person in self._people:
            person.join(PATIENCE)

    def wait_for_answers(self, number: int) -> float:
        """Wait until so many more have been acknowledged; returns how many seconds that took."""
        started, enough = time.perf_counter(), len(self.submitted) + number
        wait_until(lambda: len(self.submitted) >= enough, PATIENCE)
        return time.perf_counter() - started

    @property
    def submitted(self) -> list[Request]:
        """The answers that the server acknowledged."""
        return [request for request in list(self.acknowledged) if request.method == "PUT"]

    @property
    def refusals(self) -> set[tuple[int, str, str | None]]:
        """Status, code and Retry-After of every reply that is no success."""
        refused = [reply for _request, reply in list(self.replies) if reply.status >= 300]
        return {(reply.status, reply.body["code"], reply.headers.get("Retry-After")) for reply in refused}

    @property
    def slowest(self) -> float:
        """How long the longest wait for a reply was, in seconds."""
        return max(reply.seconds for _request, reply in list(self.replies))

    def waits(self, first: int) -> list[float]:
        """How many seconds each answer took, from the reply with this number on."""
        return [reply.seconds for request, reply in self.replies[first:] if request.method == "PUT"]

    def _work(self, api_key: str) -> None:
        connection = Connection(self._url)
        while not self._over.is_set():
            leased = self._send(connection, lease(self._slug, api_key))
            for assignment in leased["assignments"]:
                self._send(connection, submit(assignment["token"], api_key))
            self._over.wait(self._pause)

    def _send(self, connection: Connection, request: Request) -> Any:
        """The body of the reply, however often it takes; nothing to do when the work is over
        first."""
        while not self._over.is_set():
            with suppress(OSError, HTTPException):
                reply = connection.send(request)
                self.replies.append((request, reply))
                if reply.status < 300:
                    self.acknowledged[request] = reply.body
                    return reply.body
                self._over.wait(BEFORE_TRYING_AGAIN)
                continue
            self.cut_off += 1
            self._over.wait(BEFORE_TRYING_AGAIN)
        return {"assignments": []}
