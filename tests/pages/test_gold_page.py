"""The page of gold: looked through, doubted, promoted, uploaded and withdrawn."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crowd.projects.models import Project
from quality.gold.pages import ROWS_A_PAGE
from quality.models import GoldAnswer
from tasks.intake.records import Gold, TaskRecord, add_tasks
from tests.cast import NO, NUMBERS, YES, Api
from tests.pages.conftest import text_of

GOLD = "/projects/birds/gold"


@pytest.fixture
def answered(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> Project:
    """Ten tasks on which five workers agree, with t0 rightly and t1 wrongly gold."""
    rows = [f"t{n},w{w},{'yes' if n % 2 else 'no'}" for n in range(10) for w in range(5)]
    body = "task,worker,answer\n" + "\n".join(rows)
    alice("POST", "/projects/birds/responses/import", body, content_type="text/csv")
    for task in ("t0", "t1"):
        alice("PUT", f"/projects/birds/tasks/{task}/gold", {"answer": "no"})
    refreshed()
    GoldAnswer.objects.filter(task__external_id="t1").update(doubt=0.97)
    return tasks


def listed(reply: Any) -> list[str]:
    return [each["face"].external_id for each in reply.context["rows"]]


def change(owner: Client, task: str, action: str, **more: str) -> Any:
    return owner.post(f"{GOLD}/change", {"task": task, "action": action, **more}, follow=True)


def test_gold_is_listed_with_its_tally_and_what_may_be_wrong(owner: Client, answered: Project) -> None:
    page = owner.get(GOLD)
    assert listed(page) == ["t0", "t1"]
    assert [(each["row"].right, each["row"].seen, each["row"].suspect) for each in page.context["rows"]] == [
        (5, 5, False),
        (0, 5, True),
    ]
    assert "Reliable workers contradict some test tasks" in text_of(page)
    assert "97 % doubtful" in text_of(page)
    assert listed(owner.get(f"{GOLD}?suspect=on")) == ["t1"]
    assert listed(owner.get(f"{GOLD}?origin=promoted")) == []


@pytest.mark.parametrize(
    ("action", "more", "left"),
    [
        ("confirm", {}, [("t0", "no"), ("t1", "no")]),
        ("correct", {"answer": "yes"}, [("t0", "no"), ("t1", "yes")]),
        ("withdraw", {}, [("t0", "no")]),
    ],
)
def test_suspect_gold_is_confirmed_corrected_or_withdrawn(
    owner: Client, answered: Project, action: str, more: dict[str, str], left: list[tuple[str, str]]
) -> None:
    page = change(owner, "t1", action, suspect_only="1", **more)
    found = GoldAnswer.objects.order_by("task").values_list("task__external_id", "answer")
    assert [(task, list(NUMBERS)[answer]) for task, answer in found] == left
    assert (page.redirect_chain, listed(page)) == ([(f"{GOLD}?suspect=on", 302)], [])


def test_what_can_not_be_changed_says_why(owner: Client, answered: Project) -> None:
    assert "This task is not gold." in text_of(change(owner, "t5", "withdraw"))
    assert "perhaps" in text_of(change(owner, "t1", "correct", answer="perhaps"))


def test_promotion_is_previewed_done_and_taken_back(owner: Client, answered: Project) -> None:
    wanted = {"count": "4", "min_confidence": "0.5", "seed": "1"}
    page = owner.get(GOLD, {**wanted, "preview": "1"})
    assert page.context["preview"] == [("yes", 4), ("no", 4)]
    done = owner.post(f"{GOLD}/promote", wanted, follow=True)
    assert "4 tasks are hidden test tasks now." in text_of(done)
    promoted = GoldAnswer.objects.filter(origin="promoted")
    assert sorted(promoted.values_list("answer", flat=True)) == [YES, YES, NO, NO]
    taken_back = owner.post(f"{GOLD}/withdraw-promoted", follow=True)
    assert "4 tasks are ordinary work again." in text_of(taken_back)
    assert listed(taken_back) == ["t0", "t1"]


def test_gold_comes_from_a_table_or_its_faults_are_shown(owner: Client, tasks: Project) -> None:
    def upload(text: str) -> str:
        return text_of(owner.post(f"{GOLD}/upload", {"file": SimpleUploadedFile("g.csv", text.encode())}, follow=True))

    assert "Line 2: &quot;perhaps&quot; is not a class" in upload("task,answer\nt0,perhaps\nnone,yes\n")
    assert not GoldAnswer.objects.exists()
    assert "2 test tasks are new, 0 have changed, 0 were there already." in upload("task,answer\nt0,no\nt1,yes\n")
    assert "Table (CSV): This field is required." in text_of(owner.post(f"{GOLD}/upload", follow=True))


def test_a_long_list_is_walked_by_its_last_row(owner: Client, tasks: Project) -> None:
    records = [TaskRecord(f"more{n}", {"n": n}, gold=Gold("yes")) for n in range(ROWS_A_PAGE + 5)]
    add_tasks(tasks, records)
    first = owner.get(GOLD)
    second = owner.get(GOLD, {"after": first.context["next"]})
    assert (len(listed(first)), len(listed(second)), second.context["next"]) == (ROWS_A_PAGE, 5, None)
    assert set(listed(first)) & set(listed(second)) == set()
