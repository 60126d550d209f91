"""The site, imported once by the launcher and forked as often as there are processes, which share
that memory.

What each of them would import in the course of its first request or job is imported here, before
the fork: memory that is filled afterwards is each process's own. Nothing may be opened or started
here: no connection, no thread.
"""

import gc
import os
import sys
from importlib import import_module
from typing import NoReturn

from setproctitle import setproctitle

from crowd.server.supervisor import TOLD

USED_BY_ALL = (
    "crowd.celery",
    "crowd.server.web",
    "celery.apps.worker",
    "celery.beat",
    "celery.concurrency.prefork",
    "celery.worker.consumer",
    "gunicorn.app.wsgiapp",
    "crowd.server.gateway.worker",
    "kombu.transport.redis",
)


class BadSetting(Exception):
    """A variable of the environment has a value that can't be used; the message names it."""


def load() -> None:
    """Import the site, whose settings read the environment."""
    import django  # noqa: PLC0415
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    # Every process of Celery would do again, at a cost of much memory, what `prepare` does: check
    # the whole site.
    os.environ["CELERY_SKIP_CHECKS"] = "1"
    try:
        for module in USED_BY_ALL:
            import_module(module)
        django.setup()  # but no `crowd.wsgi`, which looks for the static files: a first start has none yet
    except ImproperlyConfigured as error:
        raise BadSetting(str(error)) from error
    _import_what_requests_use()
    gc.collect()
    gc.freeze()  # the collector must not write into shared memory


def _import_what_requests_use() -> None:
    from django.conf import settings  # noqa: PLC0415
    from django.urls import get_resolver  # noqa: PLC0415

    from crowd.celery import app  # noqa: PLC0415

    import_module(settings.ROOT_URLCONF)
    get_resolver().url_patterns  # noqa: B018 - which imports every view
    app.loader.import_default_modules()
    app.finalize()


def reach() -> None:
    """Wait for the database and the broker; end with TOLD and the reason if they can't be used."""
    from crowd.server.reach import Unreachable, reach  # noqa: PLC0415

    try:
        reach()
    except Unreachable as reason:
        _end_with(str(reason))


def prepare() -> None:
    """Bring the database and the static files up to date; print the accounts of the demo, if there
    is to be one."""
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import CommandError, call_command  # noqa: PLC0415

    try:
        call_command("prepare", demo=settings.DEMO)
    except CommandError as reason:
        _end_with(str(reason))


def _end_with(reason: str) -> NoReturn:
    sys.stdout.write(reason)
    sys.exit(TOLD)


def answer_requests(listener: int) -> None:
    """Be the web server, at a socket that listens already."""
    _appear_as("gunicorn", "--config", "python:crowd.server.web", "--bind", f"fd://{listener}")
    from gunicorn.app.wsgiapp import run  # noqa: PLC0415

    from crowd.databases import share_a_pool  # noqa: PLC0415

    share_a_pool()
    run()


def do_jobs() -> None:
    """Work in the background."""
    from crowd.celery import app  # noqa: PLC0415

    _appear_as("celery", "--app", "crowd.celery", "worker")
    # Not by the command line, which imports a shell that nobody here uses.
    worker = app.Worker(without_gossip=True, without_mingle=True)
    worker.start()
    sys.exit(worker.exitcode)


def send_jobs() -> None:
    """Be the clock that makes the jobs look for work."""
    from crowd.celery import app  # noqa: PLC0415

    _appear_as("celery", "--app", "crowd.celery", "beat")
    app.Beat(quiet=True).run()


def _appear_as(*command: str) -> None:
    """Be in `ps` what this process would be if it had been started by that command, which the
    libraries read too."""
    sys.argv = list(command)
    setproctitle(" ".join(command))
