"""The Celery app. Jobs are discovered in `<app>/jobs.py`; what they do is a verb elsewhere."""

import os
import signal
from typing import Any

from celery import Celery
from celery.signals import task_failure, worker_init, worker_process_init
from kombu.transport.redis import QoS

from crowd import room
from crowd.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowd.settings")

# A worker that has lost the broker would give back what it holds over that lost connection, and end
# by the error.
QoS.restore_at_shutdown = False

NICENESS = 5


class Jobs(Celery):
    """Celery's app, which in a pool process still knows the worker that forked it."""

    worker_pid: int


app = Jobs("crowd")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@worker_init.connect
def _remember_the_worker(**_kwargs: Any) -> None:
    """As its pool processes see it, which are forked from it and do not import this again."""
    app.worker_pid = os.getpid()


@worker_process_init.connect
def _end_with_the_worker(**_kwargs: Any) -> None:
    """A pool process must not outlive a worker that was killed: its job is run again, and not twice
    at once."""
    die_with_parent(app.worker_pid, signal.SIGKILL)


@worker_process_init.connect
def _give_way(**_kwargs: Any) -> None:
    """Jobs take the processor that requests leave: somebody waits for those."""
    os.nice(NICENESS)


@task_failure.connect
def _note_lack_of_room(exception: BaseException | None = None, **_kwargs: Any) -> None:
    """Requests and the terminal tell of it; the job itself is run again by a sweep."""
    if room.is_why(exception):
        room.note()
