"""What owners see of their workers, and do about them."""

from collections.abc import Callable

import pytest
from django.test import Client

from crowd.projects.appeals import appeal
from crowd.projects.models import Membership, Project, Role
from quality.models import GoldAnswer
from tasks.models import Assignment, QueueState, Response, Task
from tests.cast import NO, YES, Api, worker_of
from tests.pages.conftest import text_of


def queue_state(worker: Membership, **fields: object) -> None:
    QueueState.objects.update_or_create(worker=worker, defaults=fields)


@pytest.fixture
def bobs(tasks: Project, bob: Api) -> Membership:
    return worker_of(bob, tasks)


@pytest.fixture
def page(bobs: Membership) -> str:
    return f"/projects/birds/workers/{bobs.pk}"


@pytest.mark.parametrize(
    ("skipped", "leased", "flagged"), [(7, 20, True), (6, 20, False), (19, 19, False), (31, 100, True)]
)
def test_who_skips_more_than_three_in_ten_of_twenty_tasks_is_flagged(
    owner: Client, alice: Api, bobs: Membership, skipped: int, leased: int, flagged: bool
) -> None:
    queue_state(bobs, skipped=skipped, leased=leased)

    (row,) = alice("GET", "/projects/birds/workers").json()["results"]

    assert row["flags"] == (["skips_often"] if flagged else [])
    assert row["skips"] == {"skipped": skipped, "handed_out": leased}
    assert ("skips often" in text_of(owner.get("/projects/birds/workers"))) == flagged
    assert ("A worker skips many tasks." in text_of(owner.get("/projects/birds"))) == flagged


@pytest.mark.parametrize(("let_go", "flagged"), [(51, True), (50, False)])
def test_who_lets_go_of_more_than_half_of_what_was_handed_out_is_flagged_with_a_reason(
    owner: Client, alice: Api, bobs: Membership, page: str, let_go: int, flagged: bool
) -> None:
    queue_state(bobs, let_go=let_go, leased=100)

    (row,) = alice("GET", "/projects/birds/workers?flag=lets_go_often").json()["results"] or [None]

    evidence = {"lets_go_often": {"let_go": 51, "handed_out": 100}}
    assert (row and (row["flags"], row["evidence"])) == ((["lets_go_often"], evidence) if flagged else None)
    assert ("51 of 100 tasks that were handed out were handed back" in text_of(owner.get(page))) == flagged


def test_reasons_for_skips_are_counted_on_the_page_of_the_worker(owner: Client, bobs: Membership, page: str) -> None:
    reasons = ["blurred", "", "blurred ", "<b>dark</b>"]
    for task, reason in zip(Task.objects.order_by("pk"), reasons, strict=False):
        Assignment.objects.create(
            task=task, worker=bobs, state="skipped", skip_reason=reason, expires_at="2030-01-01T00:00:00Z"
        )
    queue_state(bobs, skipped=4, leased=10)

    shown = owner.get(page)

    assert shown.context["skip_reasons"][0] == ("blurred", 2)
    assert dict(shown.context["skip_reasons"]) == {"blurred": 2, "": 1, "<b>dark</b>": 1}
    assert "&lt;b&gt;dark&lt;/b&gt;" in text_of(shown)
    assert "4 (40 %)" in text_of(shown)


def test_exam_and_training_are_shown_where_the_project_asks_for_them(
    owner: Client, alice: Api, bobs: Membership, page: str
) -> None:
    without = text_of(owner.get("/projects/birds/workers"))
    Project.objects.update(training_tasks=5, exam_tasks=4, exam_attempts=2)
    queue_state(bobs, trained=3, exam_attempt=2, exam_score=0.799, exam_again_at="2030-01-01T00:00:00Z")

    (row,) = alice("GET", "/projects/birds/workers").json()["results"]

    assert "Exam" not in without
    assert all("failed (79 %)" in text_of(owner.get(url)) for url in (page, "/projects/birds/workers"))
    assert "3/5" in text_of(owner.get(page))
    assert (row["trained"], row["exam"]) == (3, {"state": "failed", "score": 0.799, "attempts": 2})


