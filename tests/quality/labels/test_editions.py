"""Asking again costs next to nothing while nothing has changed, and never hides what has."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Membership, Project
from quality.models import Judging, Summary
from quality.refresh import fits
from quality.refresh.live import count_new, judge_some, keep_up
from quality.refresh.scheduling import refresh_project
from tests.cast import Api, worker_of
from tests.quality.disputes.test_decisions import vote

BASE = "/projects/birds"
LABELS = ("labels", "labels?state=settled&limit=2", "labels.csv", "labels.jsonl", "labels.parquet")
FIGURES = ("agreement", "agreement/classes", "agreement/history", "automation-bias", "budget")
BY_CONTENT = ("agreement/pairs", "workers", "workers?flag=skips_often")
ROUTES = (*LABELS, *FIGURES, *BY_CONTENT)


@pytest.fixture
def rested(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> Project:
    """Answers of three workers, all of them in the labels."""
    vote(alice, *[f"t{n} w{w} {'yes' if (n + w) % 3 else 'no'}" for n in range(5) for w in range(3)])
    refreshed()
    tasks.refresh_from_db()
    return tasks


def ask(api: Api, route: str, tag: str | None = None, method: str = "GET") -> Any:
    return api(method, f"{BASE}/{route}", **({} if tag is None else {"If-None-Match": tag}))


def said(reply: Any) -> bytes:
    content: bytes = b"".join(reply.streaming_content) if reply.streaming else reply.content
    return content


def routes_of(api: Api, project: Project) -> list[str]:
    bob = Membership.objects.workers().exclude(user=None).get(project=project, user__email="bob@example.com")
    return [*ROUTES, f"workers/{bob.pk}", f"workers/{bob.pk}/history"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_the_reply_gets_304_and_nothing_else(rested: Project, alice: Api, method: str) -> None:
    for route in routes_of(alice, rested):
        first = ask(alice, route, method=method)
        again = ask(alice, route, first["ETag"], method)
        assert (first.status_code, again.status_code, said(again)) == (200, 304, b""), route
        assert not again.has_header("Content-Length")  # 0 would be said of what the client has
        assert first["ETag"].startswith('W/"')
        assert again["ETag"] == first["ETag"]
        assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"


def test_304_costs_at_most_three_statements_beyond_who_may_ask(rested: Project, alice: Api) -> None:
    def statements(route: str, tag: str = "") -> int:
        with CaptureQueriesContext(connection) as context:
            ask(alice, route, tag)
        return len(context)

    to_be_let_in = statements("refreshes/0") - 1  # of which nothing is found
    for route in routes_of(alice, rested):
        tag = ask(alice, route)["ETag"]
        most = 1 if route in (*LABELS, *FIGURES) else 3
        assert statements(route, tag) <= to_be_let_in + most, route


def test_304_is_no_export(rested: Project, alice: Api, settings: Any) -> None:
    tag = ask(alice, "labels.csv")["ETag"]
    settings.QUOTAS = {**settings.QUOTAS, "exports": 1}
    assert [ask(alice, "labels.csv", tag).status_code for _ in range(5)] == [304] * 5


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("*", 304),
        ("{tag}", 304),
        ("{strong}", 304),
        ('"other", {tag}', 304),
        ('W/"other"', 200),
        ("", 200),
        ("W/", 200),
        ('"', 200),
        ("no tag, at all", 200),
        ('\u00e9, "\u00ff"', 200),
    ],
)
def test_tags_are_named_in_any_form_and_nonsense_is_ignored(
    rested: Project, alice: Api, asked: str, status: int
) -> None:
    for route in ("labels", "labels.csv", "workers"):
        tag = ask(alice, route)["ETag"]
        named = asked.replace("{tag}", tag).replace("{strong}", tag.removeprefix("W/"))
        assert ask(alice, route, named).status_code == status


def test_each_address_has_tags_of_its_own(rested: Project, alice: Api) -> None:
    tags = [ask(alice, route)["ETag"] for route in (*LABELS, *FIGURES)]
    assert len(set(tags)) == len(tags)
    assert alice("GET", f"{BASE}/labels", Host="127.0.0.1")["ETag"] not in tags  # `next` would lead elsewhere


def test_who_may_not_read_is_not_told_that_it_is_the_same(rested: Project, alice: Api, bob: Api, charlie: Api) -> None:
    tag = ask(alice, "labels")["ETag"]
    assert [ask(other, "labels", tag).status_code for other in (bob, charlie)] == [403, 404]


def answer(worker: Api, value: str = "yes") -> str:
    token: str = worker("POST", f"{BASE}/assignments").json()["assignments"][0]["token"]
    assert worker("PUT", f"/assignments/{token}/response", {"answer": value}).status_code == 201
    return token


def changed(alice: Api, routes: tuple[str, ...], change: Callable[[], Any]) -> set[str]:
    """Of these routes, all at rest, those whose tags are others after a change."""
    before = {route: ask(alice, route)["ETag"] for route in routes}
    change()
    return {route for route in routes if ask(alice, route, before[route]).status_code == 200}


def test_an_answer_changes_the_labels_at_once_and_when_it_is_judged(rested: Project, alice: Api, bob: Api) -> None:
    assert changed(alice, LABELS, lambda: answer(bob)) == set(LABELS)
    assert not ask(alice, "labels").has_header("ETag")  # the next answer may be on its way
    assert changed(alice, (), lambda: keep_up(rested)) == set()

    def judged() -> None:
        answer(bob)
        keep_up(rested)

    assert changed(alice, LABELS, judged) == set(LABELS)


def test_a_step_that_has_read_answers_has_changed_the_edition_before_their_tasks_are_at_rest(
    rested: Project, alice: Api, bob: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Summary.objects.get().edition
    answer(bob)
    monkeypatch.setattr("quality.refresh.live.mark_judged", lambda _revisions: None)  # it is killed here
    with Judging.objects.claim(rested.pk) as claim:
        assert claim is not None
        count_new(rested, claim)
        judge_some(rested, claim)
    assert Summary.objects.get().edition != before
    assert not ask(alice, "labels").has_header("ETag")


def test_a_fit_changes_all_that_it_finds(rested: Project, alice: Api) -> None:
    assert changed(alice, (*LABELS, *FIGURES), lambda: refresh_project(rested.pk)) >= set(FIGURES)


def test_a_decision_changes_the_labels_and_taking_it_back_too(rested: Project, alice: Api) -> None:
    where = f"{BASE}/tasks/t0/adjudication"
    decide = lambda: alice("PUT", where, {"answer": "no"})  # noqa: E731
    assert changed(alice, LABELS, decide) == set(LABELS)
    keep_up(rested)
    assert changed(alice, LABELS, lambda: alice("DELETE", where)) == set(LABELS)


def test_a_new_task_changes_the_labels(rested: Project, alice: Api) -> None:
    more = {"tasks": [{"external_id": "new", "data": {"text": "?"}}]}
    assert changed(alice, LABELS, lambda: alice("POST", f"{BASE}/tasks", more)) == set(LABELS)


@pytest.mark.parametrize("setting", [{"quality": {"blind_share": 0.5}}, {"name": "Other birds"}])
def test_a_setting_changes_what_may_show_it(rested: Project, alice: Api, setting: dict[str, Any]) -> None:
    routes = (*LABELS, *FIGURES)
    assert changed(alice, routes, lambda: alice("PATCH", BASE, setting)) == set(routes)


def test_workers_change_with_what_they_do_and_what_is_done_about_them(rested: Project, alice: Api, bob: Api) -> None:
    worker = worker_of(bob, rested).pk
    routes = ("workers", f"workers/{worker}")
    pause = lambda: alice("PATCH", f"{BASE}/members/{worker}", {"status": "paused"})  # noqa: E731
    assert changed(alice, routes, lambda: answer(bob)) == set(routes)
    assert changed(alice, routes, lambda: refresh_project(rested.pk)) == set(routes)  # which scores
    assert changed(alice, routes, lambda: refresh_project(rested.pk)) == set()
    assert changed(alice, routes, pause) == set(routes)


def test_what_was_stored_before_a_copy_was_restored_comes_never_again(rested: Project, alice: Api) -> None:
    copy = Summary.objects.get().edition
    tags = [ask(alice, "labels")["ETag"]]
    for _time in range(2):
        Summary.objects.update(iterations=1)
        tags.append(ask(alice, "labels")["ETag"])
        super(type(Summary.objects.all()), Summary.objects.all()).update(edition=copy)
    assert len(set(tags)) == 3


def test_the_document_tells_of_tags(rested: Project, alice: Api) -> None:
    document = alice("GET", "/schema?format=json").json()
    told = {path for path, route in document["paths"].items() if "304" in route.get("get", {}).get("responses", {})}
    shown = {re.sub(r"\?.*", "", route) for route in ROUTES} | {"workers/{id}", "workers/{id}/history"}
    assert {f"/api/v1/projects/{{slug}}/{route}" for route in shown} <= told
    for path in told:
        route = document["paths"][path]["get"]
        assert "If-None-Match" in {each["name"] for each in route["parameters"]}
        assert all("ETag" in route["responses"][status]["headers"] for status in ("200", "304"))


def seen_by(api: Api, routes: list[str]) -> dict[str, tuple[str | None, bytes]]:
    replies = {route: ask(api, route) for route in routes}
    return {route: (reply.headers.get("ETag"), said(reply)) for route, reply in replies.items()}


def test_what_a_fit_has_stored_so_far_has_other_tags(
    rested: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(alice, "t0 new no", "t7 new yes", "t8 new no")
    alice("PATCH", BASE, {"quality": {"method": "majority"}})
    keep_up(rested)
    routes, stages, hidden = routes_of(alice, rested), [], []
    held = seen_by(alice, routes)

    def watch(stage: str) -> None:
        """Ask whenever the fit comes to this stage, and then have it go on."""
        go_on = getattr(fits, stage)

        def look(*arguments: Any) -> Any:
            for route, (tag, body) in seen_by(alice, routes).items():
                hidden.extend([(stage, route)] if (tag, body) != held[route] and tag == held[route][0] else [])
                held[route] = (tag, body)
            stages.append(stage)
            return go_on(*arguments)

        monkeypatch.setattr(fits, stage, look)

    for stage in ("steer_queue", "store_doubts", "note_scores", "act_on_standings", "_finish"):
        watch(stage)
    refresh_project(rested.pk)
    assert stages == ["steer_queue", "store_doubts", "note_scores", "act_on_standings", "_finish"]
    assert hidden == []
