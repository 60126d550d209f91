"""Gold from tables."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from crowd.people.models import AuditEvent
from crowd.projects.models import Project
from quality.gold.training import move_to_training
from quality.models import Consensus, GoldAnswer
from tasks.models import Task
from tests.cast import NO, YES, Api
from tests.quality.gold.crowd import give


def upload(alice: Api, text: str) -> Any:
    return alice("POST", "/projects/birds/gold", text, content_type="text/csv")


def test_gold_comes_from_a_table_and_the_same_table_changes_nothing(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    table = "task,answer,explanation\nt0,yes,Blue.\nt1,no,\n"
    first, revisions = upload(alice, table), list(Task.objects.order_by("pk").values_list("revision", flat=True))
    again = upload(alice, table)
    refreshed()
    labels = Consensus.objects.filter(source="gold").values_list("task__external_id", "label")
    assert (first.status_code, first.json()) == (201, {"created": 2, "changed": 0, "unchanged": 0})
    assert again.json() == {"created": 0, "changed": 0, "unchanged": 2}
    assert list(Task.objects.order_by("pk").values_list("revision", flat=True)) == revisions
    assert dict(labels) == {"t0": YES, "t1": NO}
    assert upload(alice, "task,answer\nt0,no\nt2,no\n").json() == {"created": 1, "changed": 1, "unchanged": 0}
    assert GoldAnswer.objects.get(task__external_id="t0").explanation == "Blue."
    assert AuditEvent.objects.filter(action="gold.imported").count() == 2


def test_a_table_leaves_training_where_it_is(crowd: Project, alice: Api) -> None:
    give(alice, (0, "yes"))
    move_to_training([Task.objects.get(external_id="t0").pk])
    upload(alice, "task,answer\nt0,no\n")
    gold = GoldAnswer.objects.select_related("task").get()
    assert (gold.answer, gold.training, gold.task.purpose) == (NO, True, "training")


@pytest.mark.parametrize(
    ("table", "line", "code"),
    [
        ("task,answer\nt0,yes\nt1,perhaps\n", 3, "invalid_answer"),
        ("task,answer\nt0,yes\nnone,yes\n", 3, "no_task"),
        ("task,answer\nt0,yes\nt0,no\n", 3, "repeated"),
        ("task,answer\nt0,yes\nt1\n", 3, "torn"),
        ("task,answer\n", 1, "empty"),
    ],
)
def test_a_table_with_a_fault_names_its_line_and_nothing_is_stored(
    crowd: Project, alice: Api, table: str, line: int, code: str
) -> None:
    reply = upload(alice, table)
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_file")
    assert (reply.json()["errors"][0]["line"], reply.json()["errors"][0]["code"]) == (line, code)
    assert not GoldAnswer.objects.exists()


def test_a_table_is_read_as_a_spreadsheet_writes_it(tasks: Project, alice: Api) -> None:
    body = io.BytesIO("\ufefftask,answer\r\nt0,yes\r\n".encode()).getvalue()
    assert upload(alice, body.decode()).json()["created"] == 1
