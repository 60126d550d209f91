"""Options and fixtures for every test; the servers that tests need are started by
`tests/settings.py`."""

import signal

import pytest
from hypothesis import settings

pytest_plugins = ["tests.cast", "tests.chromium"]

# The same examples every time, however slow the machine is at this moment.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")

# Tests that run in the background, or under nohup, ignore these, and so would all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--site",
        choices=["embedded", "postgres"],
        default="postgres",
        help="what the journeys' site runs on: nothing but its own (embedded), or PostgreSQL and Redis (postgres)",
    )
