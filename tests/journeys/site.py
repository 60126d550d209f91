"""A running site: what `./script/server` starts, on a port and a data directory of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowd import paths, processes
from tests import servers
from tests.journeys.family import Process, family, running

BOUNDARY = b"a-file-of-a-form"
STARTING_TAKES_AT_MOST = 240.0  # on a machine that is busy with much else
OWN_VARIABLES = re.compile(r"CROWD_.*|DATABASE_URL|REDIS_URL|HOST|PORT|SECRET_KEY|ALLOWED_HOSTS|DJANGO_SETTINGS_MODULE")


def environment(setup: str) -> dict[str, str]:
    """The tester's environment, with servers for the set-up and without what else would change how
    the site runs."""
    plain = {name: value for name, value in os.environ.items() if not OWN_VARIABLES.fullmatch(name)}
    if setup == "embedded":
        return plain
    return plain | {"DATABASE_URL": servers.new_database(), "REDIS_URL": servers.start_redis()}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API answered."""

    status: int
    body: Any


class Site:
    """The server's process tree, and ways to use it."""

    def __init__(
        self, data: Path, variables: dict[str, str], *, under: list[str] | None = None, console: Path | None = None
    ) -> None:
        self.data = data
        self.variables = {"PORT": str(servers.free_port()), "CROWD_DATA_DIR": str(data)} | variables
        self.url = f"http://127.0.0.1:{self.variables['PORT']}"
        descriptor, console_name = tempfile.mkstemp(prefix="console-", dir=console or data.parent)
        self.console = Path(console_name)
        with os.fdopen(descriptor, "wb") as terminal:
            self.process: subprocess.Popen[bytes] = processes.start(
                [*(under or []), sys.executable, "-m", "crowd.server"],
                cwd=paths.ROOT,
                env=self.variables,
                stdout=terminal,
                stderr=terminal,
            )

    def __str__(self) -> str:
        return self.url

    @property
    def said(self) -> str:
        """All that the server wrote to the terminal so far."""
        return self.console.read_text()

    def wait_until_announced(self) -> "Site":
        """Wait until the server says where the site is."""
        wait_until(lambda: "Crowd is at" in self.said or self.process.poll() is not None, STARTING_TAKES_AT_MOST)
        assert self.process.poll() is None, self.said
        return self

    def family(self) -> set[Process]:
        """The launcher and all that it started."""
        return family(self.process.pid)

    def child(self, words: str) -> Process:
        """The launcher's own child whose command contains these words."""
        (found,) = (p for p in self.family() if p.parent == self.process.pid and words in p.command)
        return found

    def stop(self, signum: signal.Signals = signal.SIGINT) -> int:
        """End it as the person at the terminal would; return the exit status."""
        self.process.send_signal(signum)
        return self.process.wait(timeout=30)

    def end(self) -> None:
        """End it without ceremony, whatever its state."""
        everyone = self.family()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        wait_until(lambda: not everyone & running(), 15)

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py on this site's data and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=paths.ROOT, env=self.variables, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def keys(self, *emails: str, **membership: str) -> list[str]:
        """API keys for these people, who are made, and made members (`project=`, `role=`), as
        needed."""
        options = [word for name, value in membership.items() for word in (f"--{name}", value)]
        return self.manage("create_api_key", *emails, *options).split()

    def readiness(self) -> dict[str, str]:
        """What the site says of itself and of what it needs."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=30) as reply:
                said: dict[str, str] = json.loads(reply.read())
        except urllib.error.HTTPError as error:
            said = json.loads(error.read())
        return said

    def call(self, method: str, path: str, key: str, body: object = None) -> Reply:
        """One request to the API, under /api/v1."""
        return self._send(method, path, key, None if body is None else json.dumps(body).encode(), "application/json")

    def upload(self, path: str, key: str, name: str, content: bytes) -> Reply:
        """A file, as a form sends it."""
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"'.encode()
        form = b"\r\n".join([b"--" + BOUNDARY, head, b"", content, b"--" + BOUNDARY + b"--", b""])
        return self._send("POST", path, key, form, f"multipart/form-data; boundary={BOUNDARY.decode()}")

    def _send(self, method: str, path: str, key: str, data: bytes | None, content_type: str) -> Reply:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": content_type}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return Reply(reply.status, json.loads(reply.read() or b"null"))
        except urllib.error.HTTPError as error:
            return Reply(error.code, json.loads(error.read() or b"null"))


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Poll; fail when the condition does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still waiting after {seconds:.0f} s"
        time.sleep(0.05)
