"""Telling the jobs that answers arrived, without making the worker who answered wait for the broker.

A submit only adds a project's number to a set; one thread per process empties the set into the broker a few times a
second. A broker that is gone or silent costs a wake-up, which the sweep makes up for, and nothing else.
"""

import logging
import threading
from typing import Any

from crowd.celery import app

log = logging.getLogger(__name__)

PAUSE = 0.2  # seconds: answers that come closer together share a wake-up
BACK_OFF = 15.0  # seconds without a try after the broker failed

_waiting: set[int] = set()
_lock = threading.Lock()
_arrived = threading.Event()
_thread: threading.Thread | None = None


def receive_answers(*, project_id: int, **_kwargs: Any) -> None:
    wake(project_id)


def wake(project_id: int) -> None:
    """Have the project's labels refreshed soon. Never blocks and never fails."""
    global _thread  # noqa: PLW0603 (one thread a process, started by the first who needs it, after any fork)
    with _lock:
        _waiting.add(project_id)
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_publish, name="wakeups", daemon=True)
            _thread.start()
    _arrived.set()


def _publish() -> None:
    pause = threading.Event()
    while _arrived.wait():
        _arrived.clear()
        with _lock:
            projects = sorted(_waiting)
            _waiting.clear()
        try:
            for project_id in projects:
                app.send_task("quality.refresh", args=[project_id], expires=60)
        except Exception as error:
            log.warning("The broker does not take wake-ups (%s); the sweep will find the work.", type(error).__name__)
            pause.wait(BACK_OFF)
        pause.wait(PAUSE)
