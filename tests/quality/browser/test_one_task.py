"""Everything that is known of one task, and asking for more answers to it."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from crowd.projects.models import Project
from tasks.models import Task
from tests.cast import Api
from tests.quality.browser.conftest import TASKS


def test_what_everybody_said_and_did_is_told(answered: Project, alice: Api) -> None:
    alice("PUT", f"{TASKS}/t2/adjudication", {"answer": "no"})
    alice("POST", "/projects/birds/prelabels", {"model": "m", "predictions": [{"task": "t2", "answer": "yes"}]})
    task = alice("GET", f"{TASKS}/t2").json()
    said = {each["name"]: (each["answer"], each["right"], each["counted"]) for each in task["answers"]}
    assert said == {f"w{n}": ("yes", False, True) if n < 3 else ("no", True, True) for n in range(5)}
    assert (task["label"], task["source"], task["gold"]) == ("no", "adjudicated", None)
    assert [(each["model"], each["answer"]) for each in task["predictions"]] == [("m", "yes")]
    assert [(each["action"], each["answer"], each["believed"]["label"]) for each in task["decisions"]] == [
        ("decided", "no", "yes")
    ]
    assert [(each["action"], each["by"]) for each in task["history"]] == [("task.adjudicated", alice.user.email)]


def test_gold_comes_with_its_explanation(answered: Project, alice: Api) -> None:
    gold = alice("GET", f"{TASKS}/t4").json()["gold"]
    assert (gold["answer"], gold["explanation"], gold["origin"], gold["confirmed"]) == (
        "no",
        "It is green.",
        "given",
        False,
    )


@pytest.mark.parametrize("name", ["a/b", "100 %", "a?b#c", "ä", "delete", "a+b", ".."])
def test_a_task_of_any_name_is_found(project: Project, alice: Api, name: str) -> None:
    alice("POST", TASKS, {"tasks": [{"external_id": name, "data": {"text": "?"}}]})
    address = f"{TASKS}/{quote(name)}"
    assert alice("GET", address).json()["external_id"] == name
    assert alice("DELETE", address).status_code == 204
    assert (alice("GET", address).status_code, alice("GET", address).json()["code"]) == (404, "task_not_found")


def test_an_answer_that_was_replaced_is_history(answered: Project, alice: Api) -> None:
    table = "task,worker,answer\nt3,w9,no\n"
    alice("POST", "/projects/birds/responses/import", table, content_type="text/csv")
    said = [
        (each["answer"], each["replaced"], each["counted"]) for each in alice("GET", f"{TASKS}/t3").json()["answers"]
    ]
    assert said == [("no", False, True), ("yes", True, False)]


def test_more_answers_are_wanted_until_they_are_there(
    tasks: Project, alice: Api, new_worker: Callable[[], Api], refreshed: Callable[[], None]
) -> None:
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority"}})
    Task.objects.exclude(external_id="t0").delete()
    workers = [new_worker() for _n in range(6)]

    def answer(worker: Api) -> bool:
        leases = worker("POST", "/projects/birds/assignments", {}).json()["assignments"]
        for lease in leases:
            worker("PUT", f"/assignments/{lease['token']}/response", {"answer": "yes"})
        refreshed()
        return bool(leases)

    assert [answer(each) for each in workers[:4]] == [True, True, True, False]
    reply = alice("POST", f"{TASKS}/t0/more", {"answers": 2})
    assert (reply.status_code, reply.json()) == (200, {"needed": 5})
    refreshed()
    assert [answer(each) for each in workers[3:]] == [True, True, False]
    assert alice("GET", f"{TASKS}/t0").json()["responses"] == 5


def test_gold_and_what_nobody_can_be_shown_gets_no_more(answered: Project, alice: Api) -> None:
    alice("POST", "/projects/birds/responses/import", "task,worker,answer\nx,w,yes\n", content_type="text/csv")
    for name in ("t4", "x"):
        reply = alice("POST", f"{TASKS}/{name}/more", {})
        assert (reply.status_code, reply.json()["code"]) == (409, "nothing_to_ask")
