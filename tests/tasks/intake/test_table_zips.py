"""A zip may hold a table of tasks whose cells name the pictures beside it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crowd.projects.models import Project
from tasks.models import Image, Task
from tests.cast import Api, picture
from tests.tasks.intake.test_archives import imported, zipped

RED, BLUE = picture("red"), picture("blue", size=(9, 5))
PICTURES = {"one/red.png": RED, "blue.png": BLUE}


def read(alice: Api, table: bytes, name: str = "tasks.csv", **options: str) -> dict[str, Any]:
    report: dict[str, Any] = imported(alice, zipped({name: table, **PICTURES}), **options)["report"]
    return report


@pytest.mark.parametrize("options", [{}, {"format": "images-zip"}, {"format": "tasks-zip"}])
def test_cells_that_name_members_become_pictures_of_their_field(
    project: Project, alice: Api, options: dict[str, str]
) -> None:
    report = read(alice, b"id,left,right,text\na,one/red.png,blue.png,Which?\n", **options)
    assert (report["format"], report["because"]) == ("tasks-zip", "it holds tasks.csv")
    assert (report["created"], report["rejected"], report["left_out"]) == (1, 0, 0)
    task = Task.objects.get()
    hashes = {image.width: image.sha256 for image in Image.objects.all()}
    assert task.data == {"left": {"picture": hashes[6]}, "right": {"picture": hashes[9]}, "text": "Which?"}
    assert task.frames == {"left": [6, 4], "right": [9, 5]}


@pytest.mark.parametrize("cell", ["./one/red.png", "one\\\\red.png", " one/red.png "])
def test_lines_of_json_do_so_too_however_the_path_is_written(project: Project, alice: Api, cell: str) -> None:
    read(alice, f'{{"id": "a", "gold": "yes", "photo": "{cell}"}}\n'.encode(), "tasks.jsonl")
    task = Task.objects.get()
    assert (task.frames, task.purpose) == ({"photo": [6, 4]}, "gold")


def test_a_line_whose_picture_is_not_there_is_rejected_and_what_no_line_names_is_left_out(
    project: Project, alice: Api
) -> None:
    report = read(alice, b"id,photo,note\na,blue.png,x.jpg is better\nb,missing.png,\nc,elsewhere,\nd,,none\n")
    assert [(each["line"], each["file"], each["reason"]) for each in report["rejections"]] == [
        (3, "missing.png", "it is not in the zip"),
        (4, "elsewhere", "it is not in the zip"),
    ]
    assert report["omissions"] == [{"file": "one/red.png", "reason": "no line of tasks.csv names it"}]
    assert dict(Task.objects.values_list("external_id", "frames")) == {"a": {"photo": [9, 5]}, "d": None}


def test_a_table_in_the_folder_that_holds_everything_names_what_lies_beside_it(project: Project, alice: Api) -> None:
    members = {"birds/tasks.csv": b"id,photo\na,red.png\n", "birds/red.png": RED}
    assert imported(alice, zipped(members))["report"]["created"] == 1
    assert Task.objects.get().frames == {"photo": [6, 4]}


def test_a_bad_line_is_named_and_nothing_is_stored(project: Project, alice: Api) -> None:
    content = zipped({"tasks.csv": b"id,photo,gold\na,blue.png,maybe\n", **PICTURES})
    form = {"file": SimpleUploadedFile("z.zip", content)}
    reply = alice("POST", "/projects/birds/imports", form, content_type="multipart/form-data")
    assert (reply.status_code, reply.json()["errors"][0]["line"]) == (400, 2)
    assert (Task.objects.count(), Image.objects.count()) == (0, 0)


def test_a_zip_that_is_said_to_hold_a_table_and_holds_none_is_refused(project: Project, alice: Api) -> None:
    form = {"file": SimpleUploadedFile("z.zip", zipped(PICTURES)), "format": "tasks-zip"}
    reply = alice("POST", "/projects/birds/imports", form, content_type="multipart/form-data")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_file")


PAIRS: Any = {"slug": "birds", "name": "Pairs", "schema": {"type": "pairwise"}}


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("tasks.csv", b"id,a,b\np,one/red.png,blue.png\n"),
        ("tasks.jsonl", b'{"id": "p", "a": {"id": "r", "picture": "one/red.png"}, "b": {"id": "blue.png"}}\n'),
    ],
)
def test_items_to_compare_name_members_too(alice: Api, bob: Api, name: str, table: bytes) -> None:
    assert alice("POST", "/projects", PAIRS).status_code == 201
    assert read(alice, table, name)["created"] == 1
    task = Task.objects.get()
    assert task.frames == {"a": [6, 4], "b": [9, 5]}
    assert all(set(task.data[side]) == {"id", "picture"} for side in "ab")


def test_a_picture_of_an_item_that_is_nowhere_is_named_by_its_line(alice: Api) -> None:
    assert alice("POST", "/projects", PAIRS).status_code == 201
    table = b'{"id": "p", "a": {"id": "r", "picture": {}}, "b": {"id": "blue.png"}}\n'
    form = {"file": SimpleUploadedFile("z.zip", zipped({"tasks.jsonl": table, **PICTURES}))}
    reply = alice("POST", "/projects/birds/imports", form, content_type="multipart/form-data")
    (fault,) = reply.json()["errors"]
    assert (fault["line"], fault["field"], fault["code"]) == (1, "a", "unknown_picture")
