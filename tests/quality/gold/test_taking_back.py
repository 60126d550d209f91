"""Gold that is withdrawn or corrected, beside a project where it never was."""

from typing import Any

import pytest

from crowd.projects.models import Project
from crowd.projects.ownership import create_project
from quality.models import Consensus, WorkerScore
from quality.refresh.scheduling import refresh_project
from tasks.intake.records import TaskRecord, add_tasks
from tests.cast import CHOICE, Api
from tests.quality.gold.crowd import OTHER, TASKS, give, truth, vote, votes_of

SCORED = ("responses", "reliability", "reliability_low", "reliability_high", "gold_right", "gold_seen", "confusion")


def standing_of(slug: str) -> tuple[Any, Any]:
    """All that is believed of the workers and the tasks of a project, by name."""
    scores = WorkerScore.objects.filter(worker__project__slug=slug).order_by("worker__name")
    labels = Consensus.objects.filter(project__slug=slug).order_by("task__external_id")
    columns = ("task__external_id", "label", "confidence", "detail", "state", "source")
    return list(scores.values("worker__name", *SCORED)), list(labels.values(*columns))


@pytest.mark.parametrize("mended", ["withdrawn", "corrected"])
def test_gold_that_is_taken_back_leaves_no_trace_in_any_score(crowd: Project, alice: Api, mended: str) -> None:
    """Beside a project where it never was."""
    quality = {"min_responses": 3, "max_responses": 5, "gold_rate": 0.0}
    clean = create_project(owner=alice.user, slug="clean", name="Clean", schema=CHOICE, quality=quality)
    add_tasks(clean, [TaskRecord(external_id=f"t{n}", data={"text": f"Bird {n}?"}) for n in range(TASKS)])
    vote(alice, "clean", votes_of(5, 0))
    give(alice, *[(n, truth(n)) for n in range(5)], slug="clean")
    give(alice, *[(n, truth(n)) for n in range(5)], (5, OTHER[truth(5)]), (6, OTHER[truth(6)]))
    refresh_project(crowd.pk)
    spoiled = standing_of("birds")
    if mended == "withdrawn":
        for n in (5, 6):
            alice("DELETE", f"/projects/birds/tasks/t{n}/gold")
    else:
        give(alice, (5, truth(5)), (6, truth(6)))
        give(alice, (5, truth(5)), (6, truth(6)), slug="clean")
    for project in (crowd, clean):
        refresh_project(project.pk)
    assert standing_of("birds") == standing_of("clean")
    assert spoiled[0] != standing_of("clean")[0]
