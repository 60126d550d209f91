"""Names of classes are what people see."""

import unicodedata
from typing import Any

import pytest

from crowd.projects.answer_kinds import shown_of
from crowd.projects.classes import ClassDefinition, numbered
from crowd.projects.models import Project
from tasks.models import Response
from tests.cast import Api


def made(alice: Api, *names: str) -> Any:
    schema = {"type": "choice", "classes": list(names)}
    return alice("POST", "/projects", {"slug": "names", "name": "Names", "schema": schema})


DECOMPOSED = unicodedata.normalize("NFD", "caf\u00e9")


def test_accents_are_kept_composed_and_found_however_they_are_written(alice: Api) -> None:
    assert made(alice, DECOMPOSED, "th\u00e9").json()["schema"]["classes"][0]["name"] == "caf\u00e9"
    votes = f"task,worker,answer\nt,a,{DECOMPOSED}\nt,b,caf\u00e9\n"
    assert alice("POST", "/projects/names/responses/import", votes, content_type="text/csv").status_code == 201
    numbers = set(Response.objects.values_list("answer", flat=True))
    assert set(map(shown_of(Project.objects.get()), numbers)) == {"caf\u00e9"}


@pytest.mark.parametrize("unseen", ["ca\u200bt", "\u200ecat", "ca\u00adt", "\ufeffcat", "ca\u3164t", "c\nat", "\u2060"])
def test_what_nobody_sees_is_refused_and_told(alice: Api, unseen: str) -> None:
    reply = made(alice, unseen, "dog").json()
    assert reply["errors"][0]["code"] == "unseen_characters"
    assert ascii(unseen)[1:-1] in reply["detail"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cat", "cat"),
        ("big cat", "big  cat"),
        ("big cat", "big\u00a0cat"),
        ("cat", "\uff43\uff41\uff54"),
        ("cat", "c\u0430t"),
        ("\ufb01n", "fin"),
        ("A", "\u0391"),
        ("\u2764", "\u2764\ufe0f"),
    ],
    ids=[
        "capitals",
        "spaces",
        "a wide space",
        "wide letters",
        "a Cyrillic letter",
        "a ligature",
        "a Greek letter",
        "emoji",
    ],
)
def test_two_classes_that_look_alike_are_refused(alice: Api, one: str, other: str) -> None:
    assert made(alice, "dog", one, other).json()["errors"][0]["code"] == "look_alike"


def test_letters_and_what_only_resembles_are_classes_of_their_own(alice: Api) -> None:
    names = ["A", "a", "B", "b", "\u732b", "\u72d7", "e", "\u00e9", "resume", "r\u00e9sum\u00e9", "2", "0", "O"]
    assert made(alice, *names).status_code == 201


def test_a_project_keeps_the_classes_it_has_and_gets_none_like_them(project: Project, alice: Api) -> None:
    classes: list[ClassDefinition] = [{"name": "yes"}, {"name": "Yes"}, {"name": DECOMPOSED}]
    Project.objects.filter(pk=project.pk).update(schema=numbered({"type": "choice", "classes": classes}))
    path = "/projects/birds"
    more = alice("PATCH", path, {"schema": {"type": "choice", "classes": [*classes, "new"]}})
    like = alice("PATCH", path, {"schema": {"type": "choice", "classes": [*classes, "new", "NEW"]}})
    assert [each["name"] for each in more.json()["schema"]["classes"]] == ["yes", "Yes", DECOMPOSED, "new"]
    assert like.json()["errors"][0]["code"] == "look_alike"
    votes = "task,worker,answer\nt,a,caf\u00e9\n"
    assert alice("POST", f"{path}/responses/import", votes, content_type="text/csv").status_code == 201


def test_predictions_find_their_class_too(alice: Api) -> None:
    made(alice, "caf\u00e9", "th\u00e9")
    alice("POST", "/projects/names/tasks", {"tasks": [{"external_id": "t", "data": {"text": "?"}}]})
    prediction = {"task": "t", "probabilities": {DECOMPOSED: 0.75, "th\u00e9": 0.25}}
    reply = alice("POST", "/projects/names/prelabels", {"model": "m", "predictions": [prediction]})
    assert reply.json()["created"] == 1
