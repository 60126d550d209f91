"""Tasks that nobody is left to answer: found, told of, and shown to those who look after the
project."""

from collections.abc import Callable

import pytest

from crowd.projects.models import Project
from quality.exhaustion import sifting
from quality.labels.summaries import count_progress
from quality.models import Consensus, Sifting, Summary
from quality.refresh.live import keep_up
from tasks.models import Assignment, Task
from tasks.queue.purposes import set_purpose
from tests.cast import Api
from tests.quality.exhaustion.steps import (
    DISPUTES,
    Worker,
    answer_all,
    end_leases,
    exhausted,
    lease,
    skip_all,
    states,
    told,
    trail,
)


def test_what_everybody_skipped_goes_to_review_with_the_reasons_and_is_told_once(
    heard: Project, alice: Api, bob: Api, new_worker: Worker
) -> None:
    for worker, reason in ((bob, "unclear"), (new_worker(), " unclear"), (new_worker(), "broken"), (new_worker(), "")):
        sifting.sift(heard.pk)
        assert exhausted() == []
        skip_all(worker, reason)
    for _ in range(2):
        Sifting.objects.update(lap_at=None)
        sifting.sift(heard.pk)
    skips = [{"reason": "unclear", "count": 2}, {"reason": "broken", "count": 1}, {"reason": "", "count": 1}]
    why = {"skips": skips, "taken_back": 0}
    assert states(alice) == states(alice, "&state=exhausted") == {"t0": "exhausted"}
    assert states(alice, "&state=open") == {}
    (case,) = alice("GET", DISPUTES).json()["results"]
    assert case == {
        **dict.fromkeys(("label", "confidence", "distribution")),
        "task": "t0",
        "responses": 0,
        "state": "exhausted",
        "answers": [],
        **why,
        "updated_at": case["updated_at"],
    }
    assert told() == [
        ("task.exhausted", {"task": "t0", "label": None, "confidence": None, "responses": 0, **why}),
    ]
    assert trail() == [("tasks.exhausted", {"count": 1, "tasks": ["t0"]})]


def test_a_task_that_some_answered_and_the_rest_skipped_shows_what_was_said(
    one: Project, alice: Api, bob: Api, new_worker: Worker
) -> None:
    answer_all(bob)
    skip_all(new_worker(), "blurred")
    sifting.sift(one.pk)
    keep_up(one)
    (case,) = alice("GET", DISPUTES).json()["results"]
    assert [case["label"], case["responses"], case["state"], case["skips"]] == [
        *("yes", 1, "exhausted"),
        [{"reason": "blurred", "count": 1}],
    ]
    assert [each["answer"] for each in case["answers"]] == ["yes"]
    assert Consensus.objects.get().state == "open"


def test_a_task_that_everybody_answered_and_nobody_skipped_only_waits_for_more_workers(one: Project, bob: Api) -> None:
    answer_all(bob)
    Task.objects.update(passed_on=True)
    sifting.sift(one.pk)
    assert exhausted() == []


def test_an_answer_taken_back_and_let_go_counts_like_a_skip(one: Project, alice: Api, bob: Api) -> None:
    (token,) = lease(bob)
    bob("PUT", f"/assignments/{token}/response", {"answer": "yes"})
    bob("DELETE", f"/assignments/{token}/response")
    sifting.sift(one.pk)
    assert exhausted() == []
    end_leases()
    assert lease(bob) == []
    Sifting.objects.update(lap_at=None)
    sifting.sift(one.pk)
    (case,) = alice("GET", DISPUTES).json()["results"]
    assert (case["task"], case["skips"], case["taken_back"]) == ("t0", [], 1)


def test_what_comes_again_to_somebody_is_not_exhausted(one: Project, bob: Api, new_worker: Worker) -> None:
    other = new_worker()
    skip_all(bob)
    (token,) = lease(other)
    sifting.sift(one.pk)
    held = exhausted()
    other("POST", f"/assignments/{token}/return")
    Sifting.objects.update(lap_at=None)
    sifting.sift(one.pk)
    assert (held, exhausted()) == ([], [])
    assert len(lease(other)) == 1


def test_gold_is_never_exhausted(one: Project, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    set_purpose([Task.objects.get().pk], "gold")
    assert (exhausted(), Task.objects.get().exhausted_at) == ([], None)
    sifting.sift(one.pk)
    Sifting.objects.update(lap_at=None)
    sifting.sift(one.pk)
    assert (exhausted(), Task.objects.get().exhausted_at) == ([], None)


def test_counts_add_up(tasks: Project, alice: Api, bob: Api, refreshed: Callable[[], None]) -> None:
    for token in lease(bob, 4):
        bob("POST", f"/assignments/{token}/skip", {})
    alice("PUT", "/projects/birds/tasks/t9/adjudication", {"answer": "no"})
    keep_up(tasks)
    sifting.sift(tasks.pk)
    progress = Summary.objects.get().progress
    assert progress == count_progress(tasks)
    states = ("tasks", "settled", "disputed", "exhausted", "open")
    assert [progress[name] for name in states] == [10, 1, 0, 4, 5]
    refreshed()
    assert Summary.objects.get().progress == progress


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_files_of_labels_say_so(one: Project, alice: Api, bob: Api, suffix: str) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    whole = alice("GET", f"/projects/birds/labels.{suffix}").getvalue()
    none = alice("GET", f"/projects/birds/labels.{suffix}?state=open").getvalue()
    assert (b"exhausted" in whole, b"t0" in none) == (True, False)


def test_who_asks_for_what_is_new_is_told_of_it(one: Project, alice: Api, bob: Api) -> None:
    answer_all(bob)
    keep_up(one)
    skip = Assignment.objects.get()
    Assignment.objects.filter(pk=skip.pk).update(state="skipped")
    Task.objects.update(passed_on=True)
    Consensus.objects.update(updated_at="2026-01-01T00:00:00Z")
    since = "&updated_since=2026-01-02T00:00:00Z"
    before = states(alice, since)
    sifting.sift(one.pk)
    assert (before, states(alice, since)) == ({}, {"t0": "exhausted"})


def test_pages_of_the_exhausted_lead_through_all_of_them(tasks: Project, alice: Api, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(tasks.pk)
    path, pages = f"{DISPUTES}&limit=4", []
    while path:
        page = alice("GET", path).json()
        pages.append([row["task"] for row in page["results"]])
        path = page["next"] and page["next"].partition("/api/v1")[2]
    assert pages == [["t0", "t1", "t2", "t3"], ["t4", "t5", "t6", "t7"], ["t8", "t9"]]


def test_an_answer_taken_back_and_held_again_is_awaited_and_then_a_skip_is_one(
    one: Project, alice: Api, bob: Api, new_worker: Worker
) -> None:
    skip_all(new_worker(), "unclear")
    (token,) = lease(bob)
    bob("PUT", f"/assignments/{token}/response", {"answer": "yes"})
    held = bob("DELETE", f"/assignments/{token}/response").json()["token"]
    sifting.sift(one.pk)
    awaited = exhausted()
    bob("POST", f"/assignments/{held}/skip", {"reason": "unclear"})
    sifting.sift(one.pk)
    (case,) = alice("GET", DISPUTES).json()["results"]
    assert (awaited, case["skips"], case["taken_back"]) == ([], [{"reason": "unclear", "count": 2}], 0)
