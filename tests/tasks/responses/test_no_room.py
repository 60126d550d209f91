"""What can't be stored is refused with the reason, leaves nothing behind, and is taken when there
is room."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pytest_django import Settings

from crowd import paths, room
from crowd.projects.models import Project
from tasks.intake import imports
from tasks.models import Import, Task
from tests.cast import Api, picture
from tests.disks import Disk, small_disk
from tests.tasks.intake.test_archives import zipped

TASKS = {"tasks": [{"external_id": f"t{n}", "data": {"text": "bird " * 200}} for n in range(300)]}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", megabytes=4) as disk:
        yield disk


@pytest.fixture(autouse=True)
def as_in_production(alice: Api) -> Iterator[None]:
    """The test client shows what the site answers to an error of its own; the next test knows
    nothing of this one's."""
    alice.client.raise_request_exception = False
    yield
    (paths.data_dir() / "full").unlink(missing_ok=True)


@contextmanager
def full_sqlite() -> Iterator[None]:
    """SQLite's own limit has the same effect as a full disk, to the code of its error."""
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        yield
        cursor.execute("PRAGMA max_page_count = 4294967294")


@contextmanager
def full_postgres(disk: Disk) -> Iterator[None]:
    """The tasks are kept on a disk that has no room left."""
    shutil.chown(disk.folder, "postgres")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLESPACE small LOCATION '{disk.folder}'")
        try:
            cursor.execute("ALTER TABLE tasks_task SET TABLESPACE small")
            disk.fill()
            yield
            disk.make_room()
        finally:
            cursor.execute("ALTER TABLE tasks_task SET TABLESPACE pg_default")
            cursor.execute("DROP TABLESPACE small")


def refuse_and_take(alice: Api, full_database: AbstractContextManager[None]) -> None:
    with full_database:
        refused = alice("POST", "/projects/birds/tasks", TASKS)
        stored = Task.objects.count()
    taken = alice("POST", "/projects/birds/tasks", TASKS)

    assert (refused.status_code, refused.json()["code"], stored) == (507, "storage_full", 0)
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["Retry-After"] == "60"
    assert (taken.status_code, Task.objects.count()) == (201, len(TASKS["tasks"]))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")
def test_full_sqlite_refuses_what_it_can_not_store(project: Project, alice: Api) -> None:
    refuse_and_take(alice, full_sqlite())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL")
def test_full_postgres_refuses_what_it_can_not_store(transactional_db: None, project: Project, alice: Api) -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's account must get at what is in it
        with small_disk(Path(folder) / "disk", megabytes=4) as disk:
            refuse_and_take(alice, full_postgres(disk))


def upload(alice: Api) -> Any:
    file = SimpleUploadedFile("pictures.zip", zipped({f"{n}.png": picture(size=(64, 64 + n)) for n in range(9)}))
    return alice("POST", "/projects/birds/imports", {"file": file}, content_type="multipart/form-data")


def test_upload_that_does_not_fit_leaves_nothing_behind(
    disk: Disk, settings: Settings, project: Project, alice: Api
) -> None:
    settings.MEDIA_ROOT = disk.folder
    disk.fill()

    refused = upload(alice)

    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
    assert Import.objects.count() == 0
    assert [file.name for file in disk.folder.rglob("*") if file.is_file()] == ["filling"]
    assert room.was_lacking_lately()


def test_import_waits_until_its_pictures_can_be_stored(
    disk: Disk, settings: Settings, project: Project, alice: Api
) -> None:
    settings.MEDIA_ROOT = disk.folder
    job = upload(alice).json()["id"]
    disk.fill()

    for _time in range(5):
        Import.objects.update(next_try_at=None)
        with pytest.raises(OSError, match="No space left"):
            imports.run_import(job)
    waiting = alice("GET", f"/projects/birds/imports/{job}").json()["state"]
    disk.make_room()
    Import.objects.update(next_try_at=None)
    imports.run_import(job)

    assert waiting in ("queued", "running")
    assert alice("GET", f"/projects/birds/imports/{job}").json()["state"] == "done"
    assert Task.objects.count() == 9
