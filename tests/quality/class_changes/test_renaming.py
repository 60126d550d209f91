"""Classes that get another name."""

from typing import Any

import pytest

from crowd.people.models import AuditEvent
from crowd.projects.classes import class_numbers, number_called
from crowd.projects.models import Project
from tests.cast import Api

BIRDS = "/projects/birds"


def rename(alice: Api, name: str, to: str) -> Any:
    return alice("POST", f"{BIRDS}/classes/rename", {"class": name, "to": to})


def names(alice: Api) -> list[str]:
    return [each["name"] for each in alice("GET", BIRDS).json()["schema"]["classes"]]


def test_the_number_stays_and_the_trail_says_who_did_it(project: Project, alice: Api) -> None:
    reply = rename(alice, "yes", "indigo bunting")
    assert (reply.status_code, reply.json()["schema"]["classes"]) == (200, [{"name": "indigo bunting"}, {"name": "no"}])
    project.refresh_from_db()
    assert class_numbers(project.schema) == {"indigo bunting": 0, "no": 1}
    assert AuditEvent.objects.get(action="class.renamed").detail == {"class": "yes", "to": "indigo bunting"}


def test_a_page_that_is_open_may_send_the_old_name(tasks: Project, alice: Api, bob: Api) -> None:
    token = bob("POST", f"{BIRDS}/assignments", {"count": 1}).json()["assignments"][0]["token"]
    rename(alice, "yes", "aye")
    assert bob("PUT", f"/assignments/{token}/response", {"answer": "yes"}).status_code == 201
    assert alice("GET", f"{BIRDS}/responses").json()["results"][0]["answer"] == "aye"


def test_names_can_be_swapped(project: Project, alice: Api) -> None:
    for name, to in (("yes", "other"), ("no", "yes"), ("other", "no")):
        assert rename(alice, name, to).status_code == 200
    project.refresh_from_db()
    assert class_numbers(project.schema) == {"no": 0, "yes": 1}
    assert number_called("other", project.schema) == 0


def test_the_same_name_again_changes_nothing(project: Project, alice: Api) -> None:
    assert rename(alice, "yes", "yes").status_code == 200
    assert not AuditEvent.objects.filter(action="class.renamed").exists()


def test_a_new_spelling_of_the_same_name_is_taken(project: Project, alice: Api) -> None:
    assert rename(alice, "yes", "Yes").status_code == 200
    assert names(alice) == ["Yes", "no"]


@pytest.mark.parametrize(
    ("name", "to", "status", "code"),
    [
        ("maybe", "perhaps", 400, "no_such_class"),
        ("yes", "no", 409, "class_taken"),
        ("yes", "NO", 400, "invalid"),
        ("yes", "n\u200bo", 400, "invalid"),
        ("yes", "", 400, "invalid"),
        ("yes", "x" * 201, 400, "invalid"),
    ],
)
def test_what_is_no_new_name_is_refused(
    project: Project, alice: Api, name: str, to: str, status: int, code: str
) -> None:
    reply = rename(alice, name, to)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert names(alice) == ["yes", "no"]


def test_who_renames_a_class_twice_is_told_what_it_is_called(project: Project, alice: Api) -> None:
    rename(alice, "yes", "aye")
    reply = rename(alice, "yes", "oui")
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "class")
    assert "aye" in reply.json()["detail"]


def test_other_changes_of_the_schema_keep_what_names_were(project: Project, alice: Api) -> None:
    rename(alice, "yes", "aye")
    classes = [{"name": "aye", "title": "Aye!"}, "no", "maybe"]
    assert alice("PATCH", BIRDS, {"schema": {"type": "choice", "classes": classes}}).status_code == 200
    project.refresh_from_db()
    assert [number_called(name, project.schema) for name in ("aye", "yes", "maybe", "nope")] == [0, 0, 2, None]
    classes = [*classes, "yes"]
    alice("PATCH", BIRDS, {"schema": {"type": "choice", "classes": classes}})
    project.refresh_from_db()
    assert number_called("yes", project.schema) == 3