def test_last_answers_stand_beside_the_labels(
    owner: Client, bobs: Membership, page: str, refreshed: Callable[[], None]
) -> None:
    first, second = Task.objects.order_by("pk")[:2]
    GoldAnswer.objects.create(task=second, answer=NO)
    Task.objects.filter(pk=second.pk).update(purpose="gold")
    Response.objects.create(task=first, worker=bobs, answer=YES)
    Response.objects.create(task=second, worker=bobs, answer=YES, counted=False)
    Task.objects.filter(pk=first.pk).update(answers_counted=1)
    refreshed()

    newest, oldest = owner.get(page).context["last_answers"]

    assert (newest.task, newest.answer, newest.label, newest.kind, newest.fate) == (
        "t1",
        "yes",
        "no",
        "gold",
        "surplus",
    )
    assert (oldest.task, oldest.agrees, oldest.kind, oldest.fate) == ("t0", True, "work", "")


def test_a_worker_is_paused_with_a_reason_and_resumed(owner: Client, bobs: Membership, page: str) -> None:
    owner.post(f"{page}/pause", {"action": "pause", "reason": "One second <i>each</i>."})
    bobs.refresh_from_db()
    paused, shown = (bobs.status, bobs.pause_reason), text_of(owner.get(page))
    owner.post(f"{page}/pause", {"action": "resume"})
    bobs.refresh_from_db()

    assert paused == ("paused", "One second <i>each</i>.")
    assert "One second &lt;i&gt;each&lt;/i&gt;." in shown
    assert (bobs.status, bobs.pause_reason) == ("active", "")


def test_an_appeal_waits_on_the_overview_until_it_is_answered(owner: Client, bobs: Membership, page: str) -> None:
    Membership.objects.update(status="paused")
    said = appeal(worker=bobs, text="I type fast.")
    waiting = [text_of(owner.get(url)) for url in ("/projects/birds", page)]
    empty = owner.post(f"/projects/birds/appeals/{said.pk}/answer", {"answer": " ", "action": "resume"}, follow=True)
    owner.post(f"/projects/birds/appeals/{said.pk}/answer", {"answer": "So be it.", "action": "resume"})
    said.refresh_from_db()

    assert all("I type fast." in text for text in waiting)
    assert "Write an answer first" in text_of(empty)
    assert (said.answer, Membership.objects.get(pk=bobs.pk).status) == ("So be it.", "active")
    assert "I type fast." not in text_of(owner.get("/projects/birds"))
    assert "So be it." in text_of(owner.get(page))


def test_voiding_is_confirmed_first_and_can_be_taken_back(owner: Client, bobs: Membership, page: str) -> None:
    for task in Task.objects.order_by("pk")[:3]:
        Response.objects.create(task=task, worker=bobs, answer=YES, counted=task.external_id != "t2")
    Task.objects.filter(external_id__in=["t0", "t1"]).update(answers_counted=1)
    standing = Response.objects.filter(voided_at=None)

    asked = text_of(owner.get(f"{page}/void"))
    untouched = standing.count()
    owner.post(f"{page}/void")
    voided, shown = standing.count(), text_of(owner.get(page))
    owner.post(f"{page}/restore")

    assert "3 answers count no longer" in asked
    assert "2 slots open again" in asked
    assert (untouched, voided, standing.count()) == (3, 0, 3)
    assert "3 answers are declared worthless" in shown
    assert "are declared worthless" not in text_of(owner.get(page))


def test_reviewers_look_and_do_nothing(member: Callable[[Role], Client], page: str) -> None:
    shown = member(Role.REVIEWER).get(page).content.decode()

    assert "Last answers" in shown
    assert "/void" not in shown
    assert "/pause" not in shown


def test_owners_are_warned_of_a_training_set_or_an_exam_longer_than_what_there_is(owner: Client, alice: Api) -> None:
    Project.objects.update(training_tasks=2, exam_tasks=2, exam_attempts=2)
    for number, training in enumerate([True, False, False]):
        alice("PUT", f"/projects/birds/tasks/t{number}/gold", {"answer": "yes", "training": training})

    short = text_of(owner.get("/projects/birds"))
    Project.objects.update(training_tasks=1, exam_attempts=1)
    enough = owner.get("/projects/birds")

    assert "Workers are to answer 2 training tasks before the work, and there are 1" in short
    assert "There are 2 hidden test tasks, enough for 1 of the 2 attempts at the exam" in short
    assert enough.context["notices"] == []
