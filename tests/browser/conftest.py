"""A page that has the queue's modules and nothing else: no server, and a clock that moves when the
test says so."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
HTML = b"""<!doctype html>
<html lang="en">
<meta name="api" content="/api/v1">
<meta name="csrf-token" content="token">
<script type="application/json" id="texts">{"picture": "The picture to label"}</script>
<script type="module" src="/network.js"></script>
"""


class Files(BaseHTTPRequestHandler):
    """The page, the stand-in for the network, and the site's static files."""

    def do_GET(self) -> None:
        file = finders.find(self.path.removeprefix("/static/")) if self.path.startswith("/static/") else None
        if self.path == "/":
            self._send("text/html", HTML)
        elif self.path == "/network.js":
            self._send("text/javascript", (HERE / "network.js").read_bytes())
        elif isinstance(file, str):
            self._send("text/javascript", Path(file).read_bytes())
        else:
            self.send_error(404)

    def _send(self, content_type: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Not to the terminal."""


class Window:
    """One window of a worker's browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def load(self) -> None:
        """Open the page, or load it again: what the storage of the window holds stays."""
        self.page.goto(self.address)

    def run(self, script: str, **given: Any) -> Any:
        """What these statements return, after all that they have set going, but for the network's
        replies."""
        names = ", ".join(given)
        return self.page.evaluate(f"async ({{ {names} }}) => {{ {script} }}", given)

    def wait(self, milliseconds: int) -> None:
        """Let so much time pass, with all that is due in it."""
        self.page.clock.run_for(milliseconds)

    def after(self, seconds: float) -> str:
        """The time so many seconds from now, as the API writes it."""
        time: str = self.run("return new Date(Date.now() + 1000 * seconds).toISOString();", seconds=seconds)
        return time

    def asked(self) -> list[str]:
        """The requests so far, as "METHOD path body"."""
        requests: list[str] = self.run("return asked;")
        return requests

    def reply(self, status: int, body: Any = None) -> None:
        """Answer the oldest request that waits; status 0 is a connection that was lost."""
        self.run("await reply(status, body);", status=status, body=body)


@pytest.fixture(scope="session")
def files() -> Iterator[str]:
    """Where the page is."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def only_window(browser: Browser, files: str) -> Iterator[Window]:
    """One for all tests: to open one takes longer than a test."""
    context = browser.new_context()
    page = context.new_page()
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    yield Window(page, files)
    context.close()


@pytest.fixture
def window(only_window: Window) -> Window:
    """As good as new."""
    only_window.page.context.set_offline(False)
    only_window.load()
    only_window.run("sessionStorage.clear();")
    return only_window
