"""What every kind of answer keeps to when answers are declared worthless, go out and come in again,
say that there is nothing, or stand beside those of another project."""

from typing import Any

import pytest

from crowd.projects.models import Membership, Project
from quality.refresh.scheduling import refresh_project
from quality.refresh.verification import cache_differs, differing_labels
from tasks.intake.records import TaskRecord, add_tasks
from tests.cast import Api
from tests.quality.kinds.answers import ANSWERS, Answers
from tests.quality.kinds.test_contract import BIRDS, TASKS, answers, label_of, lease, project, votes

__all__ = ["answers", "project"]

EMPTY = {"choices": [], "spans": [], "text": ""}


def labels(api: Api, slug: str = "birds") -> Any:
    rows = api("GET", f"/projects/{slug}/labels").json()["results"]
    return [{name: value for name, value in row.items() if name != "updated_at"} for row in rows]


def test_voided_answers_count_no_more_until_they_are_restored(alice: Api, project: Project, answers: Answers) -> None:
    votes(alice, *[("t1", w, answers.right) for w in "ab"], ("t1", "c", answers.wrong))
    refresh_project(project.pk)
    before = label_of(alice, "t1")
    for name in "ab":
        worker = Membership.objects.get(name=name)
        assert alice("POST", f"{BIRDS}/workers/{worker.pk}/void").status_code in (200, 202)
    refresh_project(project.pk)
    assert (label_of(alice, "t1")["label"], label_of(alice, "t1")["responses"]) == (answers.wrong, 1)
    for name in "ab":
        alice("POST", f"{BIRDS}/workers/{Membership.objects.get(name=name).pk}/restore")
    refresh_project(project.pk)
    after = label_of(alice, "t1")
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    assert (differing_labels(project), cache_differs(project)) == ([], False)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_answers_that_went_out_make_the_same_labels_elsewhere(
    alice: Api, bob: Api, project: Project, answers: Answers, form: str
) -> None:
    for n in range(4):
        given = answers.right if n % 3 else answers.wrong
        bob("PUT", f"/assignments/{lease(bob)['token']}/response", {"answer": given})
    votes(alice, *[(f"t{n}", w, answers.right if n % 2 else answers.wrong) for n in range(6) for w in "ab"])
    refresh_project(project.pk)
    file = alice("GET", f"{BIRDS}/responses.{form}")
    quality = {"min_responses": 2, "max_responses": 3, "gold_rate": 0.0, "target_confidence": 0.5}
    body = {"slug": "again", "name": "Again", "schema": answers.schema, "quality": quality}
    assert alice("POST", "/projects", body).status_code == 201
    again = Project.objects.get(slug="again")
    add_tasks(again, [TaskRecord(external_id=f"t{n}", data=dict(answers.asked(n))) for n in range(TASKS)])
    sent = alice("POST", "/projects/again/responses/import", file.getvalue(), content_type=file.headers["Content-Type"])
    assert sent.status_code == 201, sent.content
    refresh_project(again.pk)
    assert labels(alice, "again") == labels(alice)


def test_nothing_there_is_an_answer_and_not_the_lack_of_one(alice: Api, project: Project, answers: Answers) -> None:
    if answers.schema["type"] not in EMPTY:
        pytest.skip("there is always something to answer")
    nothing = EMPTY[answers.schema["type"]]
    assert votes(alice, *[("t1", w, nothing) for w in "abc"]).status_code == 201
    refresh_project(project.pk)
    label, unanswered = label_of(alice, "t1"), label_of(alice, "t2")
    assert (label["label"], label["responses"], label["state"]) == (nothing, 3, "settled")
    assert 0 < label["confidence"] < 1
    assert (unanswered["label"], unanswered["confidence"], unanswered["responses"]) == (None, None, 0)


def test_a_project_of_another_kind_beside_it_stays_as_it_is(alice: Api, project: Project, answers: Answers) -> None:
    other = ANSWERS["choice" if answers.schema["type"] != "choice" else "rating"]
    alice("POST", "/projects", {"slug": "beside", "name": "Beside", "schema": other.schema})
    beside = Project.objects.get(slug="beside")
    add_tasks(beside, [TaskRecord(external_id=f"t{n}", data=dict(other.asked(n))) for n in range(3)])
    rows = f"task,worker,answer\nt0,a,{other.cell}\nt0,b,{other.cell}\n"
    alice("POST", "/projects/beside/responses/import", rows, content_type="text/csv")
    refresh_project(beside.pk)
    before = labels(alice, "beside")
    votes(alice, *[(f"t{n}", w, answers.wrong) for n in range(3) for w in "abc"])
    refresh_project(project.pk)
    assert labels(alice, "beside") == before
    assert before[0]["label"] == other.right
