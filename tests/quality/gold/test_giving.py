"""Gold as it is given: what is believed at once, what is asked for, and what tables may hold."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.projects.models import Project
from quality.gold import promotion
from quality.gold.giving import correct_gold
from quality.models import GoldAnswer, Refresh
from quality.refresh.live import keep_up
from tasks.models import Response, Task
from tasks.responses.voiding import void_responses
from tests.cast import Api, worker_of
from tests.quality.gold.crowd import give, truth
from tests.quality.gold.test_promotion import promote
from tests.quality.gold.test_tables import upload
from tests.quality.gold.test_training import answer_next, label_of

GOLD, DECISION = "/projects/birds/tasks/t0/gold", "/projects/birds/tasks/{}/adjudication"
OnCommit = Callable[..., Any]


@pytest.mark.parametrize(("decided", "shown"), [("t0", ("no", "adjudicated")), ("t1", ("yes", "gold"))])
def test_gold_is_the_label_at_once_unless_somebody_decided_on_that_task(
    tasks: Project, alice: Api, decided: str, shown: tuple[str, str]
) -> None:
    alice("PUT", DECISION.format(decided), {"answer": "no"})
    alice("PUT", GOLD, {"answer": "yes"})
    label = label_of(alice, "t0")
    assert (label["label"], label["source"]) == shown
    assert (label["confidence"], label["state"]) == (1.0, "settled")


def test_labels_follow_a_table_that_says_something_else(tasks: Project, alice: Api) -> None:
    seen = []
    for answer in ("yes", "no"):
        upload(alice, f"task,answer\nt0,{answer}\n")
        keep_up(tasks)
        seen.append(label_of(alice, "t0")["label"])
    assert seen == ["yes", "no"]


def test_corrections_and_withdrawn_promotions_have_everybody_scored_anew(
    crowd: Project,
    alice: Api,
    refreshed: Callable[[], None],
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    def asked_by(do: Callable[[], object]) -> int:
        before = Refresh.objects.count()
        with django_capture_on_commit_callbacks(execute=True):
            do()
        return Refresh.objects.count() - before

    refreshed()
    give(alice, (0, truth(0)))
    task = Task.objects.get(external_id="t0")
    assert asked_by(lambda: correct_gold(task=task, actor=alice.user, answer="no")) == 1
    Refresh.objects.update(state="done")
    promote(alice, 2)
    assert [asked_by(lambda: alice("DELETE", "/projects/birds/gold?origin=promoted")) for _ in range(2)] == [1, 0]


def test_of_all_who_were_taught_a_task_nobodys_answer_counts_afterwards(
    tasks: Project, alice: Api, new_worker: Callable[[], Api]
) -> None:
    alice("PATCH", "/projects/birds", {"quality": {"training_tasks": 1}})
    alice("PUT", GOLD, {"answer": "no", "training": True})
    taught = [new_worker() for _ in range(3)]
    for worker in taught:
        answer_next(worker, "yes")
    void_responses(worker_of(taught[0], tasks))
    counted = Task.objects.get(external_id="t0").answers_counted
    alice("PUT", GOLD, {"answer": "no"})
    task = Task.objects.get(external_id="t0")
    assert (counted, task.answers_counted, task.purpose) == (2, 0, "gold")
    assert set(Response.objects.filter(task=task).values_list("counted", flat=True)) == {False}


def test_an_explanation_has_so_many_characters_and_a_task_may_be_named_twice_alike(tasks: Project, alice: Api) -> None:
    longest = "x" * 5000
    table = "task,answer,explanation\n"
    refused = upload(alice, f"{table}t0,yes,{longest}x\n")
    taken = upload(alice, f"{table}t0,yes,{longest}\nt1,no,\nt0,yes,{longest}\n")
    contradicting = upload(alice, f"{table}t2,yes,Blue.\nt2,yes,Grey.\n")

    fault = refused.json()["errors"][0]
    assert (refused.status_code, fault["line"], fault["field"], fault["code"]) == (400, 2, "explanation", "too_long")
    assert taken.json() == {"created": 2, "changed": 0, "unchanged": 0}
    assert GoldAnswer.objects.get(task__external_id="t0").explanation == longest
    assert [(each["line"], each["code"]) for each in contradicting.json()["errors"]] == [(3, "repeated")]


@pytest.mark.parametrize(("body", "field"), [({}, "answer"), ({"answer": "yes", "training": "perhaps"}, "training")])
def test_what_is_no_gold_is_refused_by_its_field(tasks: Project, alice: Api, body: dict[str, Any], field: str) -> None:
    reply = alice("PUT", GOLD, body)
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, field)
    assert not GoldAnswer.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"count": 0}, {"count": 1, "min_confidence": 0.49}, {"count": 1, "seed": -1}, {"count": 1, "x": 1}]
)
def test_a_promotion_that_makes_no_sense_is_refused(tasks: Project, alice: Api, body: dict[str, Any]) -> None:
    reply = alice("POST", "/projects/birds/gold/promote", body)
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")


def test_one_is_told_whether_there_are_more_sure_labels_than_were_looked_at(
    crowd: Project, alice: Api, refreshed: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(sure: float) -> tuple[int, bool]:
        reply = alice("GET", f"/projects/birds/gold/candidates?min_confidence={sure}").json()
        return sum(reply["per_class"].values()), reply["more"]

    refreshed()
    every, more = found(0.5)
    monkeypatch.setattr(promotion, "LOOKED_AT", 5)
    assert (more, found(0.5)) == (False, (5, True))
    assert every > 5
    assert found(1.0) == (0, False)
    assert alice("GET", "/projects/birds/gold/candidates?min_confidence=0.4").status_code == 400


def test_of_more_gold_than_fits_a_page_the_rest_is_on_the_next(crowd: Project, alice: Api) -> None:
    give(alice, *[(n, truth(n)) for n in range(5)])
    for query in ("origin=given", "suspect=1"):
        GoldAnswer.objects.update(doubt=0.97)
        whole = alice("GET", f"/projects/birds/gold?{query}&limit=5").json()
        half = alice("GET", f"/projects/birds/gold?{query}&limit=3").json()
        rest = alice("GET", half["next"].partition("/api/v1")[2]).json()
        assert (len(whole["results"]), len(half["results"]), len(rest["results"])) == (5, 3, 2)
        assert half["results"] + rest["results"] == whole["results"]
        assert (whole["next"], rest["next"]) == (None, None)
    assert alice("GET", "/projects/birds/gold?origin=promoted").json()["results"] == []
    assert alice("GET", "/projects/birds/gold?origin=promoted&suspect=1").json()["results"] == []
    bad = alice("GET", "/projects/birds/gold?suspect=1&cursor=x")
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (400, "cursor")
