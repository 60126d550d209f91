"""A project with one task."""

import pytest

from crowd.projects.models import Project
from crowd.webhooks.subscriptions import make_webhook
from tasks.models import Task
from tests.cast import Api


@pytest.fixture
def one(tasks: Project) -> Project:
    """The project with one task, t0."""
    Task.objects.exclude(external_id="t0").delete()
    return tasks


@pytest.fixture
def heard(one: Project, alice: Api) -> Project:
    make_webhook(project=one, actor=alice.user, url="https://example.com", kinds=["task.exhausted"])
    return one
