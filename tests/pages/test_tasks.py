"""The browser of tasks, and the page of one."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from crowd.projects.models import Membership, Project, Role
from quality.browser import deletion, walking
from quality.models import Adjudication, GoldAnswer, TaskDeletion
from tasks.models import Task
from tests.cast import NO, YES, Api
from tests.pages.conftest import text_of

TASKS = "/projects/birds/tasks"
TASK = "/projects/birds/task"


@pytest.fixture
def answered(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> Project:
    """t0 is settled as yes, t1 is disputed, the others are open."""
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority"}})
    rows = [f"t0,w{n},yes" for n in range(5)] + [f"t1,w{n},{'yes' if n < 3 else 'no'}" for n in range(5)]
    table = "task,worker,answer\n" + "\n".join(rows)
    alice("POST", "/projects/birds/responses/import", table, content_type="text/csv")
    refreshed()
    return tasks


def shown(reply: Any) -> list[str]:
    return [row["face"].external_id for row in reply.context["rows"]]


def test_each_task_is_a_row_that_leads_to_its_page(owner: Client, answered: Project) -> None:
    page = owner.get(TASKS)
    rows = {row["face"].external_id: (row["label"], row["state"], row["responses"]) for row in page.context["rows"]}
    assert list(rows) == [f"t{n}" for n in range(10)]
    assert (rows["t0"], rows["t1"], rows["t9"]) == (("yes", "settled", 5), ("yes", "disputed", 5), ("", "open", 0))
    assert f'<a href="{TASK}?id=t0" dir="auto">t0</a>' in text_of(page)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=disputed", ["t1"]),
        ("class=yes&sort=confidence", ["t1", "t0"]),
        ("text=bird 7", ["t7"]),
        ("gold=true", []),
        ("min_confidence=much&state=settled", ["t0"]),
        ("cursor=x&q=t3", ["t3"]),
    ],
)
def test_filters_narrow_the_list_down(owner: Client, answered: Project, query: str, names: list[str]) -> None:
    assert shown(owner.get(f"{TASKS}?{query}")) == names


def test_filters_stay_while_one_turns_the_pages(
    owner: Client, answered: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quality.browser.pages.ROWS_A_PAGE", 1)
    page, names = owner.get(f"{TASKS}?class=yes&sort=-confidence&gold=false"), []
    while True:
        names += shown(page)
        if not page.context["following"]:
            break
        page = owner.get(page.context["following"])
    assert names == ["t0", "t1"]


def test_a_rare_find_says_that_there_may_be_more(
    owner: Client, answered: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "STEP_OF_TEXTS", 3)
    page = owner.get(f"{TASKS}?text=bird 7")
    assert (shown(page), "Nothing found yet." in text_of(page), "Go on" in text_of(page)) == ([], True, True)


def test_what_is_selected_is_deleted(owner: Client, answered: Project) -> None:
    page = owner.post(f"{TASKS}/delete", {"action": "selected", "id": ["t0", "t3"], "state": ""}, follow=True)
    assert "2 tasks are deleted." in text_of(page)
    assert shown(page) == ["t1", *(f"t{n}" for n in (2, 4, 5, 6, 7, 8, 9))]


def test_all_that_a_filter_finds_is_deleted(owner: Client, answered: Project) -> None:
    page = owner.post(f"{TASKS}/delete", {"action": "all", "class": "yes", "gold": "false"}, follow=True)
    assert "Tasks are being deleted: 0 are gone so far." in text_of(page)
    assert page.redirect_chain[0][0] == f"{TASKS}?gold=false&class=yes"
    deletion.carry_out(TaskDeletion.objects.get().pk)
    assert shown(owner.get(TASKS)) == [f"t{n}" for n in range(2, 10)]


def test_the_page_of_a_task_says_all(owner: Client, answered: Project, alice: Api) -> None:
    alice("POST", "/projects/birds/prelabels", {"model": "resnet", "predictions": [{"task": "t1", "answer": "no"}]})
    page = owner.get(f"{TASK}?id=t1")
    text = text_of(page)
    assert [(each.response.worker.name, title) for each, title in page.context["answers"]] == [
        ("w4", "no"),
        ("w3", "no"),
        ("w2", "yes"),
        ("w1", "yes"),
        ("w0", "yes"),
    ]
    assert "Worked out from 5 answers by the method majority." in text
    assert "Disputed: all 5 answers are used up, and it is 60.0 % sure where 95.0 % is wanted." in text
    assert "resnet" in text


def test_a_task_is_decided_and_that_is_taken_back(owner: Client, answered: Project, alice: Api) -> None:
    page = owner.post(f"{TASK}/decide", {"id": "t1", "answer": "no", "seen": ""}, follow=True)
    assert Adjudication.objects.get().answer == NO
    assert f"{alice.user.email} decided it." in text_of(page)
    assert [each.right for each, _title in page.context["answers"]] == [True, True, False, False, False]
    seen = page.context["file"].adjudication.version
    page = owner.post(f"{TASK}/decide", {"id": "t1", "seen": seen}, follow=True)
    assert (Adjudication.objects.count(), page.context["label_text"]) == (0, "yes")
    assert [each.what for each in page.context["history"]] == ["taken back", "decided"]


def change(browser: Client, task: str, action: str, **more: str) -> Any:
    return browser.post(f"{TASK}/change", {"id": task, "action": action, **more}, follow=True)


def test_a_task_becomes_gold_and_ordinary_again(owner: Client, answered: Project) -> None:
    page = change(owner, "t5", "gold", answer="yes", explanation="Look at the beak.", training="on")
    gold = GoldAnswer.objects.get(task__external_id="t5")
    assert (gold.answer, gold.explanation, gold.training) == (YES, "Look at the beak.", True)
    assert "t5 is a test task now." in text_of(page)
    change(owner, "t5", "withdraw")
    assert GoldAnswer.objects.count() == 0
    assert "Enter" not in text_of(change(owner, "t5", "gold", answer="maybe"))


def test_more_answers_are_asked_for(owner: Client, answered: Project) -> None:
    page = change(owner, "t6", "more", answers="4")
    assert "4 more answers are asked for." in text_of(page)
    assert Task.objects.get(external_id="t6").answers_needed == 4
    assert Task.objects.get(external_id="t6").answers_asked == 4


def test_a_task_is_deleted_from_its_page(owner: Client, answered: Project) -> None:
    page = change(owner, "t6", "delete")
    assert ("t6 is deleted." in text_of(page), "t6" in shown(page)) == (True, False)
    assert owner.get(f"{TASK}?id=t6").status_code == 404


@pytest.mark.parametrize("name", ["a/b", "100 %", 'a"b<c>&d', "a?b#c", "ä ö"])
def test_a_task_of_any_name_has_a_page(owner: Client, tasks: Project, alice: Api, name: str) -> None:
    alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": name, "data": {"text": "?"}}]})
    address = next(
        part for part in owner.get(TASKS).content.decode().split('"') if f"?id={quote(name, safe='')}" in part
    )
    assert owner.get(address).context["task"].external_id == name


def test_reviewers_decide_and_change_nothing_else(member: Callable[[Role], Client], answered: Project) -> None:
    reviewer = member(Role.REVIEWER)
    page = text_of(reviewer.get(f"{TASK}?id=t1"))
    assert ("Press what is right to decide." in page, "Delete the task" in page) == (True, False)
    assert "Delete what is selected" not in text_of(reviewer.get(TASKS))


def test_somebody_who_answered_is_looked_for(owner: Client, answered: Project) -> None:
    (key,) = Membership.objects.filter(name="w0").values_list("pk", flat=True)
    page = owner.get(f"{TASKS}?worker={key}")
    assert (shown(page), f'<option value="{key}" selected>w0</option>' in text_of(page)) == (["t0", "t1"], True)
