"""The answers themselves: as a list, as files, and back in."""

import csv
import io
import json
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connection

from crowd.projects.models import Membership, Project
from quality.responses import listing
from tasks.models import Response
from tasks.responses.voiding import void_responses
from tests.cast import NO, YES, Api

BIRDS = "/projects/birds"
ROWS = "task,worker,answer\nt1,ann,yes\nt0,ann,no\nt0,ben,yes\nt1,cleo,no\n"
COLUMNS = ["task", "worker", "answer", "seconds", "received_at", "counted", "voided", "gold"]


def send(api: Api, table: str | bytes, project: str = "birds") -> Any:
    return api("POST", f"/projects/{project}/responses/import", table, content_type="text/csv")


def body(api: Api, path: str) -> bytes:
    content: bytes = b"".join(api("GET", f"{BIRDS}/{path}").streaming_content)
    return content


def listed(api: Api, query: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = api("GET", f"{BIRDS}/responses{query}").json()["results"]
    return rows


def as_cell(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


@pytest.fixture
def answered(tasks: Project, alice: Api) -> Project:
    """Four votes, of which Ann's are worthless, and a late one of Bob's that does not count."""
    send(alice, ROWS)
    void_responses(Membership.objects.get(name="ann"))
    bob = Membership.objects.get(user__email="bob@example.com")
    task = tasks.tasks.get(external_id="t2")
    Response.objects.create(task=task, worker=bob, answer=YES, seconds=2.5, counted=False)
    return tasks


def test_the_list_tells_who_said_what_and_whether_it_counts(answered: Project, alice: Api) -> None:
    told = [(row["task"], row["worker"], row["answer"], row["counted"], row["voided"]) for row in listed(alice)]
    assert told == [
        ("t0", "ann", "no", True, True),
        ("t0", "ben", "yes", True, False),
        ("t1", "ann", "yes", True, True),
        ("t1", "cleo", "no", True, False),
        ("t2", "bob@example.com", "yes", False, False),
    ]
    assert list(listed(alice)[-1]) == COLUMNS
    assert [row["seconds"] for row in listed(alice)] == [None] * 4 + [2.5]


def test_gold_and_training_are_told_and_training_does_not_count(tasks: Project, alice: Api) -> None:
    alice("PUT", f"{BIRDS}/tasks/t0/gold", {"answer": "yes"})
    alice("PUT", f"{BIRDS}/tasks/t1/gold", {"answer": "yes", "explanation": "It is blue.", "training": True})
    send(alice, "task,worker,answer\nt0,ann,yes\nt1,ann,yes\nt2,ann,yes\n")
    assert [(row["gold"], row["counted"]) for row in listed(alice)] == [(True, True), (True, False), (False, True)]


def test_what_was_replaced_is_history_and_left_out(tasks: Project, alice: Api) -> None:
    send(alice, "task,worker,answer\nt1,ann,yes\n")
    send(alice, "task,worker,answer\nt1,ann,no\n")
    assert [row["answer"] for row in listed(alice)] == ["no"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_lead_through_all_answers(answered: Project, alice: Api, limit: int) -> None:
    path, seen = f"{BIRDS}/responses?limit={limit}", []
    while path:
        page = alice("GET", path).json()
        seen += page["results"]
        path = page["next"] and page["next"].partition("/api/v1")[2]
    assert seen == listed(alice)


@pytest.mark.parametrize("cursor", ["x", "1", "-1,t", f"{2**63},t", "1,%00"])
def test_what_is_no_cursor_is_refused(answered: Project, alice: Api, cursor: str) -> None:
    assert alice("GET", f"{BIRDS}/responses?cursor={cursor}").status_code == 400


def test_files_of_every_format_hold_what_the_list_says(answered: Project, alice: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(listing, "STEP", 2)  # steps meet within a task and between two
    rows = listed(alice)
    assert [json.loads(line) for line in body(alice, "responses.jsonl").splitlines()] == rows
    sheet = list(csv.reader(io.StringIO(body(alice, "responses.csv").decode())))
    assert sheet == [COLUMNS, *([as_cell(value) for value in row.values()] for row in rows)]
    table = pq.read_table(io.BytesIO(body(alice, "responses.parquet"))).to_pylist()
    plain = ("task", "worker", "answer", "seconds", "counted", "voided", "gold")
    assert [[row[name] for name in plain] for row in table] == [[row[name] for name in plain] for row in rows]


def test_each_file_may_be_asked_for_by_its_media_type(answered: Project, alice: Api) -> None:
    reply = alice("GET", f"{BIRDS}/responses.csv", HTTP_ACCEPT="text/csv")
    assert (reply.status_code, reply["Content-Disposition"]) == (200, 'attachment; filename="birds-responses.csv"')


def test_pseudonyms_are_stable_and_say_nothing(answered: Project, alice: Api) -> None:
    first, again = listed(alice, "?pseudonyms=1"), listed(alice, "?pseudonyms=true")
    assert first == again
    names = {row["worker"] for row in listed(alice)}
    pairs = {(a["worker"], b["worker"]) for a, b in zip(listed(alice), first, strict=True)}
    assert len(pairs) == len({pseudonym for _name, pseudonym in pairs}) == len(names)
    assert not any(name.partition("@")[0] in pseudonym for name, pseudonym in pairs)
    assert body(alice, "responses.csv?pseudonyms=1").count(b"worker-") == len(first)


def test_the_file_goes_back_in_without_what_does_not_count(answered: Project, alice: Api) -> None:
    alice("POST", "/projects", {"slug": "copy", "name": "C", "schema": {"type": "choice", "classes": ["yes", "no"]}})
    reply = send(alice, body(alice, "responses.csv"), "copy")
    assert reply.json() == {"created": 2, "unchanged": 0, "replaced": 0, "skipped": 3}
    copied = Response.objects.filter(task__project__slug="copy").order_by("task__external_id")
    assert list(copied.values_list("task__external_id", "worker__name", "answer")) == [
        ("t0", "ben", YES),
        ("t1", "cleo", NO),
    ]
    assert send(alice, body(alice, "responses.csv"), "copy").json()["unchanged"] == 2


def test_a_file_of_which_nothing_counts_brings_nothing(tasks: Project, alice: Api) -> None:
    reply = send(alice, "task,worker,answer,counted\nt1,ann,yes,FALSE\nt2,ann,nothing like it,0\n")
    assert (reply.status_code, reply.json()["skipped"], Response.objects.count()) == (201, 2, 0)


def test_a_mark_that_is_neither_true_nor_false_names_its_line(tasks: Project, alice: Api) -> None:
    reply = send(alice, "task,worker,answer,voided\nt1,ann,yes,\nt2,ann,yes,perhaps\n")
    fault = reply.json()["errors"][0]
    assert (reply.status_code, fault["line"], fault["field"], fault["code"]) == (400, 3, "voided", "no_truth")


def test_another_answer_is_another_edition(answered: Project, alice: Api, refreshed: Any) -> None:
    refreshed()
    paths = ["responses", "responses.csv", "responses.csv?pseudonyms=1"]
    tags = [alice("GET", f"{BIRDS}/{path}")["ETag"] for path in paths]

    def states() -> list[int]:
        pairs = zip(paths, tags, strict=True)
        return [alice("GET", f"{BIRDS}/{path}", **{"If-None-Match": tag}).status_code for path, tag in pairs]

    assert states() == [304] * 3
    send(alice, "task,worker,answer\nt5,ann,yes\n")
    refreshed()
    assert states() == [200] * 3


def test_a_surplus_answer_is_another_edition_too(tasks: Project, alice: Api, bob: Api, refreshed: Any) -> None:
    token = bob("POST", f"{BIRDS}/assignments", {"count": 1}).json()["assignments"][0]["token"]
    alice("PATCH", f"{BIRDS}/members/{Membership.objects.get(user=bob.user).pk}", {"status": "paused"})
    refreshed()
    tag = alice("GET", f"{BIRDS}/responses")["ETag"]
    assert bob("PUT", f"/assignments/{token}/response", {"answer": "yes"}).status_code == 201
    assert [row["counted"] for row in listed(alice)] == [False]
    assert alice("GET", f"{BIRDS}/responses", **{"If-None-Match": tag}).status_code == 200


def test_a_step_is_found_by_the_index_of_the_names(answered: Project) -> None:
    place = listing.Place("t1", 1)
    if connection.vendor == "sqlite":
        plan = listing._after(answered, place)[:500].explain()
        assert "external_id>?" in plan.replace(" ", "")
        assert "SCAN tasks_" not in plan
    else:
        with connection.cursor() as cursor:
            # Of a few rows any plan is as good: what is asked is whether the index can do it.
            for other_way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{other_way} TO OFF")
            cursor.execute("ANALYZE tasks_task, tasks_response")
        plan = listing._after(answered, place)[:500].explain()
        assert "one_task_per_external_id" in plan
        assert "external_id)::text >= 't1'" in plan


def test_a_spreadsheet_runs_no_formula(project: Project, alice: Api) -> None:
    send(alice, "task,worker,answer\n'=1+1,'@ann,yes\n")
    row = body(alice, "responses.csv").decode().splitlines()[1]
    assert row.startswith("'=1+1,'@ann,yes,")
    assert listed(alice)[0]["task"] == "=1+1"
