"""Wait until database and broker answer, else tell why and exit with status 1: `python -m crowd.server.reach`."""

import os
import sys
import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection

PATIENCE = float(os.environ.get("CROWD_REACH_SECONDS") or 30)


def wait_for(what: str, connect: Callable[[], object]) -> None:
    """Try again and again; say so when the first try fails."""
    deadline, told = time.monotonic() + PATIENCE, False
    while True:
        try:
            connect()
        except Exception as error:  # each driver has its own errors, and all of them mean: not yet
            if time.monotonic() > deadline:
                sys.exit(f"crowd: {what} does not answer: {_first_line(error)}")
            if not told:
                sys.stderr.write(f"Waiting for {what} …\n")
                told = True
            time.sleep(0.5)
        else:
            return


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowd.settings")
    wait_for("the database (DATABASE_URL)", connection.ensure_connection)
    broker = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
    wait_for("the broker (REDIS_URL)", broker.ping)


if __name__ == "__main__":
    main()
