"""Zips of pictures become tasks; whatever else they hold is refused by name."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture

from crowd.projects.deletion import remove_project
from crowd.projects.models import Deletion, Project
from quality.models import GoldAnswer
from tasks.intake import imports, picture_zips, records, turns
from tasks.intake.turns import next_imports
from tasks.models import Image, Import, PreLabel, Task
from tests.cast import CHOICE, NO, YES, Api, picture

URL = "/projects/birds/imports"


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def upload(api: Api, content: bytes, name: str = "pictures.zip", **fields: str) -> Any:
    return api("POST", URL, {"file": SimpleUploadedFile(name, content), **fields}, content_type="multipart/form-data")


def imported(api: Api, content: bytes, name: str = "pictures.zip", **fields: str) -> dict[str, Any]:
    """Upload, do what the job does, and return the import's state."""
    reply = upload(api, content, name, **fields)
    assert reply.status_code == 202, reply.content
    job = reply.json()["id"]
    imports.run_import(job)
    return api("GET", f"{URL}/{job}").json()


def test_a_zip_of_pictures_becomes_tasks(project: Project, alice: Api, bob: Api) -> None:
    state = imported(alice, zipped({"a.png": picture("red"), "deep/er/b.jpg": picture("blue", kind="JPEG")}))
    assert (state["state"], state["done"], state["total"]) == ("done", 2, 2)
    assert state["format"] == "images-zip"
    assert state["report"] == {
        "format": "images-zip",
        "because": "not every folder is called after a class: er",
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "rejections": [],
        "left_out": 0,
        "omissions": [],
        "noted": 0,
        "notes": [],
    }
    assert list(Task.objects.values_list("external_id", flat=True)) == ["a.png", "deep/er/b.jpg"]


def test_the_same_zip_again_changes_nothing(project: Project, alice: Api) -> None:
    content = zipped({"a.png": picture("red"), "b.png": picture("blue")})
    imported(alice, content)
    assert imported(alice, content)["report"]["unchanged"] == 2
    assert (Task.objects.count(), Image.objects.count()) == (2, 2)


def test_a_bad_picture_is_rejected_by_name_and_the_rest_is_kept(project: Project, alice: Api) -> None:
    members = {"good.png": picture(), "torn.png": picture()[:40], "text.jpg": b"hello", "note.txt": b"hello"}
    report = imported(alice, zipped(members))["report"]
    assert (report["created"], report["rejected"]) == (1, 3)
    assert [r["file"] for r in report["rejections"]] == ["note.txt", "text.jpg", "torn.png"]


def test_folders_of_an_imagenet_zip_are_gold(project: Project, alice: Api) -> None:
    imported(alice, zipped({"yes/a.png": picture("red"), "set/no/b.png": picture("blue")}), format="imagenet-zip")
    assert dict(GoldAnswer.objects.values_list("task__external_id", "answer")) == {
        "yes/a.png": YES,
        "set/no/b.png": NO,
    }
    assert Task.objects.filter(purpose="gold").count() == 2


def test_folders_may_be_prelabels_instead(project: Project, alice: Api) -> None:
    imported(alice, zipped({"yes/a.png": picture("red")}), format="imagenet-zip", folders="prelabel")
    assert PreLabel.objects.get().prediction == [[YES, 1.0]]
    assert not GoldAnswer.objects.exists()


def test_the_format_is_recognised(project: Project, alice: Api) -> None:
    uploads = [
        (zipped({"yes/a.png": picture()}), "x.zip"),
        (zipped({"a.png": picture("blue")}), "x.zip"),
        (b"external_id,text\nt1,hello\n", "x.csv"),
        (b'{"external_id": "t2", "text": "hello"}\n', "x.jsonl"),
    ]
    reports = [imported(alice, content, name)["report"] for content, name in uploads]
    assert [report["format"] for report in reports] == ["imagenet-zip", "images-zip", "csv", "jsonl"]
    assert list(Import.objects.order_by("pk").values_list("format", flat=True)) == [
        "imagenet-zip",
        "images-zip",
        "csv",
        "jsonl",
    ]


