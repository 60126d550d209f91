"""Telling the jobs that there is work, without making whoever brought it wait for the broker.

A request only adds a job's name and argument to a set; one thread per process empties the set into
the broker twice a second. A broker that is gone or silent costs a wake-up, which a sweep makes up
for, and nothing else.
"""

import logging
import threading

from crowd.celery import app

log = logging.getLogger(__name__)

PAUSE = 0.5  # seconds: answers that come closer together share a wake-up
BACK_OFF = 15.0  # seconds without a try after the broker failed
EXPIRES = 60  # seconds: by then a sweep has found the work

_waiting: set[tuple[str, int]] = set()
_lock = threading.Lock()
_arrived = threading.Event()
_thread: threading.Thread | None = None


def wake(job: str, subject: int) -> None:
    """Have the job of this name run soon with this argument. Never blocks and never fails."""
    global _thread  # noqa: PLW0603 (one thread a process, started by the first who needs it, after any fork)
    with _lock:
        _waiting.add((job, subject))
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_publish, name="wakeups", daemon=True)
            _thread.start()
    _arrived.set()


def _publish() -> None:
    pause = threading.Event()
    while _arrived.wait():
        _arrived.clear()
        with _lock:
            waiting = sorted(_waiting)
            _waiting.clear()
        try:
            for job, subject in waiting:
                app.send_task(job, args=[subject], expires=EXPIRES)
        except Exception as error:
            log.warning("The broker does not take wake-ups (%s); a sweep will find the work.", type(error).__name__)
            pause.wait(BACK_OFF)
        pause.wait(PAUSE)
