"""From answers to labels, through the API: what programs and owners read."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from crowd.projects.models import Membership, Project
from quality.labels.inferred import Content
from quality.models import Consensus
from quality.refresh.scheduling import refresh_project
from tasks.models import Task
from tests.cast import Api

VOTES = "/projects/birds/responses/import"


def vote(alice: Api, *rows: str) -> None:
    """Each row is `task worker answer`."""
    lines = "\n".join(",".join(row.split()) for row in rows)
    reply = alice("POST", VOTES, f"task,worker,answer\n{lines}\n", content_type="text/csv")
    assert reply.status_code == 201, reply.content


def labels(api: Api, query: str = "") -> dict[str, dict[str, Any]]:
    rows = api("GET", f"/projects/birds/labels{query}").json()["results"]
    return {row.pop("task"): row for row in rows}


def unanimous(task: str, answer: str, workers: int = 5) -> list[str]:
    return [f"{task} w{n} {answer}" for n in range(workers)]


def test_a_task_without_answers_has_no_label(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    refreshed()
    assert labels(alice)["t0"] == {
        "label": None,
        "confidence": None,
        "distribution": None,
        "responses": 0,
        "state": "open",
        "source": "consensus",
        "updated_at": None,
    }


def test_agreeing_workers_settle_a_task(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    vote(alice, *[row for n in range(10) for row in unanimous(f"t{n}", "yes" if n % 2 else "no")])
    refreshed()
    label = labels(alice)["t1"]
    assert (label["label"], label["responses"], label["state"], label["source"]) == ("yes", 5, "settled", "consensus")
    assert label["confidence"] == pytest.approx(label["distribution"]["yes"])
    assert sum(label["distribution"].values()) == pytest.approx(1)


def test_a_split_task_ends_disputed(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority"}})
    vote(alice, "t0 a yes", "t0 b yes", "t0 c yes", "t0 d no", "t0 e no")
    refreshed()
    label = labels(alice)["t0"]
    assert (label["label"], label["confidence"], label["state"]) == ("yes", pytest.approx(0.6), "disputed")


def test_an_unsure_task_asks_for_one_more_answer_at_a_time(
    tasks: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority"}})
    vote(alice, "t0 a yes", "t0 b yes", "t0 c no", "t1 a yes", "t1 b yes", "t1 c yes")
    refreshed()
    refreshed()
    needed = dict(Task.objects.values_list("external_id", "answers_needed"))
    assert (needed["t0"], needed["t1"], needed["t2"]) == (4, 3, 3)
    assert (labels(alice)["t0"]["state"], labels(alice)["t1"]["state"]) == ("open", "settled")


def test_votes_without_content_never_reach_workers(
    project: Project, alice: Api, bob: Api, refreshed: Callable[[], None]
) -> None:
    vote(alice, "x a yes", "x b no", "x c yes")
    refreshed()
    assert bob("POST", "/projects/birds/assignments").json()["reason"] == "no_tasks"


def test_refreshing_again_changes_no_bit(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    vote(alice, "t0 a yes", "t0 b no", "t1 a yes", "t1 c yes", "t2 b no", "t2 c yes")
    refreshed()
    first = list(Consensus.objects.order_by("pk").values(*Content._fields))
    Task.objects.mark_stale()
    refreshed()
    second = list(Consensus.objects.order_by("pk").values(*Content._fields))
    assert first == second


def test_the_order_of_arrival_changes_no_bit(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    rows = ["t0 a yes", "t0 b no", "t1 a yes", "t1 c yes", "t2 b no", "t2 c yes", "t3 a no", "t3 b no", "t3 c yes"]
    vote(alice, *rows)
    refreshed()
    first = labels(alice)
    alice("DELETE", "/projects/birds")
    alice("POST", "/projects", {"slug": "birds", "name": "B", "schema": {"type": "choice", "classes": ["yes", "no"]}})
    alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": f"t{n}", "data": {"n": n}} for n in range(10)]})
    for row in reversed(rows):
        vote(alice, row)
    refresh_project(Project.objects.get().pk)
    second = labels(alice)
    keys = ("label", "confidence", "distribution")
    assert [[row[k] for k in keys] for row in first.values()] == [[row[k] for k in keys] for row in second.values()]


def test_labels_can_be_narrowed_down(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    vote(alice, *unanimous("t0", "yes"), *unanimous("t1", "no"), "t2 w0 yes", "t2 w1 no")
    refreshed()
    changed = labels(alice)["t0"]["updated_at"]
    assert set(labels(alice, "?state=settled")) == {"t0", "t1"}
    assert set(labels(alice, "?state=open")) == {f"t{n}" for n in range(2, 10)}
    assert set(labels(alice, "?min_confidence=0.9")) == {"t0", "t1"}
    assert set(labels(alice, f"?updated_since={changed}")) == {"t0", "t1", "t2"}
    assert labels(alice, "?updated_since=2100-01-01T00:00:00Z") == {}


@pytest.mark.parametrize("query", ["?state=done", "?min_confidence=2", "?updated_since=today", "?label=yes"])
def test_bad_filters_are_refused(tasks: Project, alice: Api, query: str) -> None:
    assert alice("GET", f"/projects/birds/labels{query}").status_code == 400


def test_pages_lead_through_all_labels(tasks: Project, alice: Api) -> None:
    path, seen = "/projects/birds/labels?limit=3", []
    while path:
        page = alice("GET", path).json()
        seen += [row["task"] for row in page["results"]]
        path = page["next"] and page["next"].partition("/api/v1")[2]
    assert seen == [f"t{n}" for n in range(10)]


def test_files_hold_what_the_list_says(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    vote(alice, *unanimous("t0", "yes"), "t1 w0 no")
    refreshed()
    listed = labels(alice)
    body = b"".join(alice("GET", "/projects/birds/labels.jsonl").streaming_content)
    lines = {row.pop("task"): row for row in map(json.loads, body.splitlines())}
    assert {t: r["distribution"] for t, r in lines.items()} == {t: r["distribution"] for t, r in listed.items()}
    body = b"".join(alice("GET", "/projects/birds/labels.csv").streaming_content)
    rows = {row["task"]: row for row in csv.DictReader(io.StringIO(body.decode()))}
    assert {t: (r["label"], r["confidence"]) for t, r in rows.items()} == {
        t: (r["label"] or "", "" if r["confidence"] is None else str(r["confidence"])) for t, r in listed.items()
    }
    body = b"".join(alice("GET", "/projects/birds/labels.parquet").streaming_content)
    table = pq.read_table(io.BytesIO(body)).to_pylist()
    assert {r["task"]: (r["label"], r["confidence"], r["state"]) for r in table} == {
        t: (r["label"], r["confidence"], r["state"]) for t, r in listed.items()
    }


def test_files_can_be_narrowed_down_like_the_list(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    vote(alice, *unanimous("t0", "yes"))
    refreshed()
    body = b"".join(alice("GET", "/projects/birds/labels.csv?state=settled").streaming_content)
    assert [row["task"] for row in csv.DictReader(io.StringIO(body.decode()))] == ["t0"]


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+cmd", "-2+3", "\t=1"])
def test_a_spreadsheet_runs_no_formula(project: Project, alice: Api, name: str) -> None:
    alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": name, "data": {"text": "x"}}]})
    body = b"".join(alice("GET", "/projects/birds/labels.csv").streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(body))
    assert row["task"] == f"'{name.strip()}"


def test_numbers_are_not_taken_for_formulas(project: Project, alice: Api) -> None:
    alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": "-7", "data": {"text": "x"}}]})
    assert b"\n-7," in b"".join(alice("GET", "/projects/birds/labels.csv").streaming_content)


def test_agreement_is_read_from_the_last_refresh(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    empty = alice("GET", "/projects/birds/agreement").json()
    vote(alice, "t0 a yes", "t0 b yes", "t1 a no", "t1 b no", "t2 a yes", "t2 b no", "t3 a yes", "t3 b yes")
    refreshed()
    measured = alice("GET", "/projects/birds/agreement").json()
    assert empty["krippendorff_alpha"] == {"value": None, "low": None, "high": None}
    assert measured["percent_agreement"]["value"] == pytest.approx(0.75)
    assert measured["krippendorff_alpha"]["value"] == pytest.approx(1 - 7 * 2 / (2 * 5 * 3))
    assert measured["counts"] == {"tasks": 4, "responses": 8, "workers": 2}
    for name in ("krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "percent_agreement"):
        assert measured[name]["low"] <= measured[name]["value"] <= measured[name]["high"]


def test_workers_are_scored_against_gold(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    for n in range(4):
        alice("PUT", f"/projects/birds/tasks/t{n}/gold", {"answer": "yes"})
    vote(alice, *[f"t{n} good yes" for n in range(4)], *[f"t{n} bad no" for n in range(4)])
    refreshed()
    workers = {row["worker"]: row for row in alice("GET", "/projects/birds/workers").json()["results"]}
    assert (workers["good"]["gold"], workers["bad"]["gold"]) == ({"right": 4, "seen": 4}, {"right": 0, "seen": 4})
    assert workers["good"]["reliability"]["low"] > workers["bad"]["reliability"]["high"]
    assert (workers["good"]["flags"], workers["bad"]["flags"]) == ([], ["worse_than_chance"])
    assert workers["bob@example.com"]["reliability"] == {"value": None, "low": None, "high": None}


def test_an_unreliable_minority_is_outvoted_by_their_record(
    tasks: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    for n in range(8):
        alice("PUT", f"/projects/birds/tasks/t{n}/gold", {"answer": "yes" if n % 2 else "no"})
    right = {f"t{n}": "yes" if n % 2 else "no" for n in range(8)}
    wrong = {"yes": "no", "no": "yes"}
    for task, answer in right.items():
        vote(alice, f"{task} expert1 {answer}", f"{task} expert2 {answer}")
        vote(alice, *[f"{task} guess{k} {answer if (int(task[1]) + k) % 2 else wrong[answer]}" for k in range(3)])
    vote(alice, "t9 expert1 yes", "t9 expert2 yes", "t9 guess0 no", "t9 guess1 no", "t9 guess2 no")
    alice("PATCH", "/projects/birds", {"quality": {"method": "dawid-skene"}})
    refreshed()
    assert labels(alice)["t9"]["label"] == "yes"


def test_gold_is_its_own_label_and_can_be_withdrawn(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    vote(alice, *unanimous("t0", "yes"))
    reply = alice("PUT", "/projects/birds/tasks/t0/gold", {"answer": "no", "explanation": "It is grey."})
    refreshed()
    gold = labels(alice)["t0"]
    withdrawn = [alice("DELETE", "/projects/birds/tasks/t0/gold") for _ in range(2)]
    refreshed()
    assert reply.json() == {"answer": "no", "explanation": "It is grey.", "training": False}
    assert (gold["label"], gold["confidence"], gold["source"], gold["state"]) == ("no", 1.0, "gold", "settled")
    assert [r.status_code for r in withdrawn] == [204, 404]
    assert (labels(alice)["t0"]["label"], labels(alice)["t0"]["source"]) == ("yes", "consensus")


def test_adjudication_overrules_at_once_until_it_is_taken_back(
    tasks: Project, alice: Api, charlie: Api, refreshed: Callable[[], None]
) -> None:
    Membership.objects.create(project=tasks, user=charlie.user, role="reviewer")
    vote(alice, *unanimous("t0", "yes"))
    refreshed()
    assert charlie("PUT", "/projects/birds/tasks/t0/adjudication", {"answer": "no"}).status_code == 200
    at_once = labels(alice)["t0"]
    refreshed()
    after = labels(alice)["t0"]
    assert (at_once["label"], at_once["source"], at_once["state"]) == ("no", "adjudicated", "settled")
    assert (after["label"], after["source"]) == ("no", "adjudicated")
    assert charlie("DELETE", "/projects/birds/tasks/t0/adjudication").status_code == 204
    refreshed()
    assert (labels(alice)["t0"]["label"], labels(alice)["t0"]["source"]) == ("yes", "consensus")


@pytest.mark.parametrize("route", ["gold", "adjudication"])
def test_decisions_are_checked(tasks: Project, alice: Api, bob: Api, route: str) -> None:
    replies = [
        alice("PUT", f"/projects/birds/tasks/t0/{route}", {"answer": "maybe"}),
        alice("PUT", f"/projects/birds/tasks/none/{route}", {"answer": "yes"}),
        bob("PUT", f"/projects/birds/tasks/t0/{route}", {"answer": "yes"}),
        alice("DELETE", f"/projects/birds/tasks/t0/{route}"),
    ]
    codes = ["invalid_answer", "task_not_found", "role_required", f"no_{route}"]
    assert [r.json()["code"] for r in replies] == codes


def test_a_refresh_can_be_asked_for_and_followed(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    vote(alice, *unanimous("t0", "yes"))
    asked = [alice("POST", "/projects/birds/refresh") for _ in range(2)]
    refreshed()
    done = alice("GET", f"/projects/birds/refreshes/{asked[0].json()['id']}").json()
    assert [(r.status_code, r.json()["state"]) for r in asked] == [(202, "queued")] * 2
    assert asked[0].json()["id"] == asked[1].json()["id"]
    assert (done["state"], done["error"]) == ("done", "")
    assert done["method"] in ("majority", "dawid-skene")
    assert done["iterations"] >= 0
    assert done["seconds"] > 0


@pytest.mark.parametrize("path", ["labels", "labels.csv", "agreement", "workers", "refreshes/1"])
def test_workers_and_outsiders_read_no_results(tasks: Project, bob: Api, charlie: Api, path: str) -> None:
    assert [a("GET", f"/projects/birds/{path}").status_code for a in (bob, charlie)] == [403, 404]
