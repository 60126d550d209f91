"""Names and addresses that one database takes and the other does not, or that would break a
line."""

import json
from typing import Any

import pytest
from django.test import Client

from crowd.people.models import AuditEvent
from crowd.projects.models import Project
from tasks.models import Response, Task
from tests.cast import Api


@pytest.mark.parametrize("path", ["/tasks/a%00b/gold", "/tasks/%00/adjudication", "%00", "/workers%00"])
def test_an_address_with_nul_names_nothing(alice: Api, tasks: Project, path: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        reply = alice(method, f"/projects/birds{path}", {"answer": "yes"} if method == "PUT" else None)
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_nul_in_the_question_of_a_page_is_no_question(alice: Api, tasks: Project) -> None:
    browser = Client()
    browser.force_login(alice.user)
    reply = browser.get("/projects/birds/review?after=%00")
    assert (reply.status_code, "could not be understood" in reply.content.decode()) == (400, True)


def test_the_longest_id_can_be_gold_and_be_decided(alice: Api, project: Project) -> None:
    name = "x" * 300
    alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": name, "data": {"text": "?"}}]})
    given = [
        alice("PUT", f"/projects/birds/tasks/{name}/{what}", {"answer": "yes"}) for what in ("gold", "adjudication")
    ]
    assert [reply.status_code for reply in given] == [200, 200]
    assert AuditEvent.objects.filter(subject__contains=name).count() >= 2


def test_audit_events_are_still_only_added(project: Project) -> None:
    with pytest.raises(Exception, match="append-only"):
        AuditEvent.objects.update(subject="something else")


@pytest.mark.parametrize("name", ["two\nlines", "tab\tbed", "carriage\rreturn", "line\u2028separator", "\x7fdel"])
def test_names_that_are_not_one_line_are_refused(alice: Api, project: Project, name: str) -> None:
    def added(**more: Any) -> Any:
        return alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": name, "data": {"text": "?"}, **more}]})

    for reply in (added(), added(gold={"answer": "yes"})):
        assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "tasks.0.external_id")
    for row in ({"task": name, "worker": "w"}, {"task": "t", "worker": name}):
        line = json.dumps({**row, "answer": "yes"})
        reply = alice("POST", "/projects/birds/responses/import", line, content_type="application/x-ndjson")
        assert (reply.status_code, reply.json()["errors"][0]["code"]) == (400, "no_name")
    assert not Task.objects.exists()


def test_a_file_longer_than_memory_holds_may_be_sent_again(alice: Api, project: Project, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = settings.BULK_BODY_MAX_BYTES = 100
    votes = "task,worker,answer\n" + "".join(f"t{n},w,yes\n" for n in range(50))

    def send(table: str) -> Any:
        headers = {"content_type": "text/csv", "Idempotency-Key": "one"}
        return alice("POST", "/projects/birds/responses/import", table, **headers)

    first, again, other = send(votes), send(votes), send(votes + "t50,w,yes\n")
    assert (first.status_code, first.json()) == (201, {"created": 50, "unchanged": 0, "replaced": 0, "skipped": 0})
    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Response.objects.count() == 50


@pytest.mark.parametrize("key", ["", "  "])
def test_an_empty_idempotency_key_is_refused(alice: Api, key: str) -> None:
    reply = alice("POST", "/projects", {"name": "Birds"}, **{"Idempotency-Key": key})
    assert (reply.status_code, reply.json()["code"]) == (400, "idempotency_key_empty")
