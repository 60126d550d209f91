"""The training set: how tasks come into it, and that nothing answered in it ever counts."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from crowd.projects.models import Project
from quality.formats.registry import FORMATS
from quality.gold.training import move_to_training
from quality.models import GoldAnswer
from tasks.errors import InvalidFile
from tasks.intake.sources.task_tables import read_tasks
from tasks.models import Response, Task
from tests.cast import NO, YES, Api, worker_of

GOLD = "/projects/birds/tasks/t0/gold"


def answer_next(worker: Api, answer: str) -> Any:
    """Lease one task, answer it, and return the reply."""
    (assignment,) = worker("POST", "/projects/birds/assignments", {"count": 1}).json()["assignments"]
    return worker("PUT", f"/assignments/{assignment['token']}/response", {"answer": answer}).json()


def label_of(api: Api, task: str) -> dict[str, Any]:
    rows = api("GET", "/projects/birds/labels").json()["results"]
    (row,) = (row for row in rows if row["task"] == task)
    return dict(row)


def worker_row(api: Api, worker: Api) -> dict[str, Any]:
    rows = api("GET", "/projects/birds/workers").json()["results"]
    (row,) = (row for row in rows if row["worker"] == worker.user.email)
    return dict(row)


def add(alice: Api, external_id: str, gold: dict[str, Any]) -> dict[str, Any]:
    task = {"external_id": external_id, "data": {"text": external_id}, "gold": gold}
    return dict(alice("POST", "/projects/birds/tasks", {"tasks": [task]}).json())


@pytest.fixture
def trained(tasks: Project, alice: Api, bob: Api) -> Project:
    """Bob has answered the one training task of the project, wrongly."""
    alice("PATCH", "/projects/birds", {"quality": {"training_tasks": 1}})
    alice("PUT", GOLD, {"answer": "no", "explanation": "It is grey.", "training": True})
    answer_next(bob, "yes")
    return tasks


def test_training_is_corrected_at_once_with_the_owners_explanation(tasks: Project, alice: Api, bob: Api) -> None:
    alice("PATCH", "/projects/birds", {"quality": {"training_tasks": 1}})
    reply = alice("PUT", GOLD, {"answer": "no", "explanation": "It is grey.", "training": True})
    corrected, real = answer_next(bob, "yes"), answer_next(bob, "yes")
    assert reply.json() == {"answer": "no", "explanation": "It is grey.", "training": True}
    assert corrected["correction"] == {"right": False, "answer": "no", "explanation": "It is grey."}
    assert "correction" not in real


def test_a_training_task_has_its_gold_answer_as_label_and_counts_for_nothing(
    trained: Project, alice: Api, bob: Api, refreshed: Callable[[], None]
) -> None:
    refreshed()
    label, row = label_of(alice, "t0"), worker_row(alice, bob)
    assert (label["label"], label["source"], label["state"], label["responses"]) == ("no", "gold", "settled", 0)
    assert (row["responses"], row["gold"], row["trained"]) == (0, {"right": 0, "seen": 0}, 1)
    assert trained.summary.progress["training"] == 1
    assert trained.summary.progress["gold"] == 0


def test_only_what_is_new_in_the_training_set_is_new_since_now(trained: Project, alice: Api) -> None:
    alice("PUT", "/projects/birds/tasks/t1/gold", {"answer": "no", "training": True})
    alice("PUT", "/projects/birds/tasks/t2/gold", {"answer": "no"})
    before = dict(GoldAnswer.objects.values_list("task__external_id", "training_since"))
    move_to_training(list(Task.objects.filter(external_id__in=["t0", "t1"]).values_list("pk", flat=True)))
    assert dict(GoldAnswer.objects.values_list("task__external_id", "training_since")) == before
    assert before["t2"] is None
    assert before["t0"] != before["t1"]


@pytest.mark.parametrize("then", ["hidden", "withdrawn"])
def test_what_was_answered_in_training_does_not_count_later_either(
    trained: Project, alice: Api, bob: Api, refreshed: Callable[[], None], then: str
) -> None:
    if then == "hidden":
        alice("PUT", GOLD, {"answer": "no"})
    else:
        alice("DELETE", GOLD)
    refreshed()
    task, row = Task.objects.get(external_id="t0"), worker_row(alice, bob)
    assert task.purpose == ("gold" if then == "hidden" else "work")
    assert (task.answers_counted, Response.objects.get(task=task).counted) == (0, False)
    assert (row["responses"], row["gold"]) == (0, {"right": 0, "seen": 0})


def test_who_was_taught_a_task_is_not_asked_it_when_it_is_hidden(trained: Project, alice: Api, bob: Api) -> None:
    alice("PUT", GOLD, {"answer": "no"})
    Project.objects.update(gold_rate=0.5)
    leased = bob("POST", "/projects/birds/assignments", {"count": 50}).json()["assignments"]
    assert sorted(each["data"]["text"] for each in leased) == [f"Bird {n}?" for n in range(1, 10)]


def test_hidden_gold_answered_before_it_was_taught_goes_on_counting_when_hidden_again(
    tasks: Project, alice: Api, bob: Api, refreshed: Callable[[], None]
) -> None:
    alice("PUT", GOLD, {"answer": "no"})
    Response.objects.create(task=Task.objects.get(external_id="t0"), worker=worker_of(bob, tasks), answer=NO)
    Task.objects.filter(external_id="t0").update(answers_counted=1)
    seen = []
    for training in (False, True, False):
        alice("PUT", GOLD, {"answer": "no", "training": training})
        refreshed()
        seen.append(worker_row(alice, bob)["gold"]["seen"])
    assert seen == [1, 0, 1]


def test_tasks_may_come_in_as_training_and_change_sides(tasks: Project, alice: Api) -> None:
    sides = []
    for training in (True, True, False):
        outcome = add(alice, "g", {"answer": "yes", "explanation": "Blue.", "training": training})
        sides.append((Task.objects.get(external_id="g").purpose, outcome["updated"], outcome["unchanged"]))
    assert sides == [("training", 0, 0), ("training", 0, 1), ("gold", 1, 0)]
    assert GoldAnswer.objects.get().explanation == "Blue."


@pytest.mark.parametrize("table_format", ["csv", "jsonl"])
def test_a_column_of_a_table_says_what_is_for_training(project: Project, table_format: str) -> None:
    tables = {
        "csv": b"id,text,gold,explanation,training\na,A,yes,Blue.,yes\nb,B,no,,\nc,C,,,no\n",
        "jsonl": b"""{"id": "a", "text": "A", "gold": "yes", "explanation": "Blue.", "training": true}
            {"id": "b", "text": "B", "gold": {"answer": "no"}}
            {"id": "c", "text": "C", "training": false}""",
    }
    records = read_tasks(BytesIO(tables[table_format]), FORMATS[table_format], project)
    assert [record.gold for record in records] == [(YES, "Blue.", True), (NO, "", False), None]
    assert [record.data for record in records] == [{"text": "A"}, {"text": "B"}, {"text": "C"}]


def test_a_training_task_without_its_right_answer_is_named_by_line(project: Project) -> None:
    with pytest.raises(InvalidFile) as refused:
        read_tasks(BytesIO(b"id,text,gold,training\na,A,yes,yes\nb,B,,yes\n"), FORMATS["csv"], project)
    (fault,) = refused.value.errors
    assert (fault["line"], fault["field"]) == (3, "gold")
