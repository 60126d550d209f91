"""A small client of this site's own public API, for simulated workers. It keeps one connection
open."""

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 30
RETRIES = 6


class ApiFailure(Exception):
    """The API refused; the text is its problem document."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class ApiClient:
    def __init__(self, base_url: str, key: str) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{base_url} is not the address of a site")
        connection = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = connection(parts.hostname, parts.port, timeout=TIMEOUT)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of the answer; tries again while the site is away or overloaded. Raises
        ApiFailure."""
        for attempt in range(RETRIES):
            try:
                status, content = self._send(method, path, body)
            except (OSError, http.client.HTTPException):
                self._connection.close()
                status, content = 503, b"the site does not answer"
            if status not in (429, 503):
                break
            time.sleep(0.2 * 2**attempt)
        if status >= 400:
            raise ApiFailure(f"{method} {path}: {status} {content.decode(errors='replace')[:500]}", status)
        return json.loads(content) if content else None

    def _send(self, method: str, path: str, body: Any) -> tuple[int, bytes]:
        payload = None if body is None else json.dumps(body)
        self._connection.request(method, f"/api/v1{path}", payload, self._headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page."""
        following: str | None = path
        while following:
            page = self.call("GET", following)
            yield from page["results"]
            following = page["next"] and page["next"].partition("/api/v1")[2]

    def close(self) -> None:
        self._connection.close()
