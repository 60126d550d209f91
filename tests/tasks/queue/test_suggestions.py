"""What a model predicts, shown to workers: to some, not to all, and never so that gold gives itself
away."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Project
from tasks.intake.prelabels import add_prelabels
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, Task
from tasks.queue.purposes import set_purpose
from tests.cast import NO, NUMBERS, YES, Api

URL = "/projects/birds/assignments"


@pytest.fixture
def shown(project: Project) -> Project:
    """Sixty tasks, for all of which the model says yes, except the last, of which it says
    nothing."""
    add_tasks(project, [TaskRecord(f"t{n}", {"text": f"Bird {n}?"}) for n in range(60)])
    add_prelabels(project, "net", {f"t{n}": [[YES, 0.9], [NO, 0.1]] for n in range(59)})
    Project.objects.update(shown_model="net", blind_share=0.5)
    return project


def lease(api: Api, count: int = 1) -> list[dict[str, Any]]:
    assignments: list[dict[str, Any]] = api("POST", URL, {"count": count}).json()["assignments"]
    return assignments


def test_without_a_model_that_is_shown_a_lease_says_nothing_of_it(shown: Project, bob: Api) -> None:
    Project.objects.update(shown_model="")
    assert [set(each) for each in lease(bob)] == [{"token", "data", "expires_at"}]


def test_about_the_blind_share_of_the_tasks_comes_without(shown: Project, bob: Api) -> None:
    leased = lease(bob, 50)
    suggestions = [each["suggestion"] for each in leased]
    assert set(suggestions) == {"yes", None}
    assert 12 < suggestions.count(None) < 38
    stored = Assignment.objects.values_list("token", "predicted", "blind")
    assert {token: None if blind or not said else list(NUMBERS)[said["answer"]] for token, said, blind in stored} == {
        each["token"]: each["suggestion"] for each in leased
    }


@pytest.mark.parametrize(("share", "seen"), [(0.0, {"yes", None}), (1.0, {None})])
def test_nobody_or_everybody_may_be_blind(shown: Project, bob: Api, share: float, seen: set[str | None]) -> None:
    Project.objects.update(blind_share=share)
    leased = lease(bob, 50) + lease(bob, 10)
    for each in leased[:20]:
        bob("PUT", f"/assignments/{each['token']}/response", {"answer": "no"})
    assert {each["suggestion"] for each in leased + lease(bob, 10)} == seen


def test_who_asks_again_sees_no_more_than_before(shown: Project, bob: Api) -> None:
    def seen() -> dict[str, Any]:
        return {each["data"]["text"]: each["suggestion"] for each in bob("GET", URL).json()["assignments"]}

    lease(bob, 30)
    first = seen()
    for each in bob("GET", URL).json()["assignments"]:
        bob("POST", f"/assignments/{each['token']}/return")
    lease(bob, 50)
    again = seen()
    assert {text: again[text] for text in first} == first


def test_undo_shows_what_was_shown_before(shown: Project, bob: Api) -> None:
    for _n in range(6):
        (leased,) = lease(bob)
        bob("PUT", f"/assignments/{leased['token']}/response", {"answer": "no"})
        back = bob("DELETE", f"/assignments/{leased['token']}/response").json()
        assert (back["data"], back["suggestion"]) == (leased["data"], leased["suggestion"])
        bob("PUT", f"/assignments/{back['token']}/response", {"answer": "no"})


def test_what_is_no_class_of_the_project_is_not_shown(shown: Project, bob: Api) -> None:
    Task.objects.get(external_id="t0").prelabels.update(prediction=[])
    Project.objects.update(blind_share=0.0)
    by_text = {each["data"]["text"]: each["suggestion"] for each in lease(bob, 50)}
    assert (by_text["Bird 0?"], by_text["Bird 1?"]) == (None, "yes")


def test_exams_come_without(shown: Project, bob: Api) -> None:
    set_purpose(Task.objects.filter(external_id__in=["t0", "t1"]).values_list("pk", flat=True), "gold")
    Project.objects.update(exam_tasks=1, blind_share=0.0)
    assert "suggestion" not in lease(bob)[0]


def test_it_costs_two_statements_whatever_the_tasks_are(shown: Project, new_worker: Callable[[], Api]) -> None:
    def statements(model: str, count: int) -> int:
        Project.objects.update(shown_model=model)
        worker = new_worker()
        lease(worker)
        with CaptureQueriesContext(connection) as captured:
            lease(worker, count)
        return len(captured)

    assert statements("net", 1) - statements("", 1) == 2
    assert statements("net", 20) - statements("", 20) == 2


def test_the_policy_names_the_model_and_the_share(project: Project, alice: Api) -> None:
    reply = alice("PATCH", "/projects/birds", {"quality": {"shown_model": "net", "blind_share": 0.3}})
    assert reply.json()["quality"].items() >= {"shown_model": "net", "blind_share": 0.3}.items()
    reply = alice("PATCH", "/projects/birds", {"quality": {"blind_share": 1.5}})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "quality.blind_share")
