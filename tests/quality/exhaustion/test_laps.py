"""The job that looks for exhausted tasks: in steps, when there is news, and from where it was
killed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crowd.projects.models import Project
from crowd.webhooks.subscriptions import make_webhook
from quality.exhaustion import sifting
from quality.models import Sifting
from tasks.models import Task
from tests.cast import Api
from tests.quality.exhaustion.steps import exhausted, skip_all, told


def _killed_when_telling(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    if "webhooks_delivery" in sql:
        raise KeyboardInterrupt
    return execute(sql, *rest)


def test_a_lap_that_was_killed_goes_on_where_it_was(
    tasks: Project, alice: Api, bob: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_webhook(project=tasks, actor=alice.user, url="https://example.com", kinds=["task.exhausted"])
    skip_all(bob)
    monkeypatch.setattr(sifting, "STEP", 3)
    monkeypatch.setattr(sifting, "STEPS", 2)
    sifting.sift(tasks.pk)
    assert exhausted() == [f"t{n}" for n in range(6)]
    with connection.execute_wrapper(_killed_when_telling), pytest.raises(KeyboardInterrupt):
        sifting.sift(tasks.pk)
    assert exhausted() == [f"t{n}" for n in range(6)]
    Sifting.objects.update(next_try_at=None, lap_at=timezone.now())
    assert sifting.projects_to_sift() == [tasks.pk]
    sifting.sift(tasks.pk)
    assert exhausted() == [f"t{n}" for n in range(10)]
    assert [data["task"] for _kind, data in told()] == exhausted()
    assert Sifting.objects.get().reached is None


def test_without_news_no_lap_begins_before_its_time(tasks: Project, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(tasks.pk)
    Task.objects.update(exhausted_at=None)
    sifting.sift(tasks.pk)
    rested = exhausted()
    Sifting.objects.update(lap_at=timezone.now() - sifting.AT_LEAST_EVERY)
    sifting.sift(tasks.pk)
    assert (rested, len(exhausted())) == ([], 10)


def test_a_step_is_a_few_statements_however_many_tasks_it_looks_at(tasks: Project, bob: Api) -> None:
    skip_all(bob)
    sifting.sift(tasks.pk)
    Sifting.objects.update(lap_at=None)
    with CaptureQueriesContext(connection) as captured:
        sifting.sift(tasks.pk)
    on_tasks = [each["sql"] for each in captured if "tasks_assignment" in each["sql"] or "tasks_task" in each["sql"]]
    assert len(on_tasks) == 2
