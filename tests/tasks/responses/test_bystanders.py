"""Whatever is done with one task leaves every other task, answer and lease, and every other worker,
as it was."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.projects.models import Membership, Project
from tasks.models import Assignment, QueueState, Response, Task
from tasks.queue.slots import request_another, settle
from tasks.responses.voiding import restore_responses, void_responses
from tests.cast import Api, worker_of
from tests.tasks.queue.slots.filling import end
from tests.tasks.responses.test_undo import answer, lease, skip, undo

Leases = dict[str, dict[str, Any]]


def tasks_of(api: Api) -> Leases:
    """All that a worker gets, by the name of the task."""
    return {f"t{each['data']['text'].split()[1].rstrip('?')}": each for each in lease(api, 10)}


def let_go(_api: Api, held: dict[str, Any]) -> None:
    end(Assignment.objects.get(token=held["token"]))


def give_back(api: Api, held: dict[str, Any]) -> None:
    assert api("POST", f"/assignments/{held['token']}/return").status_code == 204


DONE: dict[str, list[Callable[[Api, dict[str, Any]], Any]]] = {
    "answered": [answer],
    "skipped": [skip],
    "answered and taken back": [answer, undo],
    "skipped and taken back": [skip, undo],
    "let go of": [let_go],
    "answered late": [let_go, answer],
    "given back": [give_back],
}


@pytest.fixture
def at_work(tasks: Project, bob: Api, new_worker: Callable[[], Api]) -> Leases:
    """What Bob holds, in the midst of an exam, while two others have done one of everything."""
    Project.objects.update(min_responses=1)
    for other in (new_worker(), new_worker()):
        theirs = tasks_of(other)
        for name in ("t0", "t1", "t9"):
            answer(other, theirs[name])
        skip(other, theirs["t2"])
        give_back(other, theirs["t3"])
        let_go(other, theirs["t4"])
        skip(other, theirs["t5"])
    mine = tasks_of(bob)
    answer(bob, mine["t0"])
    give_back(bob, mine["t3"])
    skip(bob, mine["t6"])
    Assignment.objects.filter(worker=worker_of(bob, tasks)).update(exam_attempt=1)
    return mine


def everything_besides(worker: Membership, *names: str) -> dict[str, Any]:
    """Every row but of these tasks, and of this worker's answers and leases on them."""
    by_worker = {"worker": worker, "task__external_id__in": names}
    return {
        "tasks": list(Task.objects.exclude(external_id__in=names).order_by("pk").values()),
        "leases": list(Assignment.objects.exclude(**by_worker).order_by("pk").values()),
        "answers": list(Response.objects.exclude(**by_worker).order_by("pk").values()),
        "queue states": list(QueueState.objects.exclude(pk=worker.pk).order_by("pk").values()),
    }


@pytest.mark.parametrize("what", DONE)
def test_what_a_worker_does_with_a_task(at_work: Leases, tasks: Project, bob: Api, what: str) -> None:
    worker, held = worker_of(bob, tasks), at_work["t9"]
    before = everything_besides(worker, "t9")
    for do in DONE[what]:
        do(bob, held)
    assert everything_besides(worker, "t9") == before
    passed_on = {"t2", "t5", "t6"} | ({"t9"} if {skip, undo} & set(DONE[what]) else set())
    assert set(Task.objects.filter(passed_on=True).values_list("external_id", flat=True)) == passed_on


def test_that_another_answer_is_asked_for(at_work: Leases, tasks: Project, bob: Api) -> None:
    answer(bob, at_work["t9"])
    Task.objects.filter(external_id="t1").update(answers_needed=2, leases_live=0)  # filled, too
    before = everything_besides(worker_of(bob, tasks), "t9")
    assert request_another([Task.objects.get(external_id="t9").pk]) == 1
    assert everything_besides(worker_of(bob, tasks), "t9") == before


def test_that_a_task_is_settled(at_work: Leases, tasks: Project, bob: Api) -> None:
    for name in ("t1", "t9"):
        give_back(bob, at_work[name])
    before = everything_besides(worker_of(bob, tasks), "t9")
    assert settle([Task.objects.get(external_id="t9").pk]) == 1
    assert everything_besides(worker_of(bob, tasks), "t9") == before


def test_that_a_worker_is_voided_and_restored(at_work: Leases, tasks: Project, bob: Api) -> None:
    worker = worker_of(bob, tasks)
    answer(bob, at_work["t9"])
    before = everything_besides(worker, "t0", "t9")
    levels = list(Task.objects.order_by("pk").values_list("answers_counted", "leases_live"))
    assert void_responses(worker) == 2
    assert everything_besides(worker, "t0", "t9") == before
    assert restore_responses(worker) == 2
    assert everything_besides(worker, "t0", "t9") == before
    assert list(Task.objects.order_by("pk").values_list("answers_counted", "leases_live")) == levels
