"""What people write is text wherever it is shown."""

from typing import Any

import pytest
from django.test import Client

from crowd.projects.models import Membership, Project, Role
from crowd.projects.ownership import create_project
from quality.models import Consensus, Summary
from quality.refresh.scheduling import refresh_project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Import, Task
from tests.cast import Api
from tests.pages.conftest import Visit

PAYLOAD = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"
PAGES = ["", "/workers", "/imports", "/members", "/settings", "/board", "/disputes", "/review", "/gold"]


@pytest.fixture
def hostile(alice: Api, bob: Api) -> Project:
    """A project in which every text is an attack."""
    schema: Any = {"type": "choice", "classes": [{"name": PAYLOAD, "title": PAYLOAD + "1"}, {"name": "no"}]}
    project = create_project(
        owner=alice.user, slug="hostile", name=PAYLOAD, instructions=PAYLOAD, schema=schema, quality={"gold_rate": 0.0}
    )
    Membership.objects.create(project=project, user=bob.user, role=Role.WORKER)
    Membership.objects.create(project=project, name=PAYLOAD, role=Role.WORKER)
    add_tasks(project, [TaskRecord(external_id=PAYLOAD, data={"text": PAYLOAD})])
    refresh_project(project.pk)
    task = Task.objects.get()
    Consensus.objects.update_or_create(
        task=task,
        defaults={
            "project": project,
            "label": 0,
            "confidence": 0.6,
            "detail": [0.6, 0.4],
            "responses": 5,
            "state": Consensus.State.DISPUTED,
            "source": Consensus.Source.CONSENSUS,
            "revision": 1,
            "updated_at": "2026-01-01T00:00:00Z",
        },
    )
    Summary.objects.filter(project=project).update(reason=PAYLOAD, error=PAYLOAD, method=PAYLOAD)
    report = {"detail": PAYLOAD, "errors": [{"field": PAYLOAD, "detail": PAYLOAD}]}
    Import.objects.create(project=project, format="csv", state=Import.State.FAILED, report=report)
    rejections = [{"file": PAYLOAD, "reason": PAYLOAD}]
    done = {"created": 0, "updated": 0, "unchanged": 0, "rejected": 1, "rejections": rejections}
    Import.objects.create(project=project, format="images-zip", state=Import.State.DONE, report=done)
    return project


@pytest.mark.parametrize(
    "page", ["", "/workers", "/imports", "/members", "/settings", "/board", "/disputes", "/review", "/gold"]
)
def test_owner_pages_show_hostile_text_as_text(page: str, hostile: Project, visit: Visit, alice: Api) -> None:
    content = visit(alice).get(f"/projects/hostile{page}").content.decode()

    assert ESCAPED in content
    assert PAYLOAD not in content


def test_page_of_a_worker_with_a_hostile_name(hostile: Project, visit: Visit, alice: Api) -> None:
    voter = Membership.objects.get(name=PAYLOAD)

    content = visit(alice).get(f"/projects/hostile/workers/{voter.pk}").content.decode()

    assert ESCAPED in content
    assert PAYLOAD not in content


@pytest.mark.parametrize("page", ["/", "/projects/hostile/work"])
def test_worker_pages_show_hostile_text_as_text(page: str, hostile: Project, visit: Visit, bob: Api) -> None:
    content = visit(bob).get(page).content.decode()

    assert ESCAPED in content
    assert PAYLOAD not in content


def test_hostile_address_is_text_on_the_error_page(client: Client, db: None) -> None:
    assert PAYLOAD not in client.get(f"/{PAYLOAD}").content.decode()


def test_every_page_forbids_inline_scripts_and_other_hosts(worker: Client) -> None:
    policy = worker.get("/projects/birds/work")["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
