"""Which database the site keeps its rows in, and how its processes connect to it."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from crowd.variables import Variables

SCHEMES = ("postgres://", "postgresql://", "sqlite:///")
WHAT_A_URL_IS = (
    "must be postgres://USER:PASSWORD@HOST:PORT/NAME or sqlite:////PATH/OF/FILE, with special characters of the "
    "password as in any web address (%23 is #)"
)
POSTGRESQL, SQLITE = "django.db.backends.postgresql", "django.db.backends.sqlite3"


def configured(env: Variables, default_file: Path) -> dict[str, Any]:
    """PostgreSQL where DATABASE_URL names it, else one SQLite file."""
    url = env.str("DATABASE_URL", default="")
    database: dict[str, Any] = _parsed(url) if url else {"ENGINE": SQLITE, "NAME": str(default_file)}
    if database["ENGINE"] == SQLITE:
        # Connections stay open: when the last one closes, SQLite removes its files beside the
        # database, and on a full disk nobody could read until they can be made again.
        database["CONN_MAX_AGE"] = None
        # Writers queue instead of failing, and an acknowledged answer is on the disk.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    else:
        options = database.setdefault("OPTIONS", {})
        options.setdefault("connect_timeout", 3)
        options["server_side_binding"] = True  # so that the statements of crowd.sql can be planned once a connection
        database.update({"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True})
        if env.bool("CROWD_DATABASE_POOL", default=False):
            _pool(database)
    return database


def _parsed(url: str) -> dict[str, Any]:
    """What a DATABASE_URL says; the error doesn't repeat it, for there may be a password in it."""
    try:
        database: dict[str, Any] = environ.Env.db_url_config(url) if url.startswith(SCHEMES) else {}
    except ValueError:
        database = {}
    if database.get("NAME") in (None, "", ":memory:"):
        raise ImproperlyConfigured(f"DATABASE_URL {WHAT_A_URL_IS}")
    return database


def share_a_pool() -> None:
    """Have the threads of this process, which has not connected yet, share a pool of
    connections."""
    database = connections.settings["default"]
    if database["ENGINE"] == POSTGRESQL:
        _pool(database)


def _pool(database: dict[str, Any]) -> None:
    # Threads of one web process share a pool; jobs run one at a time and keep one connection.
    # Nobody waits long for a database that is away, nor does the pool between its tries: it would
    # double the pause each time.
    database.update({"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False})
    options = database["OPTIONS"]
    # Plans made while tables were small must not read whole tables when these have grown.
    options["options"] = "-c enable_seqscan=off"
    options["pool"] = {"min_size": 1, "max_size": 16, "timeout": 2, "reconnect_timeout": 2}
