"""One site for all drills: each mends what it broke."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.drills.stage import Stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    with django_db_blocker.unblock(), Stage(tmp_path_factory.mktemp("stage")) as ready:
        yield ready
