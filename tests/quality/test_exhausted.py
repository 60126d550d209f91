"""Tasks that nobody is left to answer: found by a job, told of, shown to reviewers, open again when somebody comes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crowd.people.models import AuditEvent
from crowd.projects.membership import change_member
from crowd.projects.models import Membership, Project, SkillGrant
from crowd.webhooks.models import Event
from crowd.webhooks.subscriptions import make_webhook
from quality.consensus.live import keep_up
from quality.consensus.summaries import count_progress
from quality.exhaustion import sifting
from quality.models import Consensus, Sifting, Summary
from tasks.models import Assignment, Desk, Task
from tasks.queue import expire_leases
from tasks.slots import restore_responses, set_shelf, void_responses
from tests.cast import Api, worker_of

LABELS = "/projects/birds/labels"
DISPUTES = "/projects/birds/disputes?state=exhausted"
NEXT = "/projects/birds/assignments"

Worker = Callable[[], Api]


def lease(worker: Api, count: int = 1) -> list[str]:
    """Tokens."""
    return [each["token"] for each in worker("POST", NEXT, {"count": count}).json()["assignments"]]


def skip_all(worker: Api, reason: str = "") -> None:
    for token in lease(worker, 50):
        assert worker("POST", f"/assignments/{token}/skip", {"reason": reason}).status_code < 300


def answer_all(worker: Api) -> None:
    for token in lease(worker, 50):
        worker("PUT", f"/assignments/{token}/response", {"answer": "yes"})


def end_leases() -> None:
    Assignment.objects.filter(state="live").update(expires_at="2020-01-01T00:00:00Z")
    expire_leases()


def exhausted() -> list[str]:
    return list(Task.objects.filter(is_exhausted=True).order_by("pk").values_list("external_id", flat=True))


def states(api: Api, query: str = "") -> dict[str, str]:
    return {row["task"]: row["state"] for row in api("GET", f"{LABELS}?limit=100{query}").json()["results"]}


@pytest.fixture
def one(tasks: Project) -> Project:
    """The project with one task, t0."""
    Task.objects.exclude(external_id="t0").delete()
    return tasks


@pytest.fixture
def heard(one: Project, alice: Api) -> Project:
    make_webhook(project=one, actor=alice.user, url="https://example.com", kinds=["task.exhausted"])
    return one


def trail() -> list[tuple[str, Any]]:
    rows = AuditEvent.objects.filter(action__in=["tasks.exhausted", "tasks.reopened"]).order_by("pk")
    return [(row.action, row.detail) for row in rows]


def told() -> list[Any]:
    return list(Event.objects.order_by("pk").values_list("kind", "data"))


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


def test_a_new_worker_gets_the_task_and_it_is_open_again(
    one: Project, alice: Api, bob: Api, new_worker: Worker
) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    other = new_worker()
    assert exhausted() == ["t0"]
    sifting.sift(one.pk)
    assert (exhausted(), states(alice)) == ([], {"t0": "open"})
    assert trail()[1:] == [("tasks.reopened", {"count": 1, "tasks": ["t0"]})]
    assert len(lease(other)) == 1


def test_it_is_open_again_with_the_first_answer_whenever_the_job_comes(
    one: Project, alice: Api, bob: Api, new_worker: Worker
) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    answer_all(new_worker())
    assert (exhausted(), states(alice)) == ([], {"t0": "open"})
    assert Task.objects.get().exhausted_at is None


def test_a_task_whose_slots_a_new_worker_took_is_open_again(one: Project, bob: Api, new_worker: Worker) -> None:
    Project.objects.update(min_responses=1)
    Task.objects.update(answers_needed=1)
    skip_all(bob)
    sifting.sift(one.pk)
    lease(new_worker())
    sifting.sift(one.pk)
    assert exhausted() == []


def test_votes_that_are_imported_open_it_again(one: Project, alice: Api, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    body = "task,worker,answer\nt0,w,yes\n"
    alice("POST", "/projects/birds/responses/import", body, content_type="text/csv")
    assert exhausted() == []


def test_a_skip_that_is_taken_back_opens_the_task_at_once_and_its_label_is_read_again(
    one: Project, alice: Api, bob: Api
) -> None:
    (token,) = lease(bob)
    bob("POST", f"/assignments/{token}/skip", {})
    keep_up(one)
    sifting.sift(one.pk)
    assert (exhausted(), Task.objects.stale().count()) == (["t0"], 0)
    bob("DELETE", f"/assignments/{token}/response")
    assert (exhausted(), Task.objects.stale().count()) == ([], 1)
    assert states(alice) == {"t0": "open"}
    keep_up(one)
    assert Summary.objects.get().progress == count_progress(one)


def pause(worker: Membership) -> Membership:
    return change_member(membership=worker, actor=None, status="paused")


def test_paused_workers_do_not_count_until_they_are_resumed(one: Project, bob: Api, new_worker: Worker) -> None:
    other = new_worker()
    skip_all(bob)
    sifting.sift(one.pk)
    before = exhausted()
    pause(worker_of(other, one))
    sifting.sift(one.pk)
    paused = exhausted()
    change_member(membership=worker_of(other, one), actor=None, status="active")
    sifting.sift(one.pk)
    assert (before, paused, exhausted()) == ([], ["t0"], [])


def test_where_nobody_works_nothing_is_exhausted(one: Project, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    pause(worker_of(bob, one))
    sifting.sift(one.pk)
    assert exhausted() == []


def test_who_lacks_the_skill_does_not_count_until_they_gain_it(one: Project, bob: Api, new_worker: Worker) -> None:
    other = new_worker()
    SkillGrant.objects.create(user=bob.user, name="owls/eyes")
    Project.objects.update(required_skill="owls/eyes")
    skip_all(bob)
    sifting.sift(one.pk)
    before = exhausted()
    SkillGrant.objects.create(user=other.user, name="owls/eyes")
    sifting.sift(one.pk)
    assert (before, exhausted()) == (["t0"], [])
    assert len(lease(other)) == 1


@pytest.mark.parametrize(
    ("asked", "passed"),
    [({"training_tasks": 2}, {"trained": 2}), ({"exam_tasks": 2}, {"exam_passed_at": timezone.now()})],
    ids=["training", "exam"],
)
def test_who_is_not_past_training_and_exam_does_not_count_until_they_are(
    one: Project, bob: Api, new_worker: Worker, asked: dict[str, int], passed: dict[str, Any]
) -> None:
    other = worker_of(new_worker(), one)
    skip_all(bob)
    Project.objects.update(**asked)
    Desk.objects.filter(worker=worker_of(bob, one)).update(**passed)
    sifting.sift(one.pk)
    before = exhausted()
    Desk.objects.create(worker=other, **passed)
    sifting.sift(one.pk)
    assert (before, exhausted()) == (["t0"], [])


def test_voters_and_reviewers_and_people_shut_out_do_not_count(one: Project, bob: Api, new_worker: Worker) -> None:
    Membership.objects.create(project=one, name="a voter", role="worker")
    shut_out, reviewer = new_worker(), new_worker()
    Membership.objects.filter(user=reviewer.user).update(role="reviewer")
    type(shut_out.user).objects.filter(pk=shut_out.user.pk).update(is_active=False)
    skip_all(bob)
    sifting.sift(one.pk)
    assert exhausted() == ["t0"]


def test_gold_is_never_exhausted(one: Project, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    set_shelf([Task.objects.get().pk], "gold")
    assert (exhausted(), Task.objects.get().exhausted_at) == ([], None)
    sifting.sift(one.pk)
    Sifting.objects.update(lap_at=None)
    sifting.sift(one.pk)
    assert (exhausted(), Task.objects.get().exhausted_at) == ([], None)


def test_a_decision_ends_it_and_without_the_decision_it_is_exhausted_again(
    one: Project, alice: Api, bob: Api, refreshed: Callable[[], None]
) -> None:
    skip_all(bob)
    sifting.sift(one.pk)
    alice("PUT", "/projects/birds/tasks/t0/adjudication", {"answer": "no"})
    assert (states(alice), alice("GET", DISPUTES).json()["results"]) == ({"t0": "settled"}, [])
    assert (exhausted(), Summary.objects.get().progress["exhausted"]) == ([], 0)
    Sifting.objects.update(lap_at=None)
    sifting.sift(one.pk)
    assert exhausted() == []
    alice("DELETE", "/projects/birds/tasks/t0/adjudication")
    refreshed()
    assert states(alice) == {"t0": "exhausted"}
    assert Summary.objects.get().progress == count_progress(one)


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


def _killed_when_telling(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    if "webhooks_delivery" in sql:
        raise KeyboardInterrupt
    return execute(sql, *rest)


def test_a_lap_that_was_killed_goes_on_where_it_was(
    tasks: Project, alice: Api, bob: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_webhook(project=tasks, actor=alice.user, url="https://example.com", kinds=["task.exhausted"])
    skip_all(bob)
    monkeypatch.setattr(sifting, "STEP", 3)
    monkeypatch.setattr(sifting, "STEPS", 2)
    sifting.sift(tasks.pk)
    assert exhausted() == [f"t{n}" for n in range(6)]
    with connection.execute_wrapper(_killed_when_telling), pytest.raises(KeyboardInterrupt):
        sifting.sift(tasks.pk)
    assert exhausted() == [f"t{n}" for n in range(6)]
    Sifting.objects.update(next_try_at=None, lap_at=timezone.now())
    assert sifting.projects_to_sift() == [tasks.pk]
    sifting.sift(tasks.pk)
    assert exhausted() == [f"t{n}" for n in range(10)]
    assert [data["task"] for _kind, data in told()] == exhausted()
    assert Sifting.objects.get().reached is None


def test_without_news_no_lap_begins_before_its_time(tasks: Project, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(tasks.pk)
    Task.objects.update(exhausted_at=None)
    sifting.sift(tasks.pk)
    rested = exhausted()
    Sifting.objects.update(lap_at=timezone.now() - sifting.AT_LEAST_EVERY)
    sifting.sift(tasks.pk)
    assert (rested, len(exhausted())) == ([], 10)


def test_a_step_is_a_few_statements_however_many_tasks_it_looks_at(tasks: Project, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(tasks.pk)
    Sifting.objects.update(lap_at=None)
    with CaptureQueriesContext(connection) as captured:
        sifting.sift(tasks.pk)
    on_tasks = [each["sql"] for each in captured if "tasks_assignment" in each["sql"] or "tasks_task" in each["sql"]]
    assert len(on_tasks) == 2


def test_an_answer_that_is_restored_opens_it_again(one: Project, bob: Api, new_worker: Worker) -> None:
    answer_all(bob)
    void_responses(worker_of(bob, one))
    skip_all(new_worker())
    sifting.sift(one.pk)
    before = exhausted()
    restore_responses(worker_of(bob, one))
    assert (before, exhausted(), Task.objects.get().exhausted_at) == (["t0"], [], None)


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


def test_a_late_answer_of_who_may_work_no_more_opens_it_again(one: Project, bob: Api, new_worker: Worker) -> None:
    other = new_worker()
    for person in (bob, other):
        SkillGrant.objects.create(user=person.user, name="owls/eyes")
    Project.objects.update(required_skill="owls/eyes")
    (token,) = lease(other)
    end_leases()
    SkillGrant.objects.filter(user=other.user).delete()
    skip_all(bob)
    sifting.sift(one.pk)
    before = exhausted()
    other("PUT", f"/assignments/{token}/response", {"answer": "yes"})
    assert (before, exhausted()) == (["t0"], [])
