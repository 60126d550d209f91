"""What workers see of when they worked: their pace, and their answers by day."""

from datetime import UTC, datetime, timedelta

import pytest

from crowd.projects.models import Membership, Project
from tasks.models import Response, Task
from tasks.own_work import history
from tasks.own_work.history import answers_by_day
from tasks.own_work.overview import own_work_of
from tests.cast import YES, Api, worker_of


def answered_at(times: list[datetime], worker: Membership) -> None:
    """As if the worker had answered at these times."""
    for n, time in enumerate(times):
        task = Task.objects.create(project=worker.project, external_id=f"at{n}", answers_needed=3)
        Response.objects.create(task=task, worker=worker, answer=YES, seconds=float(n), received_at=time)


def test_pace_is_of_the_latest_answers_since_a_longer_break(tasks: Project, bob: Api) -> None:
    worker = worker_of(bob, tasks)
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    before_lunch = [start + timedelta(seconds=n) for n in range(5)]
    after_lunch = [start + timedelta(hours=1, seconds=30 * n) for n in range(11)]

    answered_at(before_lunch + after_lunch, worker)

    assert own_work_of(worker).pace == 120.0


def test_a_few_answers_are_no_pace_yet(tasks: Project, bob: Api) -> None:
    worker = worker_of(bob, tasks)
    answered_at([datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=n) for n in range(5)], worker)
    assert own_work_of(worker).pace is None


def test_answers_are_counted_by_day(tasks: Project, bob: Api) -> None:
    worker = worker_of(bob, tasks)
    now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    hours_ago = [1, 11, 13, 40, 24 * 13, 24 * 15]
    answered_at([now - timedelta(hours=hours) for hours in hours_ago], worker)
    Response.objects.filter(seconds=1.0).update(replaced_at=now)

    days = answers_by_day(worker, now)

    assert [day.isoformat() for day, _count in days][::13] == ["2026-03-20", "2026-03-07"]
    assert [count for _day, count in days] == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_days_beyond_what_is_looked_through_are_unknown_rather_than_wrong(
    tasks: Project, bob: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST_COUNTED", 3)
    worker = worker_of(bob, tasks)
    now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    answered_at([now - timedelta(days=days) for days in (2, 2, 1, 1, 0)], worker)

    assert [count for _day, count in answers_by_day(worker, now)][:4] == [1, None, None, None]