@pytest.mark.parametrize(
    ("content", "name", "fields", "code"),
    [
        (b"just text", "x.zip", {}, "invalid_file"),
        (b"just text", "x.zip", {"format": "images-zip"}, "invalid_file"),
        (zipped({"a.png": picture()})[:-30], "x.zip", {}, "invalid_file"),
        (zipped({"readme.txt": b"x"}), "x.zip", {}, "invalid_file"),
        (zipped({"maybe/a.png": picture()}), "x.zip", {"format": "imagenet-zip"}, "invalid_file"),
        (b"external_id,text\nt1,hello\nt1,again\n", "x.csv", {}, "invalid_file"),
        (b"external_id,text,gold\nt1,hello,maybe\n", "x.csv", {}, "invalid_file"),
        (b"x", "x.zip", {"format": "coco-zip"}, "unsupported_format"),
        (b"x", "x.zip", {"format": "tar"}, "invalid"),
        (b"", "x.zip", {}, "invalid"),
    ],
)
def test_a_bad_file_is_refused_at_once_and_nothing_is_stored(
    project: Project, alice: Api, content: bytes, name: str, fields: dict[str, str], code: str
) -> None:
    reply = upload(alice, content, name, **fields)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert not Import.objects.exists()
    assert not Task.objects.exists()


def test_a_table_of_tasks_is_read(project: Project, alice: Api) -> None:
    table = "id,text,source,gold,explanation,priority\nt1,A bird,web,,,\nt2,Another,web,yes,It is blue,3\n"
    imported(alice, table.encode(), "x.csv")
    t1, t2 = Task.objects.order_by("external_id")
    assert (t1.data, t2.priority) == ({"text": "A bird", "source": "web"}, 3)
    assert (t2.gold.answer, t2.gold.explanation) == (YES, "It is blue")


@pytest.mark.parametrize(
    "line",
    [
        '{"external_id": "a", "text": "x", "priority": 1e999}',
        '{"external_id": "a", "text": "x", "priority": 99999999999999999999}',
        '{"external_id": "a", "text": "x", "priority": 1.7}',
        '{"external_id": "a", "text": "x", "v": 1e999}',
        '{"external_id": "a", "text": "x", "v": NaN}',
        '{"external_id": null, "text": "x"}',
        '{"external_id": ["a"], "text": "x"}',
        '{"external_id": "a", "data": "x"}',
        '{"external_id": "a", "data": {"text": "x"}, "gold": {"answer": "yes", "explanation": {"a": 1}}}',
    ],
)
def test_lines_are_held_to_the_rules_of_the_api(project: Project, alice: Api, line: str) -> None:
    reply = upload(alice, ('{"external_id": "first", "text": "x"}\n' + line).encode(), "x.jsonl")
    assert (reply.status_code, reply.json()["errors"][0]["line"]) == (400, 2)
    assert not Task.objects.exists()


def test_a_name_that_stands_twice_in_a_zip_is_one_task(project: Project, alice: Api) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.png", picture("red"))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.png", picture("blue"))
    assert imported(alice, buffer.getvalue())["report"]["created"] == 1


def test_a_torn_member_costs_only_itself(project: Project, alice: Api) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("bad.png", picture("red"))
        archive.writestr("good.png", picture("blue", size=(50, 50)))
        torn = archive.getinfo("bad.png").header_offset + 50
    content = bytearray(buffer.getvalue())
    content[torn : torn + 12] = b"\xff" * 12
    report = imported(alice, bytes(content))["report"]
    assert (report["created"], [r["file"] for r in report["rejections"]]) == (1, ["bad.png"])


