"""Spreadsheets come in by every door of the service."""

from typing import Any

import pytest

from crowd.projects.models import Project
from quality.models import GoldAnswer
from tasks.models import Response, Task
from tests.cast import NO, YES, Api
from tests.tasks.intake.test_archives import imported, upload
from tests.tasks.intake.test_votes_api import send


def gold(api: Api, content: bytes) -> Any:
    return api("POST", "/projects/birds/gold", content, content_type="text/csv")


def test_tasks_of_a_spreadsheet_come_in(project: Project, alice: Api) -> None:
    table = "sep=;\r\nID;Text;;Gold\r\na;Hello, world;;yes\r\n;;;\r\nb;x;;\r\n"
    report = imported(alice, table.encode("utf-16"), "tasks.csv")["report"]
    assert (report["format"], report["created"]) == ("csv", 2)
    assert list(Task.objects.order_by("external_id").values_list("external_id", "data")) == [
        ("a", {"Text": "Hello, world"}),
        ("b", {"Text": "x"}),
    ]
    assert GoldAnswer.objects.get().answer == YES


def test_votes_and_gold_of_a_spreadsheet_come_in(tasks: Project, alice: Api) -> None:
    assert send(alice, "Task;Worker;Answer\r\nt1;w;yes\r\n;;\r\nt2;w;no\r\n").json()["created"] == 2
    assert set(Response.objects.values_list("task__external_id", "answer")) == {("t1", YES), ("t2", NO)}
    assert gold(alice, "Task\tAnswer\nt1\tno\n".encode("utf-16")).json()["created"] == 1


@pytest.mark.parametrize("name", ["tasks.xlsx", "tasks.csv", "Tasks.XLSM"])
def test_a_workbook_is_refused_with_what_to_do(project: Project, alice: Api, name: str) -> None:
    fields = {"format": "csv"} if name.endswith("csv") else {}
    detail = upload(alice, b"PK\3\4" + b"\0" * 100, name, **fields).json()["detail"]
    assert "This is a workbook" in detail
    assert "save it as CSV (UTF-8)" in detail


def test_columns_that_are_missing_are_told_once_beside_those_that_are_there(tasks: Project, alice: Api) -> None:
    rows = "".join(f"{n};x\n" for n in range(50))
    replies = [
        upload(alice, f"Name;Text\n{rows}".encode(), "tasks.csv"),
        send(alice, f"Task;Label 1\n{rows}"),
        gold(alice, f"Task;Truth\n{rows}".encode()),
    ]
    assert [(reply.status_code, reply.json().get("errors", [])) for reply in replies] == [(400, [])] * 3
    assert [reply.json()["detail"] for reply in replies] == [
        "There is no column external_id or id or task; the first line names: Name, Text.",
        "There is no column worker and no column answer or label; the first line names: task, Label 1.",
        "There is no column answer; the first line names: task, Truth.",
    ]
