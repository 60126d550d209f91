"""Taking back what was done last: a skip just as an answer, for gold as for work."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from crowd.projects.models import Project
from quality.models import GoldAnswer
from tasks.models import Assignment, QueueState, Response, Task
from tasks.queue.purposes import set_purpose
from tests.cast import YES, Api

OWN = "/projects/birds/work"
URL = "/projects/birds/assignments"


def lease(api: Api, count: int = 1) -> list[dict[str, Any]]:
    leased: list[dict[str, Any]] = api("POST", URL, {"count": count}).json()["assignments"]
    return leased


def answer(api: Api, held: dict[str, Any], value: str = "yes") -> Any:
    return api("PUT", f"/assignments/{held['token']}/response", {"answer": value})


def skip(api: Api, held: dict[str, Any]) -> None:
    assert api("POST", f"/assignments/{held['token']}/skip", {"reason": "unclear"}).status_code == 204


def undo(api: Api, held: dict[str, Any]) -> Any:
    return api("DELETE", f"/assignments/{held['token']}/response")


def make_known(purpose: str, count: int) -> None:
    chosen = Task.objects.order_by("pk")[:count]
    GoldAnswer.objects.bulk_create(GoldAnswer(task=task, answer=YES, explanation="") for task in chosen)
    set_purpose([task.pk for task in chosen], purpose)


def figures(api: Api) -> tuple[int, int, int]:
    own = api("GET", OWN).json()
    return own["answered"], own["skipped"], own["held"]


def test_a_skip_is_taken_back_and_the_task_answered(tasks: Project, bob: Api) -> None:
    (held,) = lease(bob)
    skip(bob, held)
    again, retried = undo(bob, held), undo(bob, held)

    assert (again.status_code, again.json()) == (200, retried.json())
    assert again.json().keys() == held.keys()
    assert (again.json()["data"], figures(bob)) == (held["data"], (0, 0, 1))
    assert answer(bob, again.json()).status_code == 201
    assert figures(bob) == (1, 0, 0)
    task = Task.objects.get(responses__isnull=False)
    assert (task.answers_counted, task.leases_live, task.assignments.filter(state="skipped").count()) == (1, 0, 0)


def test_only_what_was_done_last_is_taken_back(tasks: Project, bob: Api) -> None:
    first, second, third = lease(bob, 3)
    skip(bob, first)
    answer(bob, second)
    refused = [undo(bob, first)]
    skip(bob, third)
    refused.append(undo(bob, second))
    undo(bob, third)
    refused.append(undo(bob, second))

    assert [(reply.status_code, reply.json()["code"]) for reply in refused] == [(409, "undo_closed")] * 3
    assert figures(bob) == (1, 1, 1)


@pytest.mark.parametrize("do", [skip, answer])
def test_time_for_second_thoughts_ends(tasks: Project, bob: Api, do: Callable[[Api, dict[str, Any]], Any]) -> None:
    (held,) = lease(bob)
    do(bob, held)
    Project.objects.update(undo_seconds=0)

    assert undo(bob, held).json()["code"] == "undo_closed"
    assert bob("GET", OWN).json()["undo"] is None


@pytest.mark.parametrize("purpose", ["work", "gold"])
def test_a_skip_is_taken_back_though_others_have_given_all_answers_meanwhile(
    tasks: Project, bob: Api, new_worker: Callable[[], Api], purpose: str
) -> None:
    (held,) = lease(bob)
    skip(bob, held)
    task = Task.objects.get(assignments__token=held["token"])
    set_purpose([task.pk], purpose)
    for _ in range(3):
        other = new_worker()
        for theirs in lease(other, 10):
            answer(other, theirs)
    again = undo(bob, held)

    assert (again.status_code, again.json().keys()) == (200, held.keys())
    assert answer(bob, again.json()).status_code == 201
    task.refresh_from_db()
    mine = Response.objects.get(task=task, assignment__token=again.json()["token"])
    assert (mine.counted, task.leases_live) == (purpose == "gold", 0)


def test_a_task_whose_skip_was_taken_back_comes_again_when_it_is_handed_back(tasks: Project, bob: Api) -> None:
    (held,) = lease(bob)
    skip(bob, held)
    lease(bob)
    again = undo(bob, held).json()
    bob("POST", f"/assignments/{again['token']}/return")

    assert [each["data"] for each in lease(bob)] == [held["data"]]


@pytest.mark.parametrize("do", [skip, lambda api, held: answer(api, held, "no")], ids=["skip", "wrong answer"])
def test_a_question_of_an_exam_is_one_though_what_was_done_with_it_was_taken_back(
    tasks: Project, bob: Api, do: Callable[[Api, dict[str, Any]], Any]
) -> None:
    Project.objects.update(exam_tasks=2, exam_score=1.0, exam_attempts=1)
    make_known("gold", 4)
    (held,) = lease(bob)
    do(bob, held)
    answer(bob, undo(bob, held).json())
    answer(bob, lease(bob)[0])
    lease(bob)

    exam = bob("GET", OWN).json()["exam"]
    assert (exam["state"], exam["score"]) == ("passed", 1.0)


def test_worker_is_told_what_may_be_taken_back_and_until_when(tasks: Project, bob: Api) -> None:
    def told() -> Any:
        return bob("GET", OWN).json()["undo"]

    first, second = lease(bob, 2)
    before = told()
    answer(bob, first, "no")
    answered = told()
    skip(bob, second)
    skipped = told()
    undo(bob, second)

    assert (before, told()) == (None, None)
    assert [(each["token"], each["answer"]) for each in (answered, skipped)] == [
        (first["token"], "no"),
        (second["token"], None),
    ]
    closed_at = Assignment.objects.get(token=first["token"]).response.received_at
    assert datetime.fromisoformat(answered["until"]) == closed_at + timedelta(seconds=120)


def test_an_answer_in_training_is_not_offered_to_be_taken_back_and_a_skip_is(tasks: Project, bob: Api) -> None:
    Project.objects.update(training_tasks=2)
    make_known("training", 3)
    (held,) = lease(bob)
    answer(bob, held)
    (other,) = lease(bob)
    offered = [bob("GET", OWN).json()["undo"]]
    skip(bob, other)
    offered.append(bob("GET", OWN).json()["undo"]["token"])

    assert undo(bob, held).json()["code"] == "undo_closed"
    assert offered == [None, other["token"]]
    assert undo(bob, other).json()["data"] == other["data"]
    assert QueueState.objects.get().trained == 1
