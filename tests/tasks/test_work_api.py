"""Work: leasing, answering and skipping through the API."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from crowd.projects.models import Membership, Project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Assignment, QueueState, Response, Task
from tasks.queue.leases import expire_leases
from tests.cast import YES, Api, without_times, worker_of

URL = "/projects/birds/assignments"


def lease(api: Api, count: int = 1) -> list[dict[str, Any]]:
    reply = api("POST", URL, {"count": count})
    assert reply.status_code == 200, reply.content
    return reply.json()["assignments"]


def answer(api: Api, token: object, value: object = "yes", query: str = "") -> Any:
    return api("PUT", f"/assignments/{token}/response{query}", {"answer": value, "seconds": 1.5})


def end_lease(token: object) -> None:
    """As if its time were over and the job had come by."""
    Assignment.objects.filter(token=token).update(expires_at="2020-01-01T00:00:00Z")
    expire_leases()


def test_a_lease_shows_token_data_and_end_and_nothing_else(tasks: Project, bob: Api) -> None:
    (assignment,) = lease(bob)
    assert set(assignment) == {"token", "data", "expires_at"}
    assert assignment["data"] == {"text": "Bird 0?"}


def test_each_lease_is_another_task(tasks: Project, bob: Api) -> None:
    texts = [a["data"]["text"] for a in lease(bob, 4) + lease(bob, 3)]
    assert sorted(texts) == [f"Bird {n}?" for n in range(7)]


def test_held_leases_can_be_listed_to_go_on_after_a_break(tasks: Project, bob: Api) -> None:
    leased = lease(bob, 2)
    assert bob("GET", URL).json() == {"assignments": leased, "reason": None}


def test_an_empty_queue_says_so(project: Project, bob: Api) -> None:
    assert bob("POST", URL).json() == {"assignments": [], "reason": "no_tasks"}


def test_a_paused_worker_is_told(tasks: Project, bob: Api) -> None:
    Membership.objects.filter(user=bob.user).update(status="paused")
    assert bob("POST", URL).json() == {"assignments": [], "reason": "paused"}


def test_open_leases_are_limited(tasks: Project, bob: Api) -> None:
    lease(bob, 1)
    Project.objects.update(open_leases=3)
    assert len(lease(bob, 5)) == 2
    assert bob("POST", URL).json() == {"assignments": [], "reason": "quota"}


def test_a_task_is_handed_out_as_often_as_it_needs_answers_and_no_more(
    tasks: Project, new_worker: Callable[[], Api]
) -> None:
    given = [len(lease(new_worker(), 10)) for _ in range(4)]
    assert given == [10, 10, 10, 0]


def test_a_submitted_answer_is_stored_and_counted(tasks: Project, bob: Api) -> None:
    (assignment,) = lease(bob)
    reply = answer(bob, assignment["token"])
    response = Response.objects.get()
    assert (reply.status_code, list(reply.json())) == (201, ["received_at"])
    assert (response.task.external_id, response.answer, response.seconds) == ("t0", YES, 1.5)
    assert (response.task.answers_counted, response.task.leases_live, response.task.revision) == (1, 0, 2)


def test_the_same_answer_again_gets_the_same_body(tasks: Project, bob: Api) -> None:
    (assignment,) = lease(bob)
    first, second = answer(bob, assignment["token"]), answer(bob, assignment["token"])
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.content == second.content
    assert Response.objects.count() == 1


def test_another_answer_is_refused_with_a_stable_code(tasks: Project, bob: Api) -> None:
    (assignment,) = lease(bob)
    answer(bob, assignment["token"], "yes")
    reply = answer(bob, assignment["token"], "no")
    assert (reply.status_code, reply.json()["code"]) == (409, "assignment_closed")
    assert reply["Content-Type"] == "application/problem+json"
    assert Response.objects.get().answer == YES


@pytest.mark.parametrize("value", ["maybe", 1, None, ["yes"], {"answer": "yes"}, "", "YES"])
def test_a_wrong_class_is_refused_and_the_lease_stays(tasks: Project, bob: Api, value: object) -> None:
    (assignment,) = lease(bob)
    reply = answer(bob, assignment["token"], value)
    assert reply.status_code == 400
    assert reply.json()["code"] in ("invalid_answer", "invalid")
    assert not Response.objects.exists()
    assert answer(bob, assignment["token"]).status_code == 201


def test_the_next_task_can_come_with_the_reply(tasks: Project, bob: Api) -> None:
    (assignment,) = lease(bob)
    reply = answer(bob, assignment["token"], query="?next=1")
    assert reply.json()["next"]["assignments"][0]["data"] == {"text": "Bird 1?"}


def test_a_retry_gets_the_next_task_of_the_first_time(tasks: Project, bob: Api) -> None:
    (assignment,) = lease(bob)
    first, second = (answer(bob, assignment["token"], query="?next=1") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(bob("GET", URL).json()["assignments"]) == 1


def test_a_retry_does_not_get_a_task_that_was_held_before(tasks: Project, bob: Api) -> None:
    _older, assignment = lease(bob)[0], lease(bob)[0]
    first, second = (answer(bob, assignment["token"], query="?next=1") for _ in range(2))
    assert first.json()["next"]["assignments"][0]["data"] == {"text": "Bird 2?"}
    assert first.json() == second.json()


def test_a_stranger_can_not_use_or_see_a_token(tasks: Project, bob: Api, charlie: Api) -> None:
    (assignment,) = lease(bob)
    replies = [answer(charlie, assignment["token"]), answer(bob, "no-such-token")]
    assert [(r.status_code, r.json()["code"]) for r in replies] == [(404, "assignment_not_found")] * 2


def test_owners_do_not_work_and_outsiders_see_nothing(tasks: Project, alice: Api, charlie: Api) -> None:
    replies = [alice("POST", URL), charlie("POST", URL)]
    assert [(r.status_code, r.json()["code"]) for r in replies] == [(403, "role_required"), (404, "project_not_found")]


def test_a_skipped_task_goes_to_others_and_not_back(tasks: Project, bob: Api, new_worker: Callable[[], Api]) -> None:
    (assignment,) = lease(bob)
    assert bob("POST", f"/assignments/{assignment['token']}/skip", {"reason": "unclear"}).status_code == 204
    assert lease(bob)[0]["data"] == {"text": "Bird 1?"}
    assert lease(new_worker())[0]["data"] == {"text": "Bird 0?"}
    assert answer(bob, assignment["token"]).json()["code"] == "assignment_closed"


def test_an_ended_lease_frees_its_slot(tasks: Project, bob: Api) -> None:
    (assignment,) = lease(bob)
    end_lease(assignment["token"])
    assert Task.objects.get(external_id="t0").leases_live == 0
    assert bob("GET", URL).json()["assignments"] == []


def test_a_late_answer_counts_while_its_slot_is_free(tasks: Project, bob: Api) -> None:
    (assignment,) = lease(bob)
    end_lease(assignment["token"])
    assert answer(bob, assignment["token"]).status_code == 201
    assert (Response.objects.get().counted, Task.objects.get(external_id="t0").answers_counted) == (True, 1)


def test_a_late_answer_is_kept_as_surplus_when_the_slot_is_taken(
    tasks: Project, bob: Api, new_worker: Callable[[], Api]
) -> None:
    (late,) = lease(bob)
    end_lease(late["token"])
    for _ in range(3):
        worker = new_worker()
        answer(worker, lease(worker)[0]["token"])
    assert answer(bob, late["token"]).status_code == 201
    task = Task.objects.get(external_id="t0")
    assert (task.answers_counted, task.responses.filter(counted=False).count()) == (3, 1)


def test_a_late_answer_uses_the_slot_of_the_newer_lease_on_the_same_task(tasks: Project, bob: Api) -> None:
    (first,) = lease(bob)
    end_lease(first["token"])
    (second,) = lease(bob)
    answer(bob, first["token"], "yes")
    task = Task.objects.get(external_id="t0")
    assert (task.answers_counted, task.leases_live) == (1, 0)
    assert answer(bob, second["token"], "no").json()["code"] == "assignment_closed"


@pytest.fixture
def beside(tasks: Project, bob: Api) -> tuple[str, str]:
    """Bob's late answer, and a lease on the same task that was made while it came in: neither saw
    the other."""
    (late,) = lease(bob)
    end_lease(late["token"])
    answer(bob, late["token"], "yes")
    task, worker = Task.objects.get(external_id="t0"), worker_of(bob, tasks)
    newer = Assignment.objects.create(task=task, worker=worker, expires_at="2999-01-01T00:00:00Z")
    Task.objects.filter(pk=task.pk).update(leases_live=1)
    QueueState.objects.filter(pk=worker.pk).update(held=1)
    return late["token"], newer.token


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: nothing races")
@pytest.mark.parametrize("query", ["", "?next=1"])
def test_a_lease_beside_an_answer_that_stands_is_closed_to_another(
    transactional_db: None, beside: tuple[str, str], bob: Api, query: str
) -> None:
    _late, newer = beside
    again, other = answer(bob, newer, "yes", query), answer(bob, newer, "no", query)
    assert (again.status_code, other.status_code, other.json()["code"]) == (200, 409, "assignment_closed")
    assert [response.answer for response in Response.objects.all()] == [YES]


def test_a_lease_beside_an_answer_that_is_taken_back_gives_way_to_its_new_lease(
    beside: tuple[str, str], bob: Api
) -> None:
    late, newer = beside
    again = bob("DELETE", f"/assignments/{late}/response").json()["token"]
    assert [held["token"] for held in bob("GET", URL).json()["assignments"]] == [again] != [newer]
    assert bob("GET", "/projects/birds/work").json()["held"] == 1
    assert answer(bob, again, "no").status_code == 201
    task = Task.objects.get(external_id="t0")
    assert (task.answers_counted, task.leases_live) == (1, 0)


def test_gold_and_ordinary_tasks_look_alike_to_a_worker(
    tasks: Project, bob: Api, alice: Api, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    tasks.gold_rate = 0.5
    tasks.save()
    add_tasks(tasks, [TaskRecord(external_id=f"more{n}", data={"text": "More?"}) for n in range(30)])
    for n in range(5):
        alice("PUT", f"/projects/birds/tasks/t{n}/gold", {"answer": "yes"})
    seen: dict[bool, set[tuple[object, ...]]] = {True: set(), False: set()}
    while leased := lease(bob):
        token = leased[0]["token"]
        gold = Assignment.objects.get(token=token).task.purpose == "gold"
        with django_assert_max_num_queries(8) as statements:
            reply = answer(bob, token)
        length = len(without_times(reply.content.decode()))
        seen[gold].add((reply.status_code, length, tuple(sorted(reply.headers)), len(statements)))
    assert seen[True] == seen[False] != set()


def test_gold_is_never_seen_twice_and_never_handed_out_alone(tasks: Project, bob: Api, alice: Api) -> None:
    tasks.gold_rate = 0.5
    tasks.save()
    for n in range(8):
        alice("PUT", f"/projects/birds/tasks/t{n}/gold", {"answer": "yes"})
    texts = []
    while leased := lease(bob):
        texts.append(leased[0]["data"]["text"])
        answer(bob, leased[0]["token"])
    assert len(texts) == len(set(texts))
    assert {"Bird 8?", "Bird 9?"} <= set(texts)


def test_retrying_a_lease_with_its_key_gives_the_same_task(tasks: Project, bob: Api) -> None:
    first = bob("POST", URL, {"count": 2}, **{"Idempotency-Key": "k1"})
    second = bob("POST", URL, {"count": 2}, **{"Idempotency-Key": "k1"})
    assert first.json() == second.json()
    assert worker_of(bob, tasks).assignments.count() == 2


def test_a_key_can_not_be_used_for_another_request(tasks: Project, bob: Api) -> None:
    bob("POST", URL, {"count": 2}, **{"Idempotency-Key": "k1"})
    reply = bob("POST", URL, {"count": 3}, **{"Idempotency-Key": "k1"})
    assert (reply.status_code, reply.json()["code"]) == (422, "idempotency_key_reused")


def test_a_body_that_is_not_json_is_a_problem_document(tasks: Project, bob: Api) -> None:
    reply = bob("POST", URL, "{torn", content_type="application/json")
    assert (reply.status_code, reply["Content-Type"]) == (400, "application/problem+json")
    assert json.loads(reply.content)["code"] == "parse_error"
