"""What becomes of the tasks that a worker holds when somebody pauses the worker."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.projects.models import Membership, Project
from tasks.models import Assignment, Response, Task
from tests.cast import Api


@pytest.fixture
def holding(tasks: Project, bob: Api) -> list[str]:
    """The tokens of ten tasks that Bob holds; each needs one answer."""
    Task.objects.update(answers_needed=1)
    leased = bob("POST", "/projects/birds/assignments", {"count": 10}).json()["assignments"]
    return [each["token"] for each in leased]


def paused(alice: Api, worker: Membership, capture: Callable[..., Any]) -> None:
    with capture(execute=True):
        alice("PATCH", f"/projects/birds/members/{worker.pk}", {"status": "paused"})


def test_others_get_them_at_once(
    holding: list[str],
    alice: Api,
    bob: Api,
    new_worker: Callable[[], Api],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    paused(alice, Membership.objects.get(user=bob.user), django_capture_on_commit_callbacks)
    assert set(Assignment.objects.values_list("state", flat=True)) == {"returned"}
    others = new_worker()("POST", "/projects/birds/assignments", {"count": 20}).json()["assignments"]
    assert len(others) == 10


def test_what_the_worker_sends_is_kept_and_does_not_count(
    holding: list[str], alice: Api, bob: Api, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    paused(alice, Membership.objects.get(user=bob.user), django_capture_on_commit_callbacks)
    reply = bob("PUT", f"/assignments/{holding[0]}/response?next=1", {"answer": "yes"})
    assert (reply.status_code, reply.json()["next"]) == (201, {"assignments": [], "reason": "paused"})
    assert Response.objects.get().counted is False
    assert Task.objects.filter(answers_counted=0, leases_live=0).count() == 10


def test_an_answer_that_overtakes_the_handing_back_does_not_count_either(holding: list[str], bob: Api) -> None:
    Membership.objects.filter(user=bob.user).update(status="paused")
    assert bob("PUT", f"/assignments/{holding[0]}/response", {"answer": "yes"}).status_code == 201
    assert Response.objects.get().counted is False
    assert Task.objects.filter(answers_counted=0, leases_live=0).count() == 10
