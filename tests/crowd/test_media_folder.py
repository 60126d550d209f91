"""A second host that shares the database, but not the pictures."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from crowd.people.media_folder import mark_media_folder


def test_a_host_without_the_pictures_is_told_at_its_start_and_is_not_ready(
    db: None, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "first"
    mark_media_folder()
    mark_media_folder()
    assert Client().get("/readyz").json()["media"] == "ok"

    settings.MEDIA_ROOT = tmp_path / "second"
    with pytest.raises(CommandError, match=r"the pictures of this database are not in .*second") as refusal:
        call_command("prepare")
    reply = Client().get("/readyz")
    assert (reply.status_code, reply.json()["media"]) == (503, "elsewhere")

    name = str(refusal.value).rpartition("write ")[2].partition(" ")[0]
    (tmp_path / "second" / "media-id").write_text(name)
    mark_media_folder()
    assert Client().get("/readyz").json()["media"] == "ok"


def test_a_folder_that_came_with_another_database_keeps_its_name(db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "media-id").write_text("a" * 32)
    mark_media_folder()
    assert (tmp_path / "media-id").read_text().strip() == "a" * 32
