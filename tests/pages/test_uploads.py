"""Bringing tasks in through the page."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crowd.projects.models import Project
from tasks.intake.imports import run_import
from tasks.models import Import, Task
from tests.cast import picture
from tests.pages.conftest import text_of

URL = "/projects/birds/imports"


def form(name: str, content: bytes, **more: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content), "table_format": "auto", "folders": "gold", **more}


def archive(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return buffer.getvalue()


def test_zip_of_pictures_is_followed_to_its_report(owner: Client, tasks: Project) -> None:
    pictures = {"red.png": picture("red"), "blue.png": picture("blue"), "torn.png": b"no picture"}

    reply = owner.post(URL, form("birds.zip", archive(**pictures)), follow=True)
    job = Import.objects.get()
    assert "queued" in text_of(reply)
    assert f'hx-get="{URL}/{job.pk}"' in text_of(reply)

    run_import(job.pk)
    part = text_of(owner.get(f"{URL}/{job.pk}"))

    assert "2 new, 0 changed, 0 as before" in part
    assert "1 rejected" in part
    assert "torn.png" in part
    assert "hx-get" not in part
    assert Task.objects.filter(image__isnull=False).count() == 2


def test_folders_of_classes_become_gold(owner: Client) -> None:
    files = {"yes/a.png": picture("red"), "no/b.png": picture("blue")}

    owner.post(URL, form("gold.zip", archive(**files), table_format="imagenet-zip"))
    run_import(Import.objects.get().pk)

    assert Task.objects.filter(purpose="gold").count() == 2


def test_refused_file_is_told_line_by_line_and_changes_nothing(owner: Client) -> None:
    reply = owner.post(URL, form("birds.csv", b"external_id,text\na,one\na,two\n,three\n"))

    page = text_of(reply)
    assert reply.status_code == 200
    assert "<b>Line 3</b> Another line has the id a." in page
    assert "<b>Line 4</b>" in page
    assert not Import.objects.exists()


def test_upload_without_a_file_is_told(owner: Client) -> None:
    reply = owner.post(URL, {"table_format": "auto", "folders": "gold"})

    assert reply.context["form"].errors == {"file": ["This field is required."]}
