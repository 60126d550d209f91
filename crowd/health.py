"""Is the process up, and is what it needs there?"""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from crowd import room
from crowd.celery import app
from crowd.people.media_folder import is_media_folder_here


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """What the site needs, each by name: 200 if all are as they should be, else 503 with what is
    not."""
    database = _database()
    migrations = _migrations() if database == "ok" else database  # each question to a database that is away takes long
    checks = {"database": database, "migrations": migrations, "broker": _broker()}
    checks["media"] = _media() if database == "ok" else database
    checks["storage"] = "full" if room.is_lacking() else "ok"
    ready = all(state == "ok" for state in checks.values())
    return JsonResponse({"status": "ok" if ready else "unavailable", **checks}, status=200 if ready else 503)


def _named(check: Any) -> str:
    try:
        return "ok" if check() else "behind"
    except Exception as error:
        return "full" if room.is_why(error) else type(error).__name__


def _database() -> str:
    return _named(lambda: connection.cursor().execute("SELECT 1") is not None)


def _migrations() -> str:
    def applied() -> bool:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())

    return _named(applied)


def _media() -> str:
    return "ok" if is_media_folder_here() else "elsewhere"


def _broker() -> str:
    def answers() -> bool:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
        return True

    return _named(answers)
