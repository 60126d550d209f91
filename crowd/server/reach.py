"""Wait until database and broker answer; tell why if they can't be used."""

import sys
import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection

from crowd.server import faults
from crowd.variables import Variables


class Unreachable(Exception):
    """The database or the broker can't be used; the message says why."""


def wait_for(what: str, connect: Callable[[], object], fault: Callable[[BaseException], str | None]) -> None:
    """Try again and again, unless that is of no use; say so when the first try fails."""
    patience = Variables().int("CROWD_REACH_SECONDS", default=30)
    deadline, told = time.monotonic() + patience, False
    while True:
        try:
            connect()
        except Exception as error:  # each driver has its own errors, and most of them mean: not yet
            if advice := fault(error):
                raise Unreachable(advice) from error
            if time.monotonic() > deadline:
                raise Unreachable(f"{what} does not answer: {_first_line(error)}") from error
            if not told:
                sys.stderr.write(f"Waiting for {what} …\n")
                told = True
            time.sleep(0.5)
        else:
            return


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def reach() -> None:
    wait_for("the database (DATABASE_URL)", _read_something, faults.of_database)
    broker = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
    wait_for("the broker (REDIS_URL)", broker.ping, faults.of_broker)


def _read_something() -> None:
    """A damaged file of SQLite can be opened, and not be read."""
    with connection.cursor() as cursor:
        connection.introspection.table_names(cursor)
