"""The Celery app. Jobs are discovered in `<app>/jobs.py`; what they do is a verb elsewhere."""

import os
import signal
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from kombu.transport.redis import QoS

from crowd.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowd.settings")

# A worker that has lost the broker would give back what it holds over that lost connection, and end by the error.
QoS.restore_at_shutdown = False

NICENESS = 5
WORKER = os.getpid()  # as a pool process sees it, which is forked and does not import this again

app = Celery("crowd")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@worker_process_init.connect
def _end_with_the_worker(**_kwargs: Any) -> None:
    """A pool process must not outlive a worker that was killed: its job is run again, and not twice at once."""
    die_with_parent(WORKER, signal.SIGKILL)


@worker_process_init.connect
def _give_way(**_kwargs: Any) -> None:
    """Jobs take the processor that requests leave: somebody waits for those."""
    os.nice(NICENESS)
