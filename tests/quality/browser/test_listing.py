"""Tasks are listed, searched and sorted, page by page, and no request looks through all of them."""

from typing import Any
from urllib.parse import quote

import pytest

from crowd.projects.models import Membership, Project
from quality.browser import walking
from quality.browser.walking import ORDERS, cursor_of, place_of
from tasks.models import Task
from tests.cast import Api, worker_of
from tests.quality.browser.conftest import TASKS, listed

ALL = [f"t{n}" for n in range(10)]


def test_a_row_says_what_a_task_is_and_what_is_believed(answered: Project, alice: Api) -> None:
    rows = {row["external_id"]: row for row in alice("GET", TASKS).json()["results"]}
    settled, untouched = rows["t0"], rows["t9"]
    assert (settled["label"], settled["state"], settled["responses"], settled["needed"]) == ("yes", "settled", 5, 5)
    assert settled["data"] == {"text": "Bird 0?"}
    assert settled["distribution"]["yes"] == settled["confidence"]
    assert rows["t4"]["purpose"] == "gold"
    assert untouched | {"created_at": None} == {
        "external_id": "t9",
        "data": {"text": "Bird 9?"},
        "priority": 0,
        "purpose": "work",
        "label": None,
        "confidence": None,
        "distribution": None,
        "responses": 0,
        "state": "open",
        "source": "consensus",
        "updated_at": None,
        "needed": 3,
        "leases": 0,
        "passed_on": False,
        "image": None,
        "pictures": {},
        "created_at": None,
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ALL),
        ("sort=-id", ALL[::-1]),
        ("q=t1", ["t1"]),
        ("q=x", []),
        ("q=t&state=disputed", ["t2"]),
        ("state=settled", ["t0", "t1", "t4"]),
        ("state=open", ["t3", "t5", "t6", "t7", "t8", "t9"]),
        ("state=exhausted", []),
        ("class=yes", ["t0", "t2", "t3"]),
        ("class=no", ["t1", "t4"]),
        ("class=no&gold=false", ["t1"]),
        ("gold=true", ["t4"]),
        ("max_confidence=0.9", ["t2"]),
        ("min_confidence=0.9&sort=-answers", ["t1", "t0", "t3", "t4"]),
        ("sort=confidence&max_confidence=0.9", ["t2"]),
        ("sort=confidence&state=open", ["t3"]),
        ("sort=-confidence&state=disputed&class=yes", ["t2"]),
        ("text=BIRD 7", ["t7"]),
        ("text=text", []),
        ("text=%25", []),
        ("flag=passed_on", []),
        ("flag=suspect_gold", []),
    ],
)
def test_what_is_asked_for_is_found(answered: Project, alice: Api, query: str, names: list[str]) -> None:
    assert listed(alice, query) == names


@pytest.mark.parametrize("sort", sorted(ORDERS))
@pytest.mark.parametrize("query", ["", "&class=yes", "&state=settled", "&text=bird", "&q=t", "&min_confidence=0.5"])
def test_pages_of_one_are_the_same_list(
    answered: Project, alice: Api, monkeypatch: pytest.MonkeyPatch, sort: str, query: str
) -> None:
    whole = listed(alice, f"sort={sort}{query}")
    for name, size in (("STEP", 3), ("STEP_OF_LABELS", 3), ("STEP_OF_TEXTS", 3), ("FEW", 1)):
        monkeypatch.setattr(walking, name, size)
    assert listed(alice, f"sort={sort}{query}&limit=1") == whole
    assert len(set(whole)) == len(whole) > 0


def test_by_confidence_the_least_sure_come_first(answered: Project, alice: Api) -> None:
    assert listed(alice, "sort=confidence")[0] == "t2"
    assert listed(alice, "sort=-answers")[:3] == ["t2", "t1", "t0"]


def test_whoever_answered_is_found(answered: Project, alice: Api) -> None:
    workers = dict(Membership.objects.filter(project=answered).values_list("name", "pk"))
    assert listed(alice, f"worker={workers['w9']}") == ["t3"]
    assert listed(alice, f"worker={workers['w0']}&class=no") == ["t1"]


def test_a_task_that_was_passed_on_is_flagged(tasks: Project, alice: Api, bob: Api) -> None:
    (lease,) = bob("POST", "/projects/birds/assignments", {}).json()["assignments"]
    bob("POST", f"/assignments/{lease['token']}/skip", {"reason": "blurred"})
    (name,) = listed(alice, "flag=passed_on")
    assert alice("GET", f"{TASKS}/{name}").json()["skips"] == [{"reason": "blurred", "count": 1}]
    assert worker_of(bob, tasks).assignments.get().task.external_id == name


def test_rare_text_is_looked_for_in_steps(tasks: Project, alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "STEP_OF_TEXTS", 4)
    page = alice("GET", f"{TASKS}?text=bird 9").json()
    assert (page["results"], page["next"] is None) == ([], False)
    assert listed(alice, "text=bird 9") == ["t9"]


@pytest.mark.parametrize(
    ("prefix", "names"), [("a", ["a", "a/b%", "aZ", "ab"]), ("a/", ["a/b%"]), ("ä", ["ä"]), ("A", ["A"])]
)
def test_ids_are_searched_letter_by_letter(project: Project, alice: Api, prefix: str, names: list[str]) -> None:
    given = [{"external_id": name, "data": {"text": "?"}} for name in ["ab", "A", "ä", "a/b%", "a", "b", "aZ"]]
    alice("POST", TASKS, {"tasks": given})
    assert listed(alice, f"q={quote(prefix)}") == names


@pytest.mark.parametrize("query", ["sort=name", "class=maybe", "limit=0", "cursor=x", "state=done", "page=2"])
def test_what_makes_no_sense_is_refused(tasks: Project, alice: Api, query: str) -> None:
    reply = alice("GET", f"{TASKS}?{query}")
    assert (reply.status_code, "type" in reply.json()) == (400, True)


@pytest.mark.parametrize("place", [[], ["a", 1], [None], ["\0"], [[1]], [True, True]])
def test_made_up_cursors_are_refused(tasks: Project, alice: Api, place: Any) -> None:
    for sort in ORDERS:
        reply = alice("GET", f"{TASKS}?sort={sort}&cursor={cursor_of(place)}")
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "cursor")


def test_a_cursor_is_a_place(answered: Project) -> None:
    for name, place in {"id": ("t1",), "confidence": (0.5, 7), "answers": (3, 7)}.items():
        assert place_of(cursor_of(place), ORDERS[name]) == place


def test_tasks_of_other_projects_are_not_listed(answered: Project, alice: Api) -> None:
    classes = {"type": "choice", "classes": ["a", "b"]}
    alice("POST", "/projects", {"slug": "other", "name": "Other", "schema": classes})
    assert alice("GET", "/projects/other/tasks").json() == {"results": [], "next": None}


def test_the_address_takes_what_it_says(tasks: Project, alice: Api) -> None:
    assert set(alice("OPTIONS", TASKS)["Allow"].split(", ")) == {"GET", "POST", "HEAD", "OPTIONS"}
    assert Task.objects.count() == len(ALL)