def test_an_import_that_fails_unexpectedly_says_so_at_once(
    project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = upload(alice, zipped({"a.png": picture()})).json()["id"]

    def fail(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(picture_zips, "store_and_note", fail)
    imports.run_import(job)
    state = alice("GET", f"{URL}/{job}").json()
    assert (state["state"], state["report"]["code"]) == ("failed", "crashed")


def test_names_in_a_zip_choose_no_path(project: Project, alice: Api) -> None:
    before = {path for path in Path(settings.MEDIA_ROOT).parent.rglob("*") if "media" not in path.parts}
    imported(alice, zipped({"../../evil.png": picture(), "/etc/evil.png": picture("blue")}))
    after = {path for path in Path(settings.MEDIA_ROOT).parent.rglob("*") if "media" not in path.parts}
    stored = {str(path.relative_to(settings.MEDIA_ROOT)) for path in Path(settings.MEDIA_ROOT).rglob("*")}
    assert before == after
    files = {name for row in Image.objects.values_list("original", "file", "thumbnail") for name in row}
    assert {name for name in stored if "-" in name} == files
    assert all(
        re.fullmatch(r"(originals|images)/\d+/[0-9a-f]{2}/[0-9a-f]{62}-[0-9a-f]{8}[.a-z]*", name) for name in files
    )


def test_a_killed_import_goes_on_where_it_was(project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_zips, "PICTURES_A_STEP", 1)
    job = upload(alice, zipped({f"{n}.png": picture(size=(n + 1, 2)) for n in range(4)})).json()["id"]
    add, calls = records.add_tasks, []

    def killed_at_the_third(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return add(*args)

    monkeypatch.setattr(picture_zips, "add_tasks", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        imports.run_import(job)
    Import.objects.filter(pk=job).update(next_try_at=None)
    monkeypatch.setattr(picture_zips, "add_tasks", add)
    assert next_imports(10) == [job]
    imports.run_import(job)
    report = alice("GET", f"{URL}/{job}").json()["report"]
    assert (report["created"], report["unchanged"], Task.objects.count()) == (4, 0, 4)


def test_a_worker_gets_the_picture_of_a_lease_and_nobody_else_does(
    project: Project, alice: Api, bob: Api, charlie: Api
) -> None:
    imported(alice, zipped({"a.png": picture("red")}))
    (assignment,) = bob("POST", "/projects/birds/assignments").json()["assignments"]
    path = assignment["data"]["image"].removeprefix("/api/v1")
    reply = bob("GET", path)
    served = Picture.open(io.BytesIO(b"".join(reply.streaming_content)))
    assert (served.format, served.size, served.getpixel((0, 0))) == ("PNG", (6, 4), (255, 0, 0))
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply["Content-Security-Policy"]
    assert [a("GET", path).status_code for a in (charlie, alice)] == [404, 404]


def test_small_picture_is_served_to_lists(project: Project, alice: Api, bob: Api) -> None:
    imported(alice, zipped({"a.jpg": picture("red", (1200, 600), "JPEG"), "b.png": picture("red", (20, 10))}))
    for assignment in bob("POST", "/projects/birds/assignments", {"count": 2}).json()["assignments"]:
        path = assignment["data"]["image"].removeprefix("/api/v1")
        full, small = (
            Picture.open(io.BytesIO(b"".join(bob("GET", f"{path}?size={size}").streaming_content)))
            for size in ("full", "small")
        )
        assert (small.format, small.size) == (full.format, (192, 96) if full.width > 192 else full.size)
        assert small.getpixel((1, 1)) == full.getpixel((1, 1))
    assert bob("GET", f"{path}?size=huge").status_code == 400


def test_the_pictures_of_a_deleted_project_are_deleted_too(
    project: Project, alice: Api, django_capture_on_commit_callbacks: Any
) -> None:
    imported(alice, zipped({"a.png": picture("red")}))
    upload(alice, zipped({"b.png": picture("blue")}))
    alice("DELETE", "/projects/birds")
    Deletion.objects.update(next_try_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        remove_project(project.pk)
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_owners_see_the_picture_of_a_task(project: Project, alice: Api, bob: Api) -> None:
    imported(alice, zipped({"deep/er/a b.png": picture("red")}))
    path = "/projects/birds/tasks/deep/er/a%20b.png/image"
    assert [a("GET", path).status_code for a in (alice, bob)] == [200, 403]


def test_a_zip_that_is_read_in_turns_is_reported_as_one_that_is_read_in_one_go(
    project: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.png": picture("red"), "b.png": b"broken", "c.png": picture("red"), "d.png": picture("blue")}
    at_once = imported(alice, zipped(files))["report"]
    Task.objects.all().delete()
    alice("POST", "/projects", {"slug": "owls", "name": "Owls", "schema": CHOICE})
    Import.objects.create(project=Project.objects.get(slug="owls"), format="csv")  # waits for its turn

    monkeypatch.setattr(picture_zips, "PICTURES_A_STEP", 1)
    monkeypatch.setattr(turns, "SPAN", 0.0)
    job = upload(alice, zipped(files)).json()["id"]
    seen = []
    for _turn in files:
        imports.run_import(job)
        seen.append(alice("GET", f"{URL}/{job}").json())

    assert [(each["state"], each["done"]) for each in seen] == [
        ("running", 1),
        ("running", 2),
        ("running", 3),
        ("done", 4),
    ]
    assert seen[-1]["report"] == at_once
    assert (at_once["created"], at_once["rejected"], at_once["noted"]) == (3, 1, 1)
