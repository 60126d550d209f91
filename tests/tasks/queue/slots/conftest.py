"""One task, and as many workers as a test wants."""

from collections.abc import Callable

import pytest

from crowd.projects.models import Membership, Project
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Task
from tests.cast import Api, worker_of

Hire = Callable[[], Membership]


@pytest.fixture
def hire(project: Project, new_worker: Callable[[], Api]) -> Hire:
    return lambda: worker_of(new_worker(), project)


@pytest.fixture
def task(project: Project) -> Task:
    """The only one. It needs three answers, and may be asked for five."""
    add_tasks(project, [TaskRecord("t0", {"text": "Bird?"})])
    return Task.objects.get()
