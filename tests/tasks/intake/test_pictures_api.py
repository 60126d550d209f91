"""Pictures come in one by one, and tasks name them in any field."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crowd.projects.models import Project
from tasks.intake.imports import run_import
from tasks.models import Image, Task, TaskPicture
from tests.cast import Api, picture

URL, TASKS = "/projects/birds/pictures", "/projects/birds/tasks"
RED, BLUE = picture("red"), picture("blue", size=(9, 5))
TORN = picture(size=(400, 400), kind="JPEG")[:600]
UNKNOWN: Any = {"picture": "0" * 64}


def send(api: Api, content: bytes, content_type: str = "image/png") -> Any:
    return api("POST", URL, content, content_type=content_type)


def named(api: Api, content: bytes) -> dict[str, str]:
    return {"picture": send(api, content).json()["sha256"]}


@pytest.mark.parametrize("content_type", ["image/png", "application/octet-stream", "text/plain"])
def test_a_picture_is_sent_as_the_body(project: Project, alice: Api, content_type: str) -> None:
    reply = send(alice, RED, content_type)
    expected = {"sha256": hashlib.sha256(RED).hexdigest(), "width": 6, "height": 4}
    assert (reply.status_code, reply.json()) == (201, expected)
    again = send(alice, RED)
    assert (again.status_code, again.json(), Image.objects.count()) == (200, expected, 1)


def test_or_as_a_form(project: Project, alice: Api) -> None:
    reply = alice("POST", URL, {"file": SimpleUploadedFile("a.png", RED)}, content_type="multipart/form-data")
    assert (reply.status_code, reply.json()["sha256"]) == (201, hashlib.sha256(RED).hexdigest())
    assert alice("POST", URL, {"x": "y"}, content_type="multipart/form-data").status_code == 400


@pytest.mark.parametrize(("content", "code"), [(b"hello", "unknown"), (TORN, "damaged")])
def test_what_is_no_picture_is_refused_with_a_reason(project: Project, alice: Api, content: bytes, code: str) -> None:
    reply = send(alice, content)
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_picture")
    assert reply.json()["errors"][0]["code"] == code
    assert not Image.objects.exists()


def test_nothing_at_all_is_refused(project: Project, alice: Api) -> None:
    assert send(alice, b"").json()["errors"][0]["field"] == "file"


def test_any_field_of_a_task_may_be_a_picture(project: Project, alice: Api, bob: Api) -> None:
    data = {"photo": named(alice, RED), "text": "Which?", "none": {"a": 1}}
    reply = alice("POST", TASKS, {"tasks": [{"external_id": "a", "data": data}]})
    assert reply.json() == {"created": 1, "updated": 0, "unchanged": 0}
    (assignment,) = bob("POST", "/projects/birds/assignments").json()["assignments"]
    url = f"/api/v1/assignments/{assignment['token']}/image"
    served = {"url": url, "width": 6, "height": 4}
    assert (assignment["pictures"], assignment["image"]) == ({"photo": served}, served)
    assert assignment["data"] == {"text": "Which?", "none": {"a": 1}, "image": url}
    assert alice("POST", TASKS, {"tasks": [{"external_id": "a", "data": data}]}).json()["unchanged"] == 1
    assert (Task.objects.get().data, Image.objects.get().unused_since) == (data, None)


def test_a_task_with_several_keeps_what_else_is_said_of_each(project: Project, alice: Api, bob: Api) -> None:
    red, blue = named(alice, RED), named(alice, BLUE)
    task: Any = {"external_id": "a", "data": {"a": {"id": "left", **red}, "b": blue}}
    alice("POST", TASKS, {"tasks": [task]})
    (assignment,) = bob("POST", "/projects/birds/assignments").json()["assignments"]
    sizes = {field: (each["width"], each["height"]) for field, each in assignment["pictures"].items()}
    assert (assignment["data"], sizes) == ({"a": {"id": "left"}}, {"a": (6, 4), "b": (9, 5)})
    assert bob("GET", "/projects/birds/assignments").json()["assignments"] == [assignment]
    for field, content in (("a", RED), ("b", BLUE)):
        sha256 = hashlib.sha256(content).hexdigest()
        kept = Image.objects.get(sha256=sha256)
        reply = bob("GET", assignment["pictures"][field]["url"].removeprefix("/api/v1"))
        assert b"".join(reply.streaming_content) == kept.file.read()
    task["data"]["b"] = red
    assert alice("POST", TASKS, {"tasks": [task]}).json()["updated"] == 1
    assert list(TaskPicture.objects.values_list("image__sha256", flat=True)) == [red["picture"]]


@pytest.mark.parametrize("value", [UNKNOWN, {"picture": "a.png"}, {"picture": None}, {"picture": 5}, {"picture": {}}])
def test_a_picture_that_nobody_sent_is_named_by_its_field(project: Project, alice: Api, value: Any) -> None:
    good = {"external_id": "a", "data": {"text": "x"}}
    bad = {"external_id": "b", "data": {"text": "x", "photo": value}}
    reply = alice("POST", TASKS, {"tasks": [good, bad]})
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_tasks")
    (fault,) = reply.json()["errors"]
    assert (fault["field"], fault["code"]) == ("tasks.1.data.photo", "unknown_picture")
    assert not Task.objects.exists()


def test_lines_of_a_table_name_pictures_too(
    project: Project, alice: Api, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    sha256 = named(alice, RED)["picture"]
    line = f'{{"external_id": "a", "photo": {{"picture": "{sha256}"}}}}\n'.encode()
    form = {"content_type": "multipart/form-data"}
    bad = line + line.replace(b'"a"', b'"b"').replace(sha256.encode(), b"0" * 64)
    reply = alice("POST", "/projects/birds/imports", {"file": SimpleUploadedFile("t.jsonl", bad)}, **form)
    (fault,) = reply.json()["errors"]
    assert (fault["line"], fault["field"], fault["code"]) == (2, "photo", "unknown_picture")
    reply = alice("POST", "/projects/birds/imports", {"file": SimpleUploadedFile("t.jsonl", line)}, **form)
    run_import(reply.json()["id"])
    assert Task.objects.get().frames == {"photo": [6, 4]}


def test_a_picture_of_another_project_is_unknown_here(project: Project, alice: Api) -> None:
    other = alice(
        "POST", "/projects", {"slug": "other", "name": "O", "schema": {"type": "choice", "classes": ["a", "b"]}}
    )
    assert other.status_code == 201
    sha256 = alice("POST", "/projects/other/pictures", RED, content_type="image/png").json()["sha256"]
    reply = alice("POST", TASKS, {"tasks": [{"external_id": "a", "data": {"x": {"picture": sha256}}}]})
    assert reply.json()["errors"][0]["code"] == "unknown_picture"
