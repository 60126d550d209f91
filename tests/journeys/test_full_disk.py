"""A full disk costs what would be stored and nothing else: the site stays up, says why, and
recovers."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.disks import Disk, small_disk
from tests.journeys.site import STARTING_TAKES_AT_MOST, Site, environment, wait_until

NOTICED_WITHIN = 60  # seconds; half a minute after the last failure
TASKS = {"tasks": [{"external_id": f"t{number}", "data": {"text": "bird " * 100}} for number in range(500)]}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", megabytes=64) as disk:
        yield disk


@pytest.fixture
def site(disk: Disk, static_files: Path) -> Iterator[Site]:
    """A site whose database, pictures, broker and logs are on the small disk."""
    variables = environment("embedded") | {"CROWD_DEMO": "0", "CROWD_STATIC_ROOT": str(static_files)}
    site = Site(disk.folder / "data", variables).wait_until_announced()
    yield site
    site.end()


def test_full_disk_is_told_and_survived(site: Site, disk: Disk) -> None:
    (alice,) = site.keys("alice@example.org")
    project = {"slug": "birds", "name": "Birds", "schema": {"type": "choice", "classes": ["yes", "no"]}}
    assert site.call("POST", "/projects", alice, project).status == HTTPStatus.CREATED

    disk.fill()
    refused = site.call("POST", "/projects/birds/tasks", alice, TASKS)
    wait_until(lambda: "crowd: there is no room left to store anything" in site.said, NOTICED_WITHIN)
    read = site.call("GET", "/projects/birds/labels", alice)
    ready = site.readiness()

    assert (refused.status, refused.body["code"]) == (507, "storage_full")
    assert "There is no room left on the server's disk: nothing was stored" in refused.body["detail"]
    assert (read.status, read.body["results"]) == (200, [])
    assert (ready["status"], ready["storage"]) == ("unavailable", "full")

    disk.make_room()
    wait_until(lambda: site.readiness()["status"] == "ok", STARTING_TAKES_AT_MOST)
    wait_until(lambda: "crowd: there is room again" in site.said, NOTICED_WITHIN)

    assert site.call("POST", "/projects/birds/tasks", alice, TASKS).status == HTTPStatus.CREATED
    assert site.process.poll() is None
    assert len(site.call("GET", "/projects/birds/labels?limit=1000", alice).body["results"]) == len(TASKS["tasks"])


def test_start_on_a_full_disk_is_refused_in_one_line(disk: Disk) -> None:
    data = disk.folder / "data"
    data.mkdir()
    disk.fill()

    site = Site(data, environment("embedded"), console=disk.folder.parent)

    assert site.process.wait(timeout=NOTICED_WITHIN) == 2
    assert site.said == f"crowd: the disk of {data} is full: make room, and start again\n"
