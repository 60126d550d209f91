"""Declaring all answers of a worker worthless, and taking that back: what follows for slots, labels
and scores."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.people.models import AuditEvent
from crowd.projects.models import Membership, Project
from quality.jobs import void
from quality.models import Voiding, WorkerScore
from quality.workers import voiding
from tasks.models import Response, Task
from tests.cast import Api, worker_of

VOTES = "/projects/birds/responses/import"


def vote(alice: Api, *rows: str) -> None:
    """Each row is `task worker answer`."""
    lines = "\n".join(",".join(row.split()) for row in rows)
    alice("POST", VOTES, f"task,worker,answer\n{lines}\n", content_type="text/csv")


def change(api: Api, worker: Membership, action: str) -> Any:
    return api("POST", f"/projects/birds/workers/{worker.pk}/{action}")


def counters() -> dict[str, tuple[int, int]]:
    """Each task's counter of answers, and how many answers do count."""
    counted = {task.external_id: task.responses.current().count() for task in Task.objects.all()}
    return {task.external_id: (task.answers_counted, counted[task.external_id]) for task in Task.objects.all()}


def lease(worker: Api, n: int = 50) -> Any:
    return worker("POST", "/projects/birds/assignments", {"count": n}).json()


def answer_all(worker: Api, answer: str, n: int = 10) -> None:
    for each in lease(worker, n)["assignments"]:
        worker("PUT", f"/assignments/{each['token']}/response", {"answer": answer})


@pytest.fixture
def spoilt(
    tasks: Project, bob: Api, new_worker: Callable[[], Api], refreshed: Callable[[], None]
) -> tuple[Membership, list[Api]]:
    """Two workers say yes everywhere, and Bob says no: each task has the three answers it needs."""
    others = [new_worker(), new_worker()]
    for worker, answer in [(others[0], "yes"), (others[1], "yes"), (bob, "no")]:
        answer_all(worker, answer)
    refreshed()
    return worker_of(bob, tasks), others


def test_voiding_reopens_exactly_the_slots_that_were_filled(
    spoilt: tuple[Membership, list[Api]], alice: Api, bob: Api, new_worker: Callable[[], Api]
) -> None:
    Task.objects.update(answers_needed=3)
    reply = change(alice, spoilt[0], "void")
    refused = lease(bob)["reason"]
    given = [
        len(new_worker()("POST", "/projects/birds/assignments", {"count": 50}).json()["assignments"]) for _ in "ab"
    ]
    assert (reply.status_code, reply.json()["responses"], reply.json()["state"]) == (200, 10, "done")
    assert (refused, given) == ("no_tasks", [10, 0])


def test_labels_and_scores_are_worked_out_without_voided_answers_and_with_restored_ones(
    spoilt: tuple[Membership, list[Api]], alice: Api, refreshed: Callable[[], None]
) -> None:
    worker, _others = spoilt

    def seen() -> tuple[float, int, bool]:
        refreshed()
        row = alice("GET", "/projects/birds/labels").json()["results"][0]
        return row["confidence"], row["responses"], WorkerScore.objects.filter(worker=worker).exists()

    before = seen()
    change(alice, worker, "void")
    without = seen()
    change(alice, worker, "restore")
    again = seen()
    assert (before[1:], without[1:]) == ((3, True), (2, False))
    assert without[0] > before[0]
    assert again == before


def test_an_answer_whose_slot_was_filled_meanwhile_comes_back_as_surplus(
    spoilt: tuple[Membership, list[Api]], alice: Api, new_worker: Callable[[], Api]
) -> None:
    worker, _others = spoilt
    Task.objects.update(answers_needed=3)
    Project.objects.update(max_responses=3)
    change(alice, worker, "void")
    answer_all(new_worker(), "yes", n=4)
    reply = change(alice, worker, "restore")
    assert reply.json()["responses"] == 10
    assert Response.objects.filter(worker=worker, counted=False, voided_at=None).count() == 4
    assert set(counters().values()) == {(3, 3)}


def test_both_are_written_down_and_repeating_them_changes_nothing(
    spoilt: tuple[Membership, list[Api]], alice: Api
) -> None:
    changed = [change(alice, spoilt[0], each).json()["responses"] for each in ("void", "void", "restore", "restore")]
    trail = AuditEvent.objects.filter(action__startswith="answers.").order_by("pk")
    assert changed == [10, 0, 10, 0]
    assert list(trail.values_list("actor", "action", "detail__member", "detail__responses")) == [
        (alice.user.pk, "answers.voided", "bob@example.com", 10),
        (alice.user.pk, "answers.restored", "bob@example.com", 10),
    ]
    assert set(counters().values()) == {(3, 3)}


@pytest.mark.parametrize("body", [{"since": "2026-01-01"}, [1], "all"])
def test_a_body_that_would_narrow_it_is_refused(spoilt: tuple[Membership, list[Api]], alice: Api, body: Any) -> None:
    reply = alice("POST", f"/projects/birds/workers/{spoilt[0].pk}/void", body)
    assert reply.status_code == 400
    assert set(counters().values()) == {(3, 3)}


def test_many_answers_are_voided_by_a_job_that_may_run_twice(
    spoilt: tuple[Membership, list[Api]], alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voiding, "AT_ONCE", 4)
    worker, _others = spoilt
    asked = [change(alice, worker, "void") for _ in range(2)]
    opposite = change(alice, worker, "restore")
    unchanged = set(counters().values())
    (queued,) = voiding.unfinished()
    for _ in range(2):
        void(queued)
    done = alice("GET", f"/projects/birds/workers/{worker.pk}/void").json()
    assert [(reply.status_code, reply.json()["state"], reply.json()["responses"]) for reply in asked] == [
        (202, "queued", 10)
    ] * 2
    assert (opposite.status_code, opposite.json()["code"]) == (409, "voiding_under_way")
    assert (unchanged, set(counters().values())) == ({(3, 3)}, {(2, 2)})
    assert (done["state"], done["responses"], voiding.unfinished()) == ("done", 10, [])


def test_imported_votes_are_voided_too_and_sent_again_stay_so_unless_they_differ(
    tasks: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    vote(alice, "t0 spam no", "t1 spam no", "t0 good yes", "t1 good yes")
    spammer = Membership.objects.get(name="spam")
    change(alice, spammer, "void")
    vote(alice, "t0 spam no", "t1 spam yes")
    refreshed()
    assert {task: counted for task, counted in counters().items() if counted[1]} == {"t0": (1, 1), "t1": (2, 2)}
    assert [row["label"] for row in alice("GET", "/projects/birds/labels").json()["results"][:2]] == ["yes", "yes"]


def test_only_owners_and_managers_of_the_project_may_void(
    spoilt: tuple[Membership, list[Api]], alice: Api, bob: Api, charlie: Api
) -> None:
    worker, _others = spoilt
    outside = [change(each, worker, action) for each in (bob, charlie) for action in ("void", "restore")]
    Membership.objects.create(project=worker.project, user=charlie.user, role="reviewer")
    looked = charlie("GET", f"/projects/birds/workers/{worker.pk}/void")
    assert [reply.status_code for reply in outside] == [403, 403, 404, 404]
    assert (change(charlie, worker, "void").status_code, looked.status_code) == (403, 404)
    assert not Voiding.objects.exists()
