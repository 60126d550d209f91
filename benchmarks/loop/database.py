"""A private PostgreSQL with the site's tables, for what needs no web server and no jobs."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command

from tests import servers


@contextmanager
def migrated_database() -> Iterator[None]:
    """From here on this process uses the site's models, on an empty database."""
    postgres = servers.PostgreSQL()
    postgres.start()
    with tempfile.TemporaryDirectory(prefix="crowd-bench-") as folder:
        os.environ.update(
            DATABASE_URL=f"{postgres.url}/postgres",
            REDIS_URL="redis://127.0.0.1:1/0",
            CROWD_DATA_DIR=folder,
            DJANGO_SETTINGS_MODULE="crowd.settings",
        )
        django.setup()
        call_command("migrate", verbosity=0)
        yield
