"""Answers that refer to a text fit it, by whatever way they come in; and the text stays while there
are any."""

import io
import json
from typing import Any

import pytest

from crowd.projects.models import Project
from quality.models import GoldAnswer
from tasks.models import PreLabel, Response, Task
from tests.cast import Api

BIRDS = "/projects/birds"
KIWI = [{"class": "bird", "start": 2, "end": 6}]
FAR = [{"class": "bird", "start": 2, "end": 7}]
TEXT = "A 𠮷iwi"  # six code points, seven units of UTF-16, nine bytes


@pytest.fixture
def project(alice: Api) -> Project:
    schema = {"type": "spans", "classes": ["bird"]}
    assert alice("POST", "/projects", {"slug": "birds", "name": "Birds", "schema": schema}).status_code == 201
    assert tasks(alice, {"external_id": "t1", "data": {"text": TEXT, "note": 1}}).status_code == 201
    return Project.objects.get()


def tasks(alice: Api, *items: Any) -> Any:
    return alice("POST", f"{BIRDS}/tasks", {"tasks": list(items)})


def table(alice: Api, path: str, *rows: Any, head: str = "task,worker,answer") -> Any:
    lines = [",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows]
    return alice("POST", f"{BIRDS}{path}", "\n".join([head, *lines]) + "\n", content_type="text/csv")


def fault(reply: Any) -> tuple[Any, ...]:
    first = reply.json()["errors"][0]
    return reply.status_code, first.get("line"), first.get("field"), first["code"]


def test_gold_that_comes_with_tasks_fits_their_text(alice: Api, project: Project) -> None:
    item = {"external_id": "t2", "data": {"text": TEXT}, "gold": {"answer": FAR}}
    assert fault(tasks(alice, item)) == (400, None, "tasks.0.gold.answer", "invalid_answer")
    assert fault(tasks(alice, {**item, "data": {"words": TEXT}})) == (
        400,
        None,
        "tasks.0.gold.answer",
        "invalid_answer",
    )
    assert tasks(alice, {**item, "gold": {"answer": KIWI}}).json()["created"] == 1
    assert GoldAnswer.objects.get().answer == [[2, 6, 0]]


def test_gold_in_a_file_of_tasks_fits_their_text(alice: Api, project: Project) -> None:
    rows = "".join(json.dumps({"id": "t2", "text": TEXT, "gold": gold}) + "\n" for gold in (FAR,))
    upload = io.BytesIO(rows.encode())
    upload.name = "tasks.jsonl"
    reply = alice.client.post(
        f"/api/v1{BIRDS}/imports", {"file": upload, "format": "jsonl"}, headers={"Authorization": f"Bearer {alice.key}"}
    )
    assert fault(reply) == (400, 1, "gold", "invalid_answer")


def test_gold_in_a_table_of_its_own_fits(alice: Api, project: Project) -> None:
    reply = table(alice, "/gold", ("t1", json.dumps(FAR)), head="task,answer")
    assert fault(reply) == (400, 2, "answer", "invalid_answer")
    assert table(alice, "/gold", ("t1", json.dumps(KIWI)), head="task,answer").json()["created"] == 1


def test_votes_fit_the_texts_that_are_there(alice: Api, project: Project) -> None:
    reply = table(alice, "/responses/import", ("new", "a", json.dumps(FAR)), ("t1", "a", json.dumps(FAR)))
    assert fault(reply) == (400, 3, "answer", "invalid_answer")
    assert not Response.objects.exists()
    votes = [("new", "a", json.dumps(FAR)), ("t1", "a", json.dumps(KIWI)), ("t1", "b", "[]")]
    assert table(alice, "/responses/import", *votes).json()["created"] == 3


def test_predictions_fit_and_keep_their_scores(alice: Api, project: Project) -> None:
    def predict(answer: Any) -> Any:
        return alice("POST", f"{BIRDS}/prelabels", {"model": "net", "predictions": [{"task": "t1", "answer": answer}]})

    assert fault(predict(FAR)) == (400, None, "predictions.0.answer", "invalid_answer")
    assert fault(predict([{**KIWI[0], "score": 2}])) == (400, None, "predictions.0.answer", "invalid_answer")
    assert predict([{**KIWI[0], "score": 0.5}, KIWI[0]]).json()["created"] == 1
    assert PreLabel.objects.get().prediction == [[2, 6, 0, 0.5]]


@pytest.mark.parametrize("kept", ["vote", "gold", "prediction", "decision"])
def test_a_text_with_answers_stays_as_it_is(alice: Api, project: Project, kept: str) -> None:
    if kept == "vote":
        table(alice, "/responses/import", ("t1", "a", "[]"))
    elif kept == "gold":
        alice("PUT", f"{BIRDS}/tasks/t1/gold", {"answer": KIWI})
    elif kept == "prediction":
        alice("POST", f"{BIRDS}/prelabels", {"model": "net", "predictions": [{"task": "t1", "answer": KIWI}]})
    else:
        alice("PUT", f"{BIRDS}/tasks/t1/adjudication", {"answer": KIWI})
    same_text = {"external_id": "t1", "data": {"text": TEXT, "note": 2}}
    assert tasks(alice, same_text).json()["updated"] == 1
    other = {"external_id": "t1", "data": {"text": "Another text"}}
    reply = tasks(alice, {"external_id": "t0", "data": {"text": "new"}}, other)
    assert fault(reply) == (409, None, "tasks.1.data", "answers_in_use")
    assert (Task.objects.get(external_id="t1").data["text"], Task.objects.count()) == (TEXT, 1)


def test_a_text_that_nobody_has_answered_may_change_and_gold_with_it(alice: Api, project: Project) -> None:
    assert tasks(alice, {"external_id": "t1", "data": {"text": "A"}}).json()["updated"] == 1
    given = {"external_id": "t1", "data": {"text": "A bird"}, "gold": {"answer": KIWI}}
    assert tasks(alice, given).json()["updated"] == 1
    given = {"external_id": "t1", "data": {"text": "One"}, "gold": {"answer": []}}
    assert tasks(alice, given).json()["updated"] == 1
    assert GoldAnswer.objects.get().answer == []


def test_a_task_that_only_stood_for_its_votes_gets_a_text_that_these_fit(alice: Api, project: Project) -> None:
    table(alice, "/responses/import", ("new", "a", json.dumps(FAR)))
    assert fault(tasks(alice, {"external_id": "new", "data": {"text": TEXT}}))[3] == "answers_in_use"
    assert tasks(alice, {"external_id": "new", "data": {"text": f"{TEXT}s"}}).json()["updated"] == 1
    assert fault(tasks(alice, {"external_id": "new", "data": {"text": f"{TEXT}!"}}))[3] == "answers_in_use"


def test_the_text_is_kept_as_it_was_sent(alice: Api, project: Project) -> None:
    text = "e\u0301 \r\n 👩‍👩‍👧  \t\r\n "
    tasks(alice, {"external_id": "t2", "data": {"text": text}})
    listed = Task.objects.get(external_id="t2").data["text"]
    assert listed == text
    whole = [{"class": "bird", "start": 0, "end": len(text)}]
    assert alice("PUT", f"{BIRDS}/tasks/t2/gold", {"answer": whole}).json()["answer"] == whole


def test_a_million_marks_are_refused_by_their_number_alone(alice: Api, project: Project) -> None:
    reply = alice("PUT", f"{BIRDS}/tasks/t1/gold", {"answer": [0] * 400_000})
    assert reply.status_code in (400, 413)
    assert "marks" in reply.json()["detail"] or reply.json()["code"] == "too_large"


def test_marks_are_stored_in_order_and_each_once(alice: Api, project: Project) -> None:
    given = [{"class": "bird", "start": 3, "end": 4}, *KIWI, *KIWI]
    assert alice("PUT", f"{BIRDS}/tasks/t1/gold", {"answer": given}).json()["answer"] == [*KIWI, given[0]]
