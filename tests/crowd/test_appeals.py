"""Pausing with a reason, objecting to it, and what the worker is told."""

from typing import Any

import pytest

from crowd.people.models import AuditEvent
from crowd.projects.appeals import standing_of
from crowd.projects.models import Membership, Project
from tests.cast import Api, worker_of

APPEAL = "/projects/birds/work/appeal"
APPEALS = "/projects/birds/appeals"


def pause(alice: Api, worker: Membership, **changes: str) -> Any:
    return alice("PATCH", f"/projects/birds/members/{worker.pk}", {"status": "paused", **changes})


@pytest.fixture
def paused(project: Project, alice: Api, bob: Api) -> Membership:
    worker = worker_of(bob, project)
    pause(alice, worker, pause_reason="You answer in one second.")
    return worker_of(bob, project)


def test_a_worker_is_paused_with_a_reason_that_ends_with_the_pause(
    project: Project, alice: Api, bob: Api, paused: Membership
) -> None:
    since = paused.paused_at
    again = pause(alice, paused, pause_reason="Too fast.").json()
    silent = pause(alice, paused).json()
    standing = standing_of(worker_of(bob, project))
    alice("PATCH", f"/projects/birds/members/{paused.pk}", {"status": "active"})
    assert (again["pause_reason"], silent["pause_reason"]) == ("Too fast.", "Too fast.")
    assert standing == {"reason": "Too fast.", "at": since, "appeal": None}
    assert standing_of(worker_of(bob, project)) == {"reason": "", "at": None, "appeal": None}
    audited = AuditEvent.objects.filter(action="member.changed").order_by("pk").values_list("detail__reason", flat=True)
    assert list(audited) == ["You answer in one second.", "Too fast.", None, None]


def test_a_reason_without_a_pause_is_refused(project: Project, alice: Api, bob: Api) -> None:
    worker = worker_of(bob, project)
    for changes in ({"pause_reason": "Why?"}, {"status": "active", "pause_reason": "Why?"}):
        (fault,) = alice("PATCH", f"/projects/birds/members/{worker.pk}", changes).json()["errors"]
        assert (fault["field"], fault["code"]) == ("pause_reason", "not_paused")


def test_a_worker_objects_once_and_reads_the_answer(project: Project, alice: Api, bob: Api, paused: Membership) -> None:
    first, second = (bob("POST", APPEAL, {"text": text}) for text in ("I type fast.", "Hello?"))
    (listed,) = alice("GET", f"{APPEALS}?state=open").json()["results"]
    answered = alice("POST", f"{APPEALS}/{listed['id']}/answer", {"answer": "Right you are.", "resume": True})
    standing = standing_of(worker_of(bob, project))
    read = bob("GET", APPEAL).json()
    assert (read["text"], read["answer"]) == ("I type fast.", "Right you are.")
    assert (first.status_code, set(first.json())) == (201, {"text", "created_at", "answered_at", "answer"})
    assert (second.status_code, second.json()["code"]) == (409, "appeal_open")
    assert (listed["worker"], listed["worker_id"], listed["text"]) == ("bob@example.com", paused.pk, "I type fast.")
    assert (answered.json()["answer"], answered.json()["answered_by"]) == ("Right you are.", "alice@example.com")
    assert (standing["reason"], standing["at"]) == ("", None)
    assert (standing["appeal"]["text"], standing["appeal"]["answer"]) == ("I type fast.", "Right you are.")
    assert set(standing["appeal"]) == {"text", "created_at", "answered_at", "answer"}
    assert alice("GET", f"{APPEALS}?state=open").json()["results"] == []


def test_an_answer_leaves_the_pause_as_it_is_and_lets_the_worker_object_again(
    project: Project, alice: Api, bob: Api, paused: Membership
) -> None:
    bob("POST", APPEAL, {"text": "I type fast."})
    (listed,) = alice("GET", APPEALS).json()["results"]
    replies = [alice("POST", f"{APPEALS}/{listed['id']}/answer", {"answer": text}) for text in ("No.", "Yes.")]
    again = bob("POST", APPEAL, {"text": "But I do!"})
    assert [reply.status_code for reply in replies] == [200, 409]
    assert replies[1].json()["code"] == "appeal_answered"
    assert (worker_of(bob, project).status, again.status_code) == ("paused", 201)


def test_who_is_not_paused_has_nothing_to_object_to(project: Project, bob: Api) -> None:
    reply = bob("POST", APPEAL, {"text": "Hello?"})
    assert (reply.status_code, reply.json()["code"]) == (409, "not_paused")


def test_appeals_are_between_workers_and_managers(
    project: Project, alice: Api, bob: Api, charlie: Api, paused: Membership
) -> None:
    bob("POST", APPEAL, {"text": "I type fast."})
    (listed,) = alice("GET", APPEALS).json()["results"]
    answer = f"{APPEALS}/{listed['id']}/answer"
    outside = [api("GET", APPEALS).status_code for api in (bob, charlie)]
    outside += [api("POST", answer, {"answer": "Hm."}).status_code for api in (bob, charlie)]
    Membership.objects.create(project=project, user=charlie.user, role="reviewer")
    assert outside == [403, 404, 403, 404]
    assert [charlie("GET", APPEALS).status_code, alice("POST", APPEAL, {"text": "?"}).status_code] == [403, 403]
