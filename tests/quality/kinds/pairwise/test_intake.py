"""Tasks of two items, and votes that name the items."""

import pytest

from crowd.projects.models import Project
from quality.refresh.scheduling import refresh_project
from tasks.models import Response, Task
from tests.cast import Api
from tests.quality.kinds.pairwise.conftest import add, labels, pair, send, send_rows


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"text": "Which?"}, "tasks.0.data.a"),
        ({"a": {"id": "x"}}, "tasks.0.data.b"),
        ({"a": {"id": "x"}, "b": 7}, "tasks.0.data.b"),
        ({"a": {"text": "no id"}, "b": {"id": "y"}}, "tasks.0.data.a.id"),
        ({"a": {"id": "x"}, "b": {"id": "x"}}, "tasks.0.data.b.id"),
        ({"a": {"id": "x", "text": 7}, "b": {"id": "y"}}, "tasks.0.data.a.text"),
        ({"a": {"id": "x" * 301}, "b": {"id": "y"}}, "tasks.0.data.a.id"),
    ],
)
def test_a_task_that_is_not_two_items_is_refused(
    alice: Api, poems: Project, data: dict[str, object], field: str
) -> None:
    refused = add(alice, t=data)
    fault = refused.json()["errors"][0]
    assert (refused.status_code, fault["field"], fault["code"]) == (400, field, "invalid_data")
    assert not Task.objects.exists()


def test_votes_name_their_items_and_make_the_task_of_them(alice: Api, poems: Project) -> None:
    sent = send(alice, "a,b,worker,answer\ny,x,ann,a\nx,y,ben,b\ny,x,cleo,tie\nx,z,ann,a\n")
    assert (sent.status_code, sent.json()["created"]) == (201, 4)
    task = Task.objects.get(external_id="x | y")
    assert task.data == {"a": {"id": "x"}, "b": {"id": "y"}}
    assert sorted(Response.objects.filter(task=task).values_list("worker__name", "answer")) == [
        ("ann", 1),
        ("ben", 1),
        ("cleo", 2),
    ]
    assert send(alice, "a,b,worker,answer\nx,y,ann,b\n").json()["unchanged"] == 1


def test_tables_of_the_command_line_are_taken_too(alice: Api, poems: Project) -> None:
    sent = send(alice, "left,right,worker,label\nx,y,ann,left\ny,x,ben,right\nx,y,cleo,x\nx,y,dora,equal\n")
    assert sent.status_code == 201
    assert sorted(Response.objects.values_list("answer", flat=True)) == [0, 0, 0, 2]


def test_votes_on_tasks_that_are_there_may_name_the_items_in_either_order(alice: Api, poems: Project) -> None:
    add(alice, t1=pair("x", "y"))
    assert send(alice, "task,worker,answer\nt1,ann,a\n").status_code == 201
    assert send(alice, "task,a,b,worker,answer\nt1,y,x,ben,b\n").status_code == 201
    assert set(Response.objects.values_list("answer", flat=True)) == {0}
    refresh_project(poems.pk)
    assert labels(alice) == {"t1": "a"}


@pytest.mark.parametrize(
    ("table", "line", "code", "field"),
    [
        ("task,worker,answer\nt1,ann,a\nt2,ann,a\n", 3, "unknown_task", "task"),
        ("task,a,b,worker,answer\nt1,x,z,ann,a\n", 2, "invalid_data", "a"),
        ("a,b,worker,answer\nx,x,ann,a\n", 2, "invalid_data", "b.id"),
        ("a,b,worker,answer\nx,y,ann,z\n", 2, "invalid_answer", "answer"),
    ],
)
def test_a_bad_row_names_its_line(alice: Api, poems: Project, table: str, line: int, code: str, field: str) -> None:
    add(alice, t1=pair("x", "y"))
    refused = send(alice, table)
    fault = refused.json()["errors"][0]
    assert (refused.status_code, fault["line"], fault["code"], fault["field"]) == (400, line, code, field)
    assert not Response.objects.exists()


def test_items_in_rows_may_be_whole(alice: Api, poems: Project) -> None:
    items = pair("x", "y")
    assert send_rows(alice, {"task": "t", **items, "worker": "ann", "answer": "a"}).status_code == 201
    assert Task.objects.get().data == items
