"""Projects that have work left and get no answers: their owners are told, once."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from crowd.projects.models import Project
from crowd.webhooks.models import Event
from crowd.webhooks.subscriptions import make_webhook
from quality.inactivity import quiet_since, tell_quiet_projects
from quality.models import Summary
from quality.refresh.scheduling import refresh_project
from tests.cast import Api
from tests.quality.refresh.test_scheduling import vote


@pytest.fixture
def quiet(tasks: Project, alice: Api) -> Project:
    """Ten tasks, one answer, and then none for two days; the owner wants to know after one."""
    make_webhook(project=tasks, actor=alice.user, url="https://example.com", kinds=["project.quiet"])
    vote(alice, "t0 w yes")
    refresh_project(tasks.pk)
    let_pass(timedelta(days=2))
    return tasks


def let_pass(age: timedelta) -> None:
    Summary.objects.update(changed_at=timezone.now() - age)


def test_a_quiet_project_is_told_once(quiet: Project) -> None:
    since = Summary.objects.get().changed_at
    for _ in range(3):
        tell_quiet_projects()
    (event,) = Event.objects.all()
    assert since is not None
    assert (event.project, event.kind, event.data["open_tasks"]) == (quiet, "project.quiet", 10)
    assert abs(datetime.fromisoformat(event.data["quiet_since"]) - since) < timedelta(milliseconds=2)
    assert json.dumps(event.data)


def test_it_is_told_again_when_answers_came_and_ceased(quiet: Project, alice: Api) -> None:
    tell_quiet_projects()
    vote(alice, "t1 w yes")
    refresh_project(quiet.pk)
    tell_quiet_projects()
    assert (Event.objects.count(), quiet_since(quiet)) == (1, None)
    Summary.objects.update(
        quiet_told_at=timezone.now() - timedelta(days=3), changed_at=timezone.now() - timedelta(hours=25)
    )
    tell_quiet_projects()
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("hours", "age", "told"),
    [
        (24, timedelta(hours=25), True),
        (24, timedelta(hours=23), False),
        (1, timedelta(minutes=61), True),
        (1, timedelta(minutes=59), False),
        (None, timedelta(days=999), False),
    ],
)
def test_how_long_is_too_long_is_for_the_owner_to_say(
    quiet: Project, alice: Api, hours: int | None, age: timedelta, told: bool
) -> None:
    alice("PATCH", "/projects/birds", {"quality": {"quiet_hours": hours}})
    let_pass(age)
    tell_quiet_projects()
    assert (Event.objects.exists(), quiet_since(quiet) is not None) == (told, told)


@pytest.mark.parametrize("change", [{"changed_at": None}, {"progress": {}}, {"progress": {"open": 0}}])
def test_a_project_without_work_left_or_answers_so_far_is_not_quiet(quiet: Project, change: dict[str, Any]) -> None:
    Summary.objects.update(**change)
    tell_quiet_projects()
    assert (Event.objects.exists(), quiet_since(quiet)) == (False, None)


def test_where_nobody_listens_it_is_remembered_as_told_all_the_same(quiet: Project) -> None:
    quiet.webhooks.update(active=False)
    tell_quiet_projects()
    assert (Event.objects.exists(), Summary.objects.get().quiet_told_at is not None) == (False, True)


def test_more_hours_than_there_can_be_break_nothing_and_are_refused(quiet: Project, alice: Api) -> None:
    Project.objects.update(quiet_hours=2**31 - 1)
    tell_quiet_projects()
    assert (Event.objects.count(), quiet_since(quiet)) == (0, None)
    reply = alice("PATCH", "/projects/birds", {"quality": {"quiet_hours": 1_000_000}})
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "quality.quiet_hours")
