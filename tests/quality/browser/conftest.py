"""A project with some of everything that the browser looks for."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.projects.models import Project
from tests.cast import Api

TASKS = "/projects/birds/tasks"


@pytest.fixture
def answered(tasks: Project, alice: Api, refreshed: Callable[[], None]) -> Project:
    """t0 and t1 are settled as yes and no, t2 is disputed, t3 has one answer, and t4 is gold."""
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority"}})
    rows = [f"t0,w{n},yes" for n in range(5)] + [f"t1,w{n},no" for n in range(5)]
    rows += [f"t2,w{n},{'yes' if n < 3 else 'no'}" for n in range(5)] + ["t3,w9,yes"]
    table = "task,worker,answer\n" + "\n".join(rows)
    assert alice("POST", "/projects/birds/responses/import", table, content_type="text/csv").status_code == 201
    assert alice("PUT", f"{TASKS}/t4/gold", {"answer": "no", "explanation": "It is green."}).status_code == 200
    refreshed()
    return tasks


def listed(api: Api, query: str = "") -> list[str]:
    """The ids of all pages."""
    names: list[str] = []
    address: str | None = f"{TASKS}?{query}"
    while address:
        reply = api("GET", address)
        assert reply.status_code == 200, reply.content
        page: dict[str, Any] = reply.json()
        names += [row["external_id"] for row in page["results"]]
        address = page["next"] and page["next"].split("/api/v1")[1]
    return names
