"""Answers whose lease has ended: what they count, and what becomes of a newer lease on the same
task."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from crowd.projects.models import Membership, Project
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from tasks.models import Assignment, Response, Task
from tasks.responses.voiding import restore_responses, void_responses
from tests.cast import NO, YES, Api, worker_of
from tests.tasks.queue.slots.filling import end
from tests.tasks.responses.test_undo import answer, figures, lease


@pytest.mark.parametrize("others", [0, 3])
def test_a_late_answer_ends_the_newer_lease_whether_that_holds_a_slot_or_not(
    tasks: Project, bob: Api, new_worker: Callable[[], Api], others: int
) -> None:
    (first,) = lease(bob)
    end(Assignment.objects.get(token=first["token"]))
    for _ in range(others):
        other = new_worker()
        answer(other, lease(other)[0])
    (second,) = lease(bob)
    newer = Assignment.objects.get(token=second["token"])
    assert (second["data"], newer.holds_slot) == (first["data"], not others)

    assert answer(bob, first).status_code == 201

    newer.refresh_from_db()
    task = Task.objects.get(external_id="t0")
    assert (figures(bob), newer.state) == ((1, 0, 0), "submitted")
    assert (task.answers_counted, task.leases_live) == (others or 1, 0)
    assert Response.objects.get(worker=worker_of(bob, tasks)).counted == (not others)


def test_only_leases_that_are_over_are_answered_late(tasks: Project, bob: Api) -> None:
    skipped, answered, returned = lease(bob, 3)
    bob("POST", f"/assignments/{skipped['token']}/skip", {})
    answer(bob, answered)
    bob("POST", f"/assignments/{returned['token']}/return")

    codes = [answer(bob, each, "no").json().get("code") for each in (skipped, answered, returned)]

    assert codes == ["assignment_closed", "assignment_closed", None]
    stored = Response.objects.order_by("pk").values_list("assignment__token", "answer")
    assert list(stored) == [(answered["token"], YES), (returned["token"], NO)]


def test_a_paused_workers_late_answer_is_kept_and_takes_no_slot(tasks: Project, bob: Api) -> None:
    (held,) = lease(bob)
    end(Assignment.objects.get(token=held["token"]))
    Membership.objects.filter(user=bob.user).update(status="paused")

    assert answer(bob, held).status_code == 201
    task = Task.objects.get(external_id="t0")
    assert (Response.objects.get().counted, task.answers_counted, task.leases_live) == (False, 0, 0)
    assert figures(bob) == (1, 0, 0)


def test_labels_follow_answers_that_come_late_are_voided_and_restored(tasks: Project, alice: Api, bob: Api) -> None:
    def label() -> tuple[str | None, int]:
        keep_up(tasks)
        rows = alice("GET", "/projects/birds/labels").json()["results"]
        (found,) = ((row["label"], row["responses"]) for row in rows if row["task"] == "t0")
        return found

    refresh_project(tasks.pk)
    (held,) = lease(bob)
    end(Assignment.objects.get(token=held["token"]))
    answer(bob, held)
    seen = [label()]
    for do in (void_responses, restore_responses):
        do(worker_of(bob, tasks))
        seen.append(label())
    undone = bob("DELETE", f"/assignments/{held['token']}/response").status_code
    seen.append(label())

    assert (seen, undone) == ([("yes", 1), (None, 0), ("yes", 1), (None, 0)], 200)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite can't be emptied afterwards: the trail only grows")
def test_an_answer_is_not_stored_where_the_next_task_could_not_be_leased_with_it(
    transactional_db: None, tasks: Project, bob: Api
) -> None:
    """The database is lost in between: the client sends the answer again, and gets both."""

    def lose(execute: Any, sql: str, *rest: Any) -> Any:
        if "INSERT INTO tasks_assignment" in sql.replace('"', ""):
            raise OperationalError("the connection is lost")
        return execute(sql, *rest)

    (held,) = lease(bob)
    bob.client.raise_request_exception = False
    path = f"/assignments/{held['token']}/response?next=1"
    with connection.execute_wrapper(lose):
        lost = bob("PUT", path, {"answer": "yes"})
    stored = Response.objects.count()
    again = bob("PUT", path, {"answer": "yes"})

    assert (lost.status_code >= 500, stored) == (True, 0)
    assert (again.status_code, len(again.json()["next"]["assignments"])) == (201, 1)
    assert figures(bob) == (1, 0, 1)
