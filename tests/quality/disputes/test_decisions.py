"""What reviewers decide: the queue, decisions with all that follows, and taking them back."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.people.models import AuditEvent
from crowd.projects.models import Membership, Project
from quality.disputes.adjudication import adjudicate
from quality.disputes.waiting import place_of, undecided
from quality.labels.summaries import count_progress
from quality.models import Adjudication, Consensus, GoldAnswer, Summary
from tasks.models import Task
from tests.at_once import at_once, both_within_a_transaction
from tests.cast import NO, Api

VOTES = "/projects/birds/responses/import"
ADJUDICATION = "/projects/birds/tasks/t0/adjudication"


def vote(alice: Api, *rows: str) -> None:
    """Each row is `task worker answer`."""
    lines = "\n".join(",".join(row.split()) for row in rows)
    reply = alice("POST", VOTES, f"task,worker,answer\n{lines}\n", content_type="text/csv")
    assert reply.status_code == 201, reply.content


@pytest.fixture
def disputed(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> Project:
    """Six tasks that end three to two, by majority, so that many are exactly as sure as each other;
    one is two to two and one to none."""
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority", "min_responses": 3, "max_responses": 4}})
    for n in range(6):
        vote(alice, *[f"t{n} w{w} {'yes' if w < 3 else 'no'}" for w in range(5)])
    vote(alice, *[f"t6 w{w} {'yes' if w < 2 else 'no'}" for w in range(4)], "t7 w0 yes")
    refreshed()
    tasks.refresh_from_db()
    return tasks


@pytest.fixture
def reviewer(disputed: Project, charlie: Api) -> Api:
    Membership.objects.create(project=disputed, user=charlie.user, role="reviewer")
    return charlie


def label_of(api: Api, task: str) -> dict[str, Any]:
    rows = api("GET", "/projects/birds/labels").json()["results"]
    found: dict[str, Any] = next(row for row in rows if row["task"] == task)
    return {name: found[name] for name in ("label", "confidence", "source", "state")}


def test_the_least_sure_come_first_and_pages_lead_through_those_that_are_equally_sure(
    disputed: Project, alice: Api
) -> None:
    path, pages = "/projects/birds/disputes?limit=2", []
    while path:
        page = alice("GET", path).json()
        pages.append([(row["task"], row["confidence"]) for row in page["results"]])
        path = page["next"] and page["next"].partition("/api/v1")[2]
    sure = pytest.approx(0.6)
    assert pages[0] == [("t6", pytest.approx(0.5)), ("t0", sure)]
    assert [row for page in pages for row in page][1:] == [(f"t{n}", sure) for n in range(6)]
    assert [len(page) for page in pages] == [2, 2, 2, 1]


def test_a_dispute_says_who_said_what_and_how_far_each_is_trusted(disputed: Project, alice: Api) -> None:
    first = alice("GET", "/projects/birds/disputes?limit=1").json()["results"][0]
    workers = {row["worker"]: row for row in alice("GET", "/projects/birds/workers").json()["results"]}
    said = {each["name"]: each["answer"] for each in first["answers"]}
    assert said == {"w0": "yes", "w1": "yes", "w2": "no", "w3": "no"}
    assert first["distribution"] == {"yes": pytest.approx(0.5), "no": pytest.approx(0.5)}
    assert (first["responses"], first["state"]) == (4, "disputed")
    for each in first["answers"]:
        assert (each["worker"], each["reliability"]) == (
            workers[each["name"]]["id"],
            workers[each["name"]]["reliability"],
        )
    trusted = [each["reliability"]["value"] for each in first["answers"]]
    assert trusted == sorted(trusted, reverse=True)


def test_the_open_ones_can_be_asked_for_and_what_is_decided_is_in_neither(disputed: Project, alice: Api) -> None:
    alice("PUT", ADJUDICATION, {"answer": "no"})
    open_tasks = alice("GET", "/projects/birds/disputes?state=open").json()["results"]
    waiting = alice("GET", "/projects/birds/disputes").json()["results"]
    assert [row["task"] for row in open_tasks] == ["t7"]
    assert "t0" not in [row["task"] for row in waiting]


@pytest.mark.parametrize("cursor", ["x", "0.5", "nan,1", "inf,1", "0.5,-1", "0.5,99999999999999999999"])
def test_a_cursor_that_is_none_is_refused(disputed: Project, alice: Api, cursor: str) -> None:
    reply = alice("GET", f"/projects/birds/disputes?cursor={cursor}")
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "cursor")


def test_the_queue_goes_on_after_any_place(disputed: Project) -> None:
    every = list(undecided(disputed))
    for n, consensus in enumerate(every):
        assert list(undecided(disputed, place=place_of(consensus))) == every[n + 1 :]


def test_a_decision_becomes_gold_if_a_manager_wants_and_is_taken_back_with_it(
    disputed: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    before = label_of(alice, "t0")
    alice("PUT", ADJUDICATION, {"answer": "no", "gold": True, "explanation": "Grey."})
    gold = GoldAnswer.objects.get()
    refreshed()
    made = label_of(alice, "t0")
    assert (gold.answer, gold.explanation, gold.origin) == (NO, "Grey.", "adjudicated")
    assert made == {"label": "no", "confidence": 1.0, "source": "adjudicated", "state": "settled"}
    assert alice("DELETE", ADJUDICATION).status_code == 204
    assert label_of(alice, "t0") == before
    assert not GoldAnswer.objects.exists()
    assert Task.objects.get(external_id="t0").purpose == "work"
    refreshed()
    assert label_of(alice, "t0") == before


def test_a_reviewer_decides_and_makes_no_gold(reviewer: Api) -> None:
    refused = reviewer("PUT", ADJUDICATION, {"answer": "no", "gold": True})
    untouched = Adjudication.objects.count() + GoldAnswer.objects.count()
    decided = reviewer("PUT", ADJUDICATION, {"answer": "no"})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_required")
    assert untouched == 0
    assert (decided.status_code, Adjudication.objects.get().answer) == (200, NO)


def test_gold_that_was_there_before_outlives_the_decision(disputed: Project, alice: Api) -> None:
    alice("PUT", "/projects/birds/tasks/t0/gold", {"answer": "yes", "explanation": "Blue."})
    alice("PUT", ADJUDICATION, {"answer": "no", "gold": True})
    corrected = GoldAnswer.objects.values("answer", "explanation", "origin").get()
    alice("DELETE", ADJUDICATION)
    assert corrected == {"answer": NO, "explanation": "Blue.", "origin": "given"}
    assert GoldAnswer.objects.values("answer", "explanation", "origin").get() == corrected


def test_what_was_decided_and_believed_until_then_is_kept(disputed: Project, alice: Api, reviewer: Api) -> None:
    before = alice("GET", "/projects/birds/disputes").json()["results"][1]
    reviewer("PUT", ADJUDICATION, {"answer": "no"})
    alice("PUT", ADJUDICATION, {"answer": "yes"})
    reviewer("DELETE", ADJUDICATION)
    taken_back = alice("GET", ADJUDICATION).json()
    reviewer("PUT", ADJUDICATION, {"answer": "no"})
    standing = alice("GET", ADJUDICATION).json()
    history = [(each["action"], each["answer"], each["reviewer"]) for each in standing["history"]]
    names = ("charlie@example.com", "alice@example.com")
    assert (taken_back["answer"], taken_back["reviewer"], len(taken_back["history"])) == (None, None, 3)
    assert (standing["answer"], standing["reviewer"], standing["gold"]) == ("no", names[0], False)
    assert history == [
        ("decided", "no", names[0]),
        ("withdrawn", "yes", names[0]),
        ("decided", "yes", names[1]),
        ("decided", "no", names[0]),
    ]
    first = standing["history"][-1]["believed"]
    assert {name: first[name] for name in ("label", "confidence", "distribution", "responses", "state")} == {
        name: before[name] for name in ("label", "confidence", "distribution", "responses", "state")
    }
    actions = AuditEvent.objects.filter(subject="birds/t0").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["task.adjudicated"] * 2 + ["adjudication.withdrawn", "task.adjudicated"]


def test_nothing_was_ever_decided_about_most_tasks(disputed: Project, alice: Api) -> None:
    assert alice("GET", ADJUDICATION).json()["code"] == "no_adjudication"


def test_the_counts_follow_decisions_without_being_counted(
    disputed: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    def progress() -> tuple[dict[str, int], dict[str, int]]:
        return Summary.objects.get().progress, count_progress(disputed)

    alice("PUT", ADJUDICATION, {"answer": "no"})
    stored, counted = progress()
    assert (stored["disputed"], stored) == (6, counted)
    alice("DELETE", ADJUDICATION)
    stored, counted = progress()
    assert (stored["disputed"], stored) == (7, counted)
    refreshed()
    assert progress()[0]["disputed"] == 7


def test_a_decision_on_what_nobody_has_answered_is_taken_back_without_a_trace_in_the_labels(
    disputed: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    path = "/projects/birds/tasks/t9/adjudication"
    alice("PUT", path, {"answer": "no", "gold": True})
    alice("DELETE", path)
    refreshed()
    assert not Consensus.objects.filter(task__external_id="t9").exists()


@pytest.mark.parametrize("path", ["disputes", "tasks/t0/adjudication"])
def test_workers_and_outsiders_are_told_nothing(disputed: Project, bob: Api, charlie: Api, path: str) -> None:
    codes = [api("GET", f"/projects/birds/{path}").json()["code"] for api in (bob, charlie)]
    assert codes == ["role_required", "project_not_found"]


def test_what_was_believed_before_the_first_decision_is_shown_when_the_last_one_is_taken_back(
    disputed: Project, alice: Api
) -> None:
    before = label_of(alice, "t0")
    for answer in ("yes", "no"):
        alice("PUT", "/projects/birds/tasks/t0/adjudication", {"answer": answer})
    alice("DELETE", "/projects/birds/tasks/t0/adjudication")
    after = label_of(alice, "t0")
    shown = ("label", "confidence", "state", "source")
    assert [after[name] for name in shown] == [before[name] for name in shown]


def test_the_reply_to_a_decision_says_whether_the_task_is_gold(disputed: Project, alice: Api) -> None:
    path = "/projects/birds/tasks/t0/adjudication"
    replies = [alice("PUT", path, {"answer": "yes", "gold": gold}).json()["gold"] for gold in (True, False)]
    alice("PUT", "/projects/birds/tasks/t0/gold", {"answer": "yes"})
    assert replies == [True, False]
    assert alice("PUT", path, {"answer": "no"}).json()["gold"] is True
    assert alice("GET", path).json()["gold"] is True


def test_another_decision_does_not_leave_the_gold_of_the_one_before(disputed: Project, alice: Api) -> None:
    alice("PUT", ADJUDICATION, {"answer": "no", "gold": True})
    alice("PUT", ADJUDICATION, {"answer": "yes"})
    assert not GoldAnswer.objects.exists()
    assert Task.objects.get(external_id="t0").purpose == "work"


def test_the_same_decision_again_changes_nothing(disputed: Project, alice: Api, reviewer: Api) -> None:
    first = {"answer": "no", "gold": True, "explanation": "Grey."}
    shown = []
    for body in (first, first, {**first, "explanation": "Not blue."}, {"answer": "no"}, {"answer": "no"}):
        alice("PUT", ADJUDICATION, body)
        shown.append(alice("GET", ADJUDICATION).json())
    assert [len(each["history"]) for each in shown] == [1, 1, 2, 3, 3]
    assert shown[0] == shown[1]
    assert [each["explanation"] for each in shown[-1]["history"]] == ["", "Not blue.", "Grey."]
    reviewer("PUT", ADJUDICATION, {"answer": "no"})
    assert alice("GET", ADJUDICATION).json()["reviewer"] == "charlie@example.com"


@both_within_a_transaction
def test_of_two_who_decide_at_once_the_first_wins_and_the_other_is_told(
    transactional_db: None, disputed: Project, alice: Api, reviewer: Api
) -> None:
    task = Task.objects.get(external_id="t0")
    outcomes = at_once(
        lambda: adjudicate(task=task, reviewer=alice.user, answer="no", seen=""),
        lambda: adjudicate(task=task, reviewer=reviewer.user, answer="yes", seen=""),
        door='INSERT INTO "quality_adjudication"',
    )
    assert outcomes == ["done", "decided_meanwhile"]
    assert history(alice) == [("decided", "no", "alice@example.com", "consensus")]


@both_within_a_transaction
def test_of_two_who_decide_at_once_whatever_stands_both_are_kept_and_the_later_one_stands(
    transactional_db: None, disputed: Project, alice: Api, reviewer: Api
) -> None:
    task = Task.objects.get(external_id="t0")
    outcomes = at_once(
        lambda: adjudicate(task=task, reviewer=alice.user, answer="no"),
        lambda: adjudicate(task=task, reviewer=reviewer.user, answer="yes"),
        door='INSERT INTO "quality_adjudication"',
    )
    assert outcomes == ["done", "done"]
    assert label_of(alice, "t0")["label"] == alice("GET", ADJUDICATION).json()["answer"] == "yes"
    assert history(alice) == [
        ("decided", "yes", "charlie@example.com", "adjudicated"),
        ("decided", "no", "alice@example.com", "consensus"),
    ]


def test_programs_overrule_only_the_decision_that_they_have_seen(disputed: Project, alice: Api, reviewer: Api) -> None:
    assert reviewer("PUT", ADJUDICATION, {"answer": "no", "seen": None}).json() == {
        "answer": "no",
        "gold": False,
        "explanation": "",
    }
    standing = alice("GET", ADJUDICATION).json()
    late = alice("PUT", ADJUDICATION, {"answer": "yes", "seen": None})
    seen = alice("PUT", ADJUDICATION, {"answer": "yes", "seen": standing["decided_at"]})
    assert (late.status_code, late.json()["code"], seen.status_code) == (409, "decided_meanwhile", 200)
    assert "charlie@example.com" in late.json()["detail"]
    assert history(alice) == [
        ("decided", "yes", "alice@example.com", "adjudicated"),
        ("decided", "no", "charlie@example.com", "consensus"),
    ]


def history(api: Api) -> list[tuple[str, str, str, str]]:
    """What was decided about t0, the latest first: action, answer, who, and where the label came
    from until then."""
    rows = api("GET", ADJUDICATION).json()["history"]
    return [(each["action"], each["answer"], each["reviewer"], each["believed"]["source"]) for each in rows]
