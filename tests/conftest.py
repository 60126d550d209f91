"""Options and fixtures for every test; the servers that tests need are started by `tests/settings.py`."""

import pytest

pytest_plugins = ["tests.cast"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--site",
        choices=["embedded", "postgres"],
        default="postgres",
        help="what the journeys' site runs on: nothing but its own (embedded), or PostgreSQL and Redis (postgres)",
    )
