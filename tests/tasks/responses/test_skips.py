"""Skips: of what is still held, once, and nobody else's loss."""

from collections.abc import Callable

from crowd.projects.models import Project
from tasks.models import Assignment, QueueState, Response, Task
from tests.cast import Api
from tests.tasks.queue.slots.filling import end
from tests.tasks.responses.test_undo import answer, figures, lease, skip, undo


def held_by(api: Api, token: str) -> bool:
    held = api("GET", "/projects/birds/assignments").json()["assignments"]
    return token in [each["token"] for each in held]


def test_a_skip_that_is_sent_again_changes_nothing(tasks: Project, bob: Api, new_worker: Callable[[], Api]) -> None:
    (held,) = lease(bob)
    (theirs,) = lease(new_worker())
    assert theirs["data"] == held["data"]
    skip(bob, held)
    skip(bob, held)

    task = Task.objects.get(external_id="t0")
    assert (task.answers_counted, task.leases_live, figures(bob)) == (0, 1, (0, 1, 0))


def test_what_was_answered_or_is_over_is_not_skipped(tasks: Project, bob: Api) -> None:
    answered, over, skipped = lease(bob, 3)
    answer(bob, answered)
    end(Assignment.objects.get(token=over["token"]))
    skip(bob, skipped)

    refused = [bob("POST", f"/assignments/{each['token']}/skip", {}) for each in (answered, over)]

    assert [(reply.status_code, reply.json()["code"]) for reply in refused] == [(409, "assignment_closed")] * 2
    states = dict(Assignment.objects.values_list("token", "state"))
    assert [states[each["token"]] for each in (answered, over, skipped)] == ["submitted", "expired", "skipped"]
    assert (Response.objects.get().task.answers_counted, figures(bob)) == (1, (1, 1, 0))


def test_nothing_is_taken_back_before_anything_was_done(tasks: Project, bob: Api) -> None:
    (held,) = lease(bob)
    for _time in range(2):
        reply = undo(bob, held)
        assert (reply.status_code, reply.json()["code"]) == (409, "undo_closed")
        QueueState.objects.all().delete()  # as of somebody who has worked before there were any

    assert held_by(bob, held["token"])


def test_what_was_taken_back_and_let_go_of_is_not_had_by_asking_again(tasks: Project, bob: Api) -> None:
    for do in (skip, answer):
        (held,) = lease(bob)
        do(bob, held)
        again = undo(bob, held).json()
        end(Assignment.objects.get(token=again["token"]))
        reply = undo(bob, held)

        assert (reply.status_code, reply.json()["code"]) == (409, "undo_closed")
        assert not held_by(bob, again["token"])


def test_a_reason_that_is_too_long_is_refused_and_the_task_still_held(tasks: Project, bob: Api) -> None:
    (held,) = lease(bob)
    path = f"/assignments/{held['token']}/skip"
    refused = bob("POST", path, {"reason": "x" * 201})

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "reason")
    assert held_by(bob, held["token"])
    assert bob("POST", path, {"reason": "x" * 200}).status_code == 204
    assert Assignment.objects.get().skip_reason == "x" * 200


def test_what_was_taken_back_is_not_of_today_either(tasks: Project, bob: Api) -> None:
    def of_today() -> int:
        return int(bob("GET", "/projects/birds/work").json()["answered_today"])

    first, second = lease(bob, 2)
    counted = [of_today()]
    for do, held in ((answer, first), (undo, first), (skip, second), (undo, second)):
        do(bob, held)
        counted.append(of_today())
    assert counted == [0, 1, 0, 0, 0]
