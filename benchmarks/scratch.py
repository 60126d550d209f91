"""The tests' database for what tests do in a short form, and a benchmark thousands of times."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.test.utils import get_runner


@contextmanager
def scratch_database() -> Iterator[None]:
    """From here on this process uses the tests' settings, and an empty database that is gone in the
    end."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.conf import settings  # noqa: PLC0415 (complete only now)

    runner = get_runner(settings)(interactive=False, verbosity=0)
    databases = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(databases)
