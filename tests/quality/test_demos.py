"""The demo of each kind of answer: a project with gold, whose right answers are answers to its
tasks."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from crowd.projects.answer_kinds import parsed, registered
from crowd.projects.models import Project
from quality.demo import DEMOS, demo_of
from quality.models import GoldAnswer
from tasks.models import Task


def test_every_kind_has_a_demo() -> None:
    assert set(DEMOS) == set(registered())


@pytest.mark.parametrize("kind", DEMOS)
def test_a_demo_is_made_once_with_gold_and_a_truth_for_each_task(
    db: None, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    settings.DATA_DIR = tmp_path
    call_command("demo", kind)
    call_command("demo", kind)
    project = Project.objects.get()
    demo = demo_of(project)
    assert demo is not None
    assert (demo.kind, project.schema["type"]) == (kind, kind)
    said = capsys.readouterr().out
    assert f"/projects/{project.slug}" in said
    assert "owner@demo.example" in said
    truth, tasks = demo.truth(), Task.objects.for_project(project)
    assert {task.external_id for task in tasks} == truth.keys()
    for task in tasks.filter(purpose=Task.Purpose.WORK)[:20]:
        parsed(truth[task.external_id], project, task)
    right = {gold.task.external_id: gold.answer for gold in GoldAnswer.objects.select_related("task")}
    assert len(right) >= len(truth) // 10
    for gold in GoldAnswer.objects.select_related("task"):
        assert gold.answer == parsed(truth[gold.task.external_id], project, gold.task)
