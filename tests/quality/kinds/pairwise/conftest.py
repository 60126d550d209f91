"""A project in which items are compared."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from crowd.projects.models import Membership, Project, Role
from tests.cast import Api

POEMS = "/projects/poems"


def pair(one: str, other: str) -> dict[str, Any]:
    return {side: {"id": name, "text": f"Poem {name}"} for side, name in (("a", one), ("b", other))}


def add(alice: Api, **tasks: Mapping[str, Any]) -> Any:
    return alice("POST", f"{POEMS}/tasks", {"tasks": [{"external_id": n, "data": data} for n, data in tasks.items()]})


def send(alice: Api, table: str) -> Any:
    return alice("POST", f"{POEMS}/responses/import", table, content_type="text/csv")


def send_rows(alice: Api, *rows: Mapping[str, Any]) -> Any:
    body = "".join(json.dumps(row) + "\n" for row in rows)
    return alice("POST", f"{POEMS}/responses/import", body, content_type="application/x-ndjson")


def labels(alice: Api) -> dict[str, Any]:
    rows = alice("GET", f"{POEMS}/labels").json()["results"]
    return {row["task"]: row["label"] for row in rows}


@pytest.fixture
def poems(alice: Api, bob: Api) -> Project:
    quality = {"min_responses": 1, "max_responses": 3, "gold_rate": 0.0}
    body = {"slug": "poems", "name": "Poems", "schema": {"type": "pairwise"}, "quality": quality}
    assert alice("POST", "/projects", body).status_code == 201
    project = Project.objects.get()
    Membership.objects.create(project=project, user=bob.user, role=Role.WORKER)
    return project
