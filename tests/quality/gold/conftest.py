"""A project that has its answers already."""

import pytest

from crowd.projects.models import Project
from tasks.intake.records import TaskRecord, add_tasks
from tests.cast import Api
from tests.quality.gold.crowd import TASKS, vote, votes_of


@pytest.fixture
def crowd(project: Project, alice: Api) -> Project:
    """Forty tasks, five good workers, no gold yet."""
    add_tasks(project, [TaskRecord(external_id=f"t{n}", data={"text": f"Bird {n}?"}) for n in range(TASKS)])
    vote(alice, "birds", votes_of(5, 0))
    return project
