"""The work a page makes does not grow with the project."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Project
from quality.models import Consensus
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Response, Task
from tests.cast import NO, YES, Api, worker_of

PAGES = ["/", "/projects/birds", "/projects/birds/board", "/projects/birds/disputes", "/projects/birds/workers"]
PAGES += ["/projects/birds/members", "/projects/birds/imports"]
PAGES += ["/projects/birds/review", "/projects/birds/gold", "/projects/birds/gold?suspect=on"]
MOST = 20


def queries(browser: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


@pytest.fixture
def grow(tasks: Project, new_worker: Callable[[], Api], refreshed: Callable[[], None]) -> Callable[[], None]:
    """More workers, more tasks, more answers, and all of them disputed."""

    def more() -> None:
        first = Task.objects.count()
        add_tasks(tasks, [TaskRecord(external_id=f"more{first + n}", data={"text": "?"}) for n in range(15)])
        workers = [worker_of(new_worker(), tasks) for _ in range(12)]
        Response.objects.bulk_create(
            Response(task=task, worker=worker, answer=[YES, NO][n % 2])
            for task in Task.objects.order_by("-pk")[:15]
            for n, worker in enumerate(workers[:4])
        )
        refreshed()
        Consensus.objects.update(state=Consensus.State.DISPUTED)

    return more


@pytest.mark.parametrize("url", PAGES)
def test_number_of_queries_is_constant(url: str, owner: Client, grow: Callable[[], Any]) -> None:
    grow()
    before = queries(owner, url)
    grow()

    assert queries(owner, url) == before
    assert before <= MOST


def test_unchanged_part_of_the_overview_is_not_sent_again(owner: Client, refreshed: Callable[[], None]) -> None:
    refreshed()
    for part in ("board", "disputes"):
        page = owner.get(f"/projects/birds/{part}")
        digest = page.context[f"{part}_digest"]

        assert owner.get(f"/projects/birds/{part}?seen={digest}").status_code == 204
        assert owner.get(f"/projects/birds/{part}?seen=other").status_code == 200
