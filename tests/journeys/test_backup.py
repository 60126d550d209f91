"""A copy made while people work is a service of its own: the same accounts, labels and pictures,
started as the README says."""

import io
import subprocess
import urllib.request
import zipfile
from pathlib import Path

import pytest

from crowd import paths
from tests import servers
from tests.cast import picture
from tests.docs.shown import block
from tests.journeys.reader import typed
from tests.journeys.site import Site, environment, wait_until

READ_WITHIN = 60


def fill(site: Site, key: str) -> None:
    """A project with a text, and a picture."""
    schema = {"type": "choice", "classes": ["yes", "no"]}
    site.call("POST", "/projects", key, {"slug": "birds", "name": "Birds", "schema": schema})
    site.call("POST", "/projects/birds/tasks", key, {"tasks": [{"external_id": "t1", "data": {"text": "A bird."}}]})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("bird.png", picture())
    head = b'--part\r\nContent-Disposition: form-data; name="file"; filename="birds.zip"\r\n\r\n'
    request = urllib.request.Request(
        f"{site.url}/api/v1/projects/birds/imports",
        data=head + archive.getvalue() + b"\r\n--part--\r\n",
        headers={"Authorization": f"Bearer {key}", "Content-Type": "multipart/form-data; boundary=part"},
    )
    urllib.request.urlopen(request).close()
    wait_until(lambda: len(tasks(site, key)) == 2, READ_WITHIN)


def tasks(site: Site, key: str) -> list[str]:
    return [label["task"] for label in site.call("GET", "/projects/birds/labels", key).body["results"]]


def stored(data: Path) -> dict[Path, bytes]:
    return {path.relative_to(data): path.read_bytes() for path in (data / "media").rglob("*") if path.is_file()}


@pytest.mark.parametrize("setup", ["embedded", "postgres"])
def test_copy_of_a_running_service_starts_as_another(tmp_path: Path, static_files: Path, setup: str) -> None:
    variables = environment(setup) | {"CROWD_DEMO": "0", "CROWD_STATIC_ROOT": str(static_files)}
    site = Site(tmp_path / "data", variables).wait_until_announced()
    (key,) = site.keys("alice@example.org")
    fill(site, key)

    backup = block("README.md", "./script/manage backup").replace("~/crowd-backup", str(tmp_path / "copy"))
    typed(backup, paths.ROOT, site.variables)
    before = tasks(site, key), stored(site.data)
    site.end()
    if setup == "postgres":
        variables["DATABASE_URL"] = servers.new_database()
        restore = ["pg_restore", "--no-owner", "--dbname", variables["DATABASE_URL"], f"{tmp_path}/copy/database.dump"]
        subprocess.run(restore, check=True)
    restart = block("README.md", "CROWD_DATA_DIR=").replace("~/crowd-backup", str(tmp_path / "copy"))
    assert restart == f"CROWD_DATA_DIR={tmp_path}/copy ./script/server"
    copy = Site(tmp_path / "copy", variables).wait_until_announced()

    try:
        assert (tasks(copy, key), stored(copy.data)) == before
        assert (tmp_path / "copy" / "secret_key").read_text() == (tmp_path / "data" / "secret_key").read_text()
    finally:
        copy.end()
