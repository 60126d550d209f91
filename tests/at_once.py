"""Two who act at the same moment, on a database where both can be within a transaction."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from crowd.errors import CrowdError

Act = Callable[[], Any]

both_within_a_transaction = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one transaction write at a time"
)


def at_once(first: Act, second: Act, *, door: str) -> list[str]:
    """Hold the first before its statement that begins with `door`, until the second is done or
    waits for a lock. Says how it went for both, as `done` or by the code of the error, the earlier
    one first."""
    about_to_go, go = threading.Event(), threading.Event()
    outcomes: list[str] = []

    def stop_at_the_door(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(door) and not about_to_go.is_set():
            about_to_go.set()
            go.wait(60)
        return execute(sql, *rest)

    def act_slowly() -> None:
        with connection.execute_wrapper(stop_at_the_door):
            _act(first, outcomes)

    slow, quick = threading.Thread(target=act_slowly), threading.Thread(target=_act, args=(second, outcomes))
    slow.start()
    assert about_to_go.wait(60)
    quick.start()
    while quick.is_alive() and not _somebody_waits_for_a_lock():
        time.sleep(0.01)
    go.set()
    slow.join()
    quick.join()
    return outcomes


def _act(act: Act, outcomes: list[str]) -> None:
    try:
        act()
        outcomes.append("done")
    except CrowdError as error:
        outcomes.append(error.code)
    finally:
        connection.close()


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
