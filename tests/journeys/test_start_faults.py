"""What keeps the service from starting is told in one line that says what to do, and never shows a
password."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests import servers
from tests.journeys.site import STARTING_TAKES_AT_MOST, Site

StartSite = Callable[..., Site]
PASSWORD = "c0ffee5ec2e7"  # the same in every process of the tests


def told(site: Site) -> str:
    """The one line that it says before it ends."""
    assert site.process.wait(timeout=STARTING_TAKES_AT_MOST) in (1, 2), site.said
    lines = [line for line in site.said.splitlines() if not line.startswith("Waiting for ")]
    assert len(lines) == 1, site.said
    assert lines[0].startswith("crowd: ")
    assert PASSWORD not in site.said
    return lines[0].removeprefix("crowd: ")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """Where a PostgreSQL listens in which a role may connect, and may make no tables."""
    if not os.environ["DATABASE_URL"].startswith("postgres"):
        pytest.skip("of PostgreSQL")
    url = servers.new_database()
    name = urlsplit(url).path[1:]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(Identifier(f"guest_{name}"), PASSWORD))
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    yield url
    with psycopg.connect(url.replace(f"/{name}", "/postgres"), autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
        connection.execute(SQL("DROP ROLE {}").format(Identifier(f"guest_{name}")))


def guest(postgres: str, *, password: str = PASSWORD, database: str = "") -> str:
    place = urlsplit(postgres)
    name = place.path[1:]
    return f"postgres://guest_{name}:{password}@{place.hostname}:{place.port}/{database or name}"


def test_role_that_may_make_no_tables(start_site: StartSite, postgres: str) -> None:
    name = urlsplit(postgres).path[1:]

    assert told(start_site(DATABASE_URL=guest(postgres))) == (
        f'the role "guest_{name}" may not create tables in "{name}": GRANT CREATE ON SCHEMA public TO guest_{name}'
    )


def test_database_that_does_not_exist(start_site: StartSite, postgres: str) -> None:
    assert told(start_site(DATABASE_URL=guest(postgres, database="crow"))) == (
        'there is no database "crow" on 127.0.0.1: create it (createdb crow), or mend DATABASE_URL'
    )


def test_wrong_password(start_site: StartSite, postgres: str) -> None:
    name = urlsplit(postgres).path[1:]

    assert told(start_site(DATABASE_URL=guest(postgres, password=f"not{PASSWORD}"))) == (
        f'127.0.0.1 refuses the password of "guest_{name}": mend DATABASE_URL (in it, # is %23 and @ is %40)'
    )


def test_database_server_that_is_away(start_site: StartSite) -> None:
    url = f"postgres://crowd:{PASSWORD}@127.0.0.1:{servers.free_port()}/crowd"
    site = start_site(DATABASE_URL=url, CROWD_REACH_SECONDS="1")

    assert told(site).startswith("the database (DATABASE_URL) does not answer: ")
    assert "Waiting for the database" in site.said


def test_broker_that_is_away(start_site: StartSite) -> None:
    url = f"redis://:{PASSWORD}@127.0.0.1:{servers.free_port()}/0"
    site = start_site(DATABASE_URL="", REDIS_URL=url, CROWD_REACH_SECONDS="1")

    assert told(site).startswith("the broker (REDIS_URL) does not answer: ")


def test_wrong_password_of_the_broker(start_site: StartSite) -> None:
    host = urlsplit(os.environ["REDIS_URL"])

    assert told(start_site(DATABASE_URL="", REDIS_URL=f"redis://:{PASSWORD}@{host.hostname}:{host.port}/0")) == (
        "the broker refuses the password: set REDIS_URL to redis://:PASSWORD@HOST:PORT/0"
    )


@pytest.mark.parametrize("damage", [b"this is no database" * 300, b""])
def test_damaged_sqlite_file_is_named(start_site: StartSite, tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "answers.db"
    file.write_bytes(damage or b"SQLite format 3\0" + bytes(8000))

    assert told(start_site(DATABASE_URL=f"sqlite:///{file}")) == (
        f"{file} is damaged, or no SQLite database: put a backup in its place (delete {file}-wal and {file}-shm "
        "first), or set DATABASE_URL"
    )


def test_sqlite_file_in_a_folder_that_is_not_there(start_site: StartSite, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "answers.db"

    assert told(start_site(DATABASE_URL=f"sqlite:///{file}")) == (
        f"{file} can't be opened for writing: mend the rights of it and of its folder"
    )


@pytest.mark.parametrize(
    ("folder", "reason"), [("/dev/null/crowd", "Not a directory"), ("/proc/crowd", "No such file")]
)
def test_data_directory_that_can_not_be_written(start_site: StartSite, folder: str, reason: str) -> None:
    said = told(start_site(CROWD_DATA_DIR=folder))

    assert said.startswith(f"can't write to {folder} ({reason}")
    assert said.endswith("set CROWD_DATA_DIR to a folder of yours")


URLS = "must be postgres://USER:PASSWORD@HOST:PORT/NAME or sqlite:////PATH/OF/FILE"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("DATABASE_URL", "foo", URLS),
        ("REDIS_URL", f"http://:{PASSWORD}@localhost", "must begin with redis:// or rediss:// or unix://"),
        ("CROWD_JOB_PROCESSES", "0", "must be a whole number from 1 on, not '0'"),
        ("CROWD_WEB_PROCESSES", "two", "must be a whole number from 1 on, not 'two'"),
    ],
)
def test_bad_setting_is_told_by_its_name(start_site: StartSite, variable: str, value: str, reason: str) -> None:
    assert told(start_site(**{variable: value})).startswith(f"{variable} {reason}")
