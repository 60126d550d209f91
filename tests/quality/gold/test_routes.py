"""Who may read and change gold over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.projects.models import Membership, Project, Role
from tests.cast import Api

ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "gold", None),
    ("POST", "gold", "task,answer\nt0,yes\n"),
    ("DELETE", "gold?origin=promoted", None),
    ("GET", "gold/candidates", None),
    ("POST", "gold/promote", {"count": 1}),
    ("PUT", "tasks/t0/gold", {"answer": "yes"}),
    ("PUT", "tasks/t0/gold/confirmation", None),
    ("DELETE", "tasks/t0/gold", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_gold_is_for_managers(
    tasks: Project, bob: Api, charlie: Api, new_worker: Callable[[], Api], method: str, path: str, body: Any
) -> None:
    reviewer = new_worker()
    Membership.objects.filter(user=reviewer.user).update(role=Role.REVIEWER)
    kind = "text/csv" if isinstance(body, str) else "application/json"
    replies = [api(method, f"/projects/birds/{path}", body, content_type=kind) for api in (bob, reviewer, charlie)]
    assert [reply.json()["code"] for reply in replies] == ["role_required", "role_required", "project_not_found"]
