"""What every kind of answer does all the way through the service: page, API, votes, predictions,
gold, training, exam, labels, review, files out and in."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pyarrow.parquet as pq
import pytest

from crowd.people.models import AuditEvent
from crowd.projects.answer_kinds import kind_of, registered
from crowd.projects.models import Membership, Project, Role
from crowd.webhooks.models import Event, Webhook
from quality.class_changes.merging import carry_out
from quality.formats.registry import READ_BY_ROW
from quality.kinds.protocol import consensus_kind
from quality.labels.summaries import MEASURES
from quality.models import Adjudication, Consensus, GoldAnswer, WorkerScore
from quality.refresh.scheduling import refresh_project
from quality.refresh.verification import cache_differs, differing_labels
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import PreLabel, Response, Task
from tasks.responses.voiding import void_responses
from tests.cast import Api, worker_of
from tests.pages.conftest import Visit
from tests.quality.kinds.answers import ANSWERS, Answers
from tests.quality.kinds.mood import offered
from tests.quality.kinds.words.kind import Words

BIRDS = "/projects/birds"
TASKS = 12


@pytest.fixture(params=sorted(ANSWERS))
def answers(request: Any) -> Iterator[Answers]:
    with nullcontext() if request.param in registered() else offered(Words()):
        yield ANSWERS[request.param]


@pytest.fixture
def project(alice: Api, bob: Api, answers: Answers) -> Project:
    """Twelve tasks that want two to three answers."""
    quality = {"min_responses": 2, "max_responses": 3, "gold_rate": 0.0, "target_confidence": 0.5}
    given = alice("POST", "/projects", {"slug": "birds", "name": "Birds", "schema": answers.schema, "quality": quality})
    assert given.status_code == 201, given.content
    made = Project.objects.get()
    Membership.objects.create(project=made, user=bob.user, role=Role.WORKER)
    add_tasks(made, [TaskRecord(external_id=f"t{n}", data=dict(answers.asked(n))) for n in range(TASKS)])
    return made


def votes(alice: Api, *rows: tuple[str, str, Any]) -> Any:
    lines = "".join(json.dumps({"task": task, "worker": name, "answer": given}) + "\n" for task, name, given in rows)
    return alice("POST", f"{BIRDS}/responses/import", lines, content_type="application/x-ndjson")


def lease(api: Api) -> Any:
    (assignment,) = api("POST", f"{BIRDS}/assignments", {"count": 1}).json()["assignments"]
    return assignment


def label_of(alice: Api, task: str) -> Any:
    rows = alice("GET", f"{BIRDS}/labels").json()["results"]
    return next(row for row in rows if row["task"] == task)


def test_every_kind_is_here() -> None:
    assert set(registered()) < set(ANSWERS)


def test_an_answer_is_taken_repeated_shown_and_taken_back(
    alice: Api, bob: Api, project: Project, answers: Answers
) -> None:
    url = f"/assignments/{lease(bob)['token']}/response"
    given = bob("PUT", url, {"answer": answers.right})
    assert given.status_code == 201
    assert (bob("PUT", url, {"answer": answers.right}).status_code, Response.objects.count()) == (200, 1)
    assert bob("PUT", url, {"answer": answers.wrong}).json()["code"] == "assignment_closed"
    own = bob("GET", f"{BIRDS}/work/responses").json()["results"]
    assert [each["answer"] for each in own] == [answers.right]
    assert bob("GET", f"{BIRDS}/work").json()["undo"]["answer"] == answers.right
    assert bob("DELETE", url).status_code == 200
    assert not Response.objects.current().exists()


def test_what_is_no_answer_is_refused_at_its_field(bob: Api, project: Project, answers: Answers) -> None:
    token = lease(bob)["token"]
    for value in answers.invalid:
        reply = bob("PUT", f"/assignments/{token}/response", {"answer": value})
        fault = reply.json()["errors"][0]
        assert (reply.status_code, fault["field"], fault["code"]) == (400, "answer", "invalid_answer"), value
    assert not Response.objects.exists()


def test_the_page_asks_by_the_kinds_own_control(bob: Api, visit: Visit, project: Project, answers: Answers) -> None:
    page = visit(bob).get(f"{BIRDS}/work").content.decode()
    assert f"kinds/{answers.schema['type']}/control.js" in page
    assert answers.control in page


def test_the_pages_of_owners_show_answers_in_words(
    alice: Api, bob: Api, visit: Visit, project: Project, answers: Answers
) -> None:
    bob("PUT", f"/assignments/{lease(bob)['token']}/response", {"answer": answers.right})
    votes(alice, *[(f"t{n}", w, answers.right) for n in range(TASKS) for w in "abc"])
    alice("PUT", f"{BIRDS}/tasks/t0/gold", {"answer": answers.right})
    refresh_project(project.pk)
    owner, worker = visit(alice), worker_of(bob, project)
    for path in (
        "",
        "/workers",
        f"/workers/{worker.pk}",
        "/agreement",
        "/gold",
        "/budget",
        "/review?task=t1",
        "/review?of=open",
    ):
        reply = owner.get(BIRDS + path)
        assert reply.status_code == 200, path
        if path not in ("", "/workers", "/agreement", "/budget", "/review?of=open"):
            assert answers.text in reply.content.decode(), path
    mine = visit(bob).get(f"/my/{project.slug}")
    assert mine.status_code != 500


def test_figures_that_mean_nothing_are_left_out_and_said(
    alice: Api, visit: Visit, project: Project, answers: Answers
) -> None:
    votes(alice, *[(f"t{n}", w, answers.right if n % 2 else answers.wrong) for n in range(TASKS) for w in "abc"])
    refresh_project(project.pk)
    kind = consensus_kind(project)
    told = alice("GET", f"{BIRDS}/agreement").json()
    assert all(told[name]["value"] is None for name in MEASURES if name not in kind.measures)
    page = visit(alice).get(f"{BIRDS}/agreement").content.decode()
    assert ("compares classes" in page) == (0 < len(kind.measures) < len(MEASURES))
    can_replay = kind.codes(project.schema) is not None
    assert ("replay-form" in visit(alice).get(f"{BIRDS}/budget").content.decode()) == can_replay


def test_a_model_predicts_votes_and_is_shown(alice: Api, bob: Api, project: Project, answers: Answers) -> None:
    alice("PATCH", BIRDS, {"quality": {"shown_model": "net", "blind_share": 0.0}})
    body = {"model": "net", "predictions": [{"task": f"t{n}", "answer": answers.right} for n in range(TASKS)]}
    assert alice("POST", f"{BIRDS}/prelabels", body).json()["created"] == TASKS
    assert alice("POST", f"{BIRDS}/prelabels", body).json()["unchanged"] == TASKS
    bad = {"model": "net", "predictions": [{"task": "t0", "answer": answers.invalid_cell}]}
    assert alice("POST", f"{BIRDS}/prelabels", bad).json()["errors"][0]["field"].startswith("predictions.0")
    leased = lease(bob)
    assert leased["suggestion"] == answers.right
    bob("PUT", f"/assignments/{leased['token']}/response", {"answer": answers.right})
    alice("PATCH", BIRDS, {"quality": {"shown_model": ""}})
    refresh_project(project.pk)
    predicted = kind_of(project).parse(answers.right, project)
    assert all(each.label == predicted for each in Consensus.objects.all())
    assert differing_labels(project) == []


def test_labels_come_of_votes_at_once_and_are_those_of_a_fit(alice: Api, project: Project, answers: Answers) -> None:
    assert votes(alice, *[("t1", w, answers.right) for w in "abc"], ("t2", "a", answers.wrong)).status_code == 201
    bad = votes(alice, ("t3", "a", answers.right), ("t3", "b", answers.invalid_cell))
    assert (bad.status_code, bad.json()["errors"][0]["line"]) == (400, 2)
    refresh_project(project.pk)
    label = label_of(alice, "t1")
    assert (label["label"], label["state"], label["responses"]) == (answers.right, "settled", 3)
    assert answers.detail in label
    assert label_of(alice, "t2")["label"] == answers.wrong
    assert label_of(alice, "t3")["label"] is None
    votes(alice, ("t2", "a", answers.right), ("t2", "b", answers.right))
    refresh_project(project.pk)
    assert label_of(alice, "t2")["label"] == answers.right
    assert (differing_labels(project), cache_differs(project)) == ([], False)


def test_labels_go_out_as_files(alice: Api, project: Project, answers: Answers) -> None:
    votes(alice, *[("t1", w, answers.right) for w in "abc"])
    refresh_project(project.pk)
    body = {kind: alice("GET", f"{BIRDS}/labels.{kind}").getvalue() for kind in ("csv", "jsonl", "parquet")}
    tables = {
        "csv": list(csv.DictReader(io.StringIO(body["csv"].decode()))),
        "jsonl": [json.loads(line) for line in body["jsonl"].splitlines()],
        "parquet": pq.read_table(io.BytesIO(body["parquet"])).to_pylist(),
    }
    for rows in tables.values():
        found = {row["task"]: row for row in rows}
        assert len(found) == TASKS
        assert found["t1"]["label"] in (answers.right, answers.cell)
        assert found["t1"][answers.detail]
        assert not found["t2"]["label"]


@pytest.mark.parametrize("form", sorted(READ_BY_ROW))
def test_answers_go_out_and_come_in_again_to_the_same_labels(
    alice: Api, project: Project, answers: Answers, form: str
) -> None:
    right, wrong = answers.right, answers.wrong
    rows = [(f"t{n}", w, wrong if (n + place) % 4 == 0 else right) for n in range(5) for place, w in enumerate("abc")]
    votes(alice, *rows, ("t9", "z", wrong))
    void_responses(Membership.objects.get(name="z"))
    refresh_project(project.pk)
    reply = alice("GET", f"{BIRDS}/responses.{form}")
    copy = {"slug": "copy", "name": "Copy", "schema": answers.schema, "quality": alice("GET", BIRDS).json()["quality"]}
    assert alice("POST", "/projects", copy).status_code == 201
    sent = alice("POST", "/projects/copy/responses/import", reply.getvalue(), content_type=reply["Content-Type"])
    assert sent.json() == {"created": len(rows), "unchanged": 0, "replaced": 0, "skipped": 1}
    refresh_project(Project.objects.get(slug="copy").pk)

    def labels(slug: str) -> dict[str, Any]:
        rows = alice("GET", f"/projects/{slug}/labels").json()["results"]
        told = ("label", "confidence", answers.detail, "responses")
        return {row["task"]: [row[name] for name in told] for row in rows if row["label"] is not None}

    assert labels("copy") == labels("birds") != {}


def test_gold_scores_workers_and_is_listed(alice: Api, bob: Api, project: Project, answers: Answers) -> None:
    table = f"task,answer\nt0,{answers.csv_cell}\nt1,{answers.csv_cell}\n"
    assert alice("POST", f"{BIRDS}/gold", table, content_type="text/csv").json()["created"] == 2
    bad = alice("POST", f"{BIRDS}/gold", f"task,answer\nt2,{answers.invalid_cell}\n", content_type="text/csv")
    assert (bad.status_code, bad.json()["errors"][0]["line"]) == (400, 2)
    votes(alice, ("t0", "a", answers.right), ("t1", "a", answers.wrong), ("t0", "b", answers.right))
    refresh_project(project.pk)
    score = WorkerScore.objects.get(worker__name="a")
    kind = kind_of(project)
    wrong = kind.score(kind.parse(answers.wrong, project), kind.parse(answers.right, project), project.schema)
    assert (score.gold_right, score.gold_seen) == (1, 2)
    assert score.gold_score == pytest.approx(1 + wrong)
    listed = {row["task"]: row for row in alice("GET", f"{BIRDS}/gold").json()["results"]}
    assert (listed["t0"]["answer"], listed["t0"]["right"], listed["t0"]["seen"]) == (answers.right, 2, 2)
    assert (listed["t1"]["right"], listed["t1"]["seen"]) == (0, 1)
    assert label_of(alice, "t1")["label"] == answers.right
    told = alice("PUT", f"{BIRDS}/tasks/t1/gold", {"answer": answers.wrong}).json()
    assert told["answer"] == answers.wrong
    assert AuditEvent.objects.filter(action="gold.set").latest("pk").detail["before"] == answers.right


def test_training_tells_what_is_right_and_an_exam_is_graded(
    alice: Api, bob: Api, project: Project, answers: Answers
) -> None:
    for n in range(4):
        body = {"answer": answers.right, "explanation": "Look!", "training": n == 0}
        alice("PUT", f"{BIRDS}/tasks/t{n}/gold", body)
    alice("PATCH", BIRDS, {"quality": {"training_tasks": 1, "exam_tasks": 2, "exam_score": 1.0}})
    taught = bob("PUT", f"/assignments/{lease(bob)['token']}/response", {"answer": answers.wrong}).json()
    assert taught["correction"] == {"right": False, "answer": answers.right, "explanation": "Look!"}
    for _task in range(2):
        bob("PUT", f"/assignments/{lease(bob)['token']}/response", {"answer": answers.right})
    lease(bob)
    assert bob("GET", f"{BIRDS}/work").json()["exam"]["state"] == "passed"


def test_reviewers_decide_and_take_back(alice: Api, visit: Visit, project: Project, answers: Answers) -> None:
    votes(alice, *[("t1", w, answers.wrong) for w in "abc"])
    refresh_project(project.pk)
    adjudication = f"{BIRDS}/tasks/t1/adjudication"
    assert alice("PUT", adjudication, {"answer": answers.right}).json()["answer"] == answers.right
    decided = label_of(alice, "t1")
    assert (decided["label"], decided["confidence"], decided["source"]) == (answers.right, 1.0, "adjudicated")
    refresh_project(project.pk)
    assert label_of(alice, "t1") | {"updated_at": None} == decided | {"updated_at": None}
    history = alice("GET", adjudication).json()["history"]
    assert history[0]["answer"] == answers.right
    assert (history[0]["believed"]["label"], answers.detail in history[0]["believed"]) == (answers.wrong, True)
    assert alice("DELETE", adjudication).status_code == 204
    refresh_project(project.pk)
    assert label_of(alice, "t1")["label"] == answers.wrong
    page = visit(alice)
    choices = page.get(f"{BIRDS}/review?task=t1").context["choices"]
    (same,) = [each for each in choices if each.cell in (answers.wrong, json.dumps(answers.wrong))]
    page.post(f"{BIRDS}/review/decide", {"task": "t1", "answer": same.cell, "seen": ""})
    assert Adjudication.objects.get().answer == kind_of(project).parse(answers.wrong, project)


def test_very_sure_labels_become_gold(alice: Api, project: Project, answers: Answers) -> None:
    votes(alice, *[(f"t{n}", w, answers.right) for n in range(TASKS) for w in "abcde"])
    refresh_project(project.pk)
    counted = alice("GET", f"{BIRDS}/gold/candidates?min_confidence=0.5").json()["per_class"]
    assert sum(counted.values()) == TASKS
    made = alice("POST", f"{BIRDS}/gold/promote", {"count": 3, "min_confidence": 0.5}).json()
    assert (made["promoted"], GoldAnswer.objects.count()) == (3, 3)


def test_programs_are_told_of_a_label(alice: Api, project: Project, answers: Answers) -> None:
    Webhook.objects.create(project=project, url="https://example.org/", kinds=["label.settled"], nonce="n")
    votes(alice, *[("t1", w, answers.right) for w in "abc"])
    refresh_project(project.pk)
    told = Event.objects.filter(kind="label.settled").latest("pk").data
    assert (told["task"], told["label"], answers.detail in told) == ("t1", answers.right, True)


def test_tasks_may_come_with_their_gold(alice: Api, project: Project, answers: Answers) -> None:
    rows = f"id,text,gold\nx,Bird?,{answers.csv_cell}\n"
    upload = io.BytesIO(rows.encode())
    upload.name = "tasks.csv"
    tasks = [{"external_id": "y", "data": answers.asked(99), "gold": {"answer": answers.right}}]
    assert alice("POST", f"{BIRDS}/tasks", {"tasks": tasks}).json()["created"] == 1
    tasks[0]["gold"] = {"answer": answers.invalid_cell}
    assert alice("POST", f"{BIRDS}/tasks", {"tasks": tasks}).json()["errors"][0]["field"] == "tasks.0.gold.answer"
    assert Task.objects.get(external_id="y").gold.answer == kind_of(project).parse(answers.right, project)


def test_only_what_can_be_counted_up_is_replayed(alice: Api, project: Project, answers: Answers) -> None:
    votes(alice, *[("t1", w, answers.right) for w in "abc"])
    asked = alice("POST", f"{BIRDS}/replays", {"votes": f"task,worker,answer\nt,a,{answers.csv_cell}\n"})
    counted_up = kind_of(project).codes(project.schema) is not None
    assert asked.status_code == (202 if counted_up else 400)


def with_spare(answers: Answers) -> tuple[str, Any]:
    """A class that the right answer names, and the same answer with a class `spare` in its
    place."""
    text = json.dumps(answers.right)
    name = next(each for each in map(name_of_class, answers.schema["classes"]) if json.dumps(each) in text)
    return name, json.loads(text.replace(json.dumps(name), json.dumps("spare")))


def name_of_class(definition: Any) -> str:
    name: str = definition["name"] if isinstance(definition, dict) else definition
    return name


def said(alice: Api) -> list[Any]:
    return [row["answer"] for row in alice("GET", f"{BIRDS}/responses").json()["results"]]


def test_answers_that_name_no_classes_have_none_to_rename_or_merge(
    alice: Api, project: Project, answers: Answers
) -> None:
    if "classes" not in answers.schema:
        renamed = alice("POST", f"{BIRDS}/classes/rename", {"class": "a", "to": "b"})
        merged = alice("POST", f"{BIRDS}/classes/merge", {"classes": ["a"], "into": "b"})
        assert [(reply.status_code, reply.json()["code"]) for reply in (renamed, merged)] == [(409, "no_classes")] * 2


def test_classes_are_merged_with_everything_that_names_them(alice: Api, project: Project, answers: Answers) -> None:
    if "classes" not in answers.schema:
        return
    name, spare = with_spare(answers)
    schema = {**answers.schema, "classes": [*answers.schema["classes"], "spare"]}
    assert alice("PATCH", BIRDS, {"schema": schema}).status_code == 200
    votes(alice, *[("t1", w, spare) for w in "abc"], *[("t2", w, answers.right) for w in "ab"], ("t2", "c", spare))
    alice("PUT", f"{BIRDS}/tasks/t3/gold", {"answer": spare})
    alice("PUT", f"{BIRDS}/tasks/t4/adjudication", {"answer": spare})
    alice("POST", f"{BIRDS}/prelabels", {"model": "net", "predictions": [{"task": "t5", "answer": spare}]})
    refresh_project(project.pk)
    merge = alice("POST", f"{BIRDS}/classes/merge", {"classes": ["spare"], "into": name})
    assert (merge.status_code, merge.json()["state"]) == (202, "queued")
    assert said(alice) == [answers.right] * 6
    votes(alice, ("t6", "a", spare))
    carry_out(merge.json()["id"])
    refresh_project(project.pk)
    project.refresh_from_db()
    right = kind_of(project).parse(answers.right, project)
    assert [row.answer for row in Response.objects.all()] == [right] * 7
    assert (GoldAnswer.objects.get().answer, Adjudication.objects.get().answer) == (right, right)
    assert kind_of(project).predicted(PreLabel.objects.get().prediction) == right
    assert {label_of(alice, task)["label"] == answers.right for task in ("t1", "t2", "t3", "t4", "t6")} == {True}
    assert (differing_labels(project), cache_differs(project)) == ([], False)
    done = alice("GET", f"{BIRDS}/classes/merges/{merge.json()['id']}").json()
    assert (done["state"], done["done"], done["total"]) == ("done", TASKS, TASKS)


def test_a_class_is_renamed_with_everything_that_names_it(alice: Api, project: Project, answers: Answers) -> None:
    if "classes" not in answers.schema:
        return
    name, renamed = with_spare(answers)
    votes(alice, *[("t1", w, answers.right) for w in "abc"])
    alice("PUT", f"{BIRDS}/tasks/t3/gold", {"answer": answers.right})
    refresh_project(project.pk)
    before = list(Consensus.objects.order_by("pk").values())
    assert alice("POST", f"{BIRDS}/classes/rename", {"class": name, "to": "spare"}).status_code == 200
    assert label_of(alice, "t1")["label"] == label_of(alice, "t3")["label"] == renamed
    assert votes(alice, ("t2", "a", answers.right), ("t2", "b", renamed)).status_code == 201
    assert said(alice) == [renamed] * 5
    assert list(Consensus.objects.order_by("pk").values()) == before
