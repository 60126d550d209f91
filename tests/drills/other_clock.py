"""Another web host of the same site, by whose clock it is another day (libfaketime)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd import paths, processes
from crowd.server.address import Address
from tests import servers
from tests.journeys.site import Site

# Python sleeps until a moment of the monotonic clock, which libfaketime 0.9.10 refuses when it
# leaves that clock alone.
GUNICORN = """
import select, sys, time
time.sleep = lambda seconds: select.select([], [], [], seconds)
from gunicorn.app.wsgiapp import run
sys.exit(run(prog="gunicorn"))
"""


@contextmanager
def web_host(site: Site, clock: str) -> Iterator[str]:
    """Serve this site at another address by a clock that is off by, say, `+1d`; yields its URL."""
    port = servers.free_port()
    command = [sys.executable, "-c", GUNICORN, "--config", "python:crowd.server.web"]
    own = {"PORT": str(port), "CROWD_WEB_PROCESSES": "1", "CROWD_DATABASE_POOL": "1"}
    # Only the time of day is off: what measures how long something takes is right on such a host,
    # too.
    lie = {"LD_PRELOAD": libfaketime(), "FAKETIME": clock, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
    log = site.data / "logs" / f"web{clock}.log"
    with log.open("ab") as output:
        environment = site.variables | own | lie
        host = processes.start(command, cwd=paths.ROOT, env=environment, stdout=output, stderr=output)
    try:
        servers.wait_until(Address("127.0.0.1", port).answers, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        host.terminate()
        host.wait(timeout=30)


def libfaketime() -> str:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        raise FileNotFoundError("libfaketime is not installed: install Debian's package faketime")
    return str(found[0])
