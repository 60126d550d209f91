"""Labels that keep up with answers between two fits of everything."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crowd.projects.models import Project
from quality.kinds.choice import service
from quality.kinds.choice.votes import fit_matrix
from quality.labels.summaries import count_progress
from quality.models import Consensus, Judging, Summary
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_if_due, refresh_project
from tasks.models import Task
from tests.cast import NO, YES, Api
from tests.quality.refresh.test_scheduling import vote


@pytest.fixture
def crowd(tasks: Project, alice: Api) -> Project:
    """Five tasks answered by three who know and one who never does, fitted, and resting."""
    for n in range(5):
        right, wrong = ("yes", "no") if n % 2 else ("no", "yes")
        vote(alice, *[f"t{n} good{w} {right}" for w in range(3)], f"t{n} bad {wrong}")
    refresh_project(tasks.pk)
    Summary.objects.update(rests_until=timezone.now() + timedelta(hours=1))
    return tasks


def label_of(name: str) -> Consensus:
    return Consensus.objects.get(task__external_id=name)


def test_a_new_answer_is_in_the_label_though_the_project_rests(crowd: Project, alice: Api) -> None:
    vote(alice, "t7 good0 yes")
    refresh_if_due(crowd.pk)
    assert (label_of("t7").label, label_of("t7").responses) == (YES, 1)
    assert not Task.objects.stale().exists()


def test_what_the_last_fit_knows_of_workers_decides(crowd: Project, alice: Api) -> None:
    vote(alice, "t7 good0 yes", "t7 bad no", "t8 good0 yes", "t8 stranger no", "t9 good0 yes", "t9 good1 yes")
    keep_up(crowd)
    confidence = {name: label_of(name).confidence for name in ("t7", "t8", "t9")}
    assert {label_of(name).label for name in confidence} == {YES}
    assert confidence["t8"] < confidence["t7"]  # who is always wrong says as much as who is always right
    assert confidence["t8"] < confidence["t9"]


def test_before_any_fit_a_few_answers_are_not_taken_for_certain(tasks: Project, alice: Api) -> None:
    vote(alice, "t0 a yes", "t1 a yes", "t1 b yes")
    keep_up(tasks)
    assert 0.5 < label_of("t0").confidence < label_of("t1").confidence < 0.95


def test_the_work_follows_what_is_new_and_not_the_project(crowd: Project, alice: Api) -> None:
    def statements(name: str) -> int:
        vote(alice, f"{name} good0 yes")
        with CaptureQueriesContext(connection) as context:
            keep_up(crowd)
        return len(context)

    few = statements("t8")
    alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": f"x{n}", "data": {"n": n}} for n in range(900)]})
    keep_up(crowd)
    vote(alice, *[f"x{n} good{w} yes" for n in range(300) for w in range(3)])
    keep_up(crowd)
    assert statements("t9") == few


def test_progress_that_moved_along_is_what_counting_anew_gives(crowd: Project, alice: Api) -> None:
    vote(alice, "t7 good0 yes", "t7 good1 yes", "t7 good2 yes", "t8 a yes")
    alice("PUT", "/projects/birds/tasks/t9/gold", {"answer": "yes"})
    alice("PUT", "/projects/birds/tasks/t6/adjudication", {"answer": "yes"})
    alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": "x", "data": {"text": "x"}}]})
    keep_up(crowd)
    alice("DELETE", "/projects/birds/tasks/t6/adjudication")
    vote(alice, "t8 b yes", "t8 c yes", "t8 d yes", "t8 e no")
    keep_up(crowd)
    moved, counted = Summary.objects.get().progress, count_progress(crowd)
    assert {**moved, "workers": 0} == {**counted, "workers": 0}
    assert (moved["tasks"], moved["gold"], moved["responses"]) == (10, 1, 28)


def test_a_fit_leaves_alone_what_was_answered_while_it_ran(
    crowd: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(alice, "t7 good0 yes")

    def while_somebody_answers(*args: Any) -> Any:
        fit = fit_matrix(*args)
        vote(alice, "t7 good1 yes")
        keep_up(crowd)
        return fit

    monkeypatch.setattr(service, "fit_matrix", while_somebody_answers)
    refresh_project(crowd.pk)
    assert label_of("t7").responses == 2
    assert Summary.objects.get().changed == 1
    assert not Task.objects.stale().exists()


def test_a_fit_does_not_overrule_a_decision_that_was_made_while_it_ran(
    crowd: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(alice, "t7 good0 yes")

    def while_somebody_decides(*args: Any) -> Any:
        fit = fit_matrix(*args)
        alice("PUT", "/projects/birds/tasks/t7/adjudication", {"answer": "no"})
        return fit

    monkeypatch.setattr(service, "fit_matrix", while_somebody_decides)
    refresh_project(crowd.pk)
    assert (label_of("t7").label, label_of("t7").source) == (NO, "adjudicated")


def test_a_step_that_was_killed_half_way_is_done_again(
    crowd: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(alice, "t7 good0 yes")

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("quality.refresh.live.mark_judged", die)
    with pytest.raises(KeyboardInterrupt):
        keep_up(crowd)
    monkeypatch.undo()
    Judging.objects.update(next_try_at=None)
    before = Summary.objects.get().progress
    keep_up(crowd)
    assert Summary.objects.get().progress == before
    assert (label_of("t7").responses, Task.objects.stale().count()) == (1, 0)


def test_gold_that_is_withdrawn_is_judged_like_the_rest(crowd: Project, alice: Api) -> None:
    alice("PUT", "/projects/birds/tasks/t1/gold", {"answer": "no"})
    keep_up(crowd)
    assert (label_of("t1").label, label_of("t1").source) == (NO, "gold")
    alice("DELETE", "/projects/birds/tasks/t1/gold")
    keep_up(crowd)
    assert (label_of("t1").label, label_of("t1").source) == (YES, "consensus")


def test_two_jobs_never_judge_one_project_at_once(crowd: Project, alice: Api) -> None:
    vote(alice, "t7 good0 yes")
    Judging.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    keep_up(crowd)
    assert not Consensus.objects.filter(task__external_id="t7").exists()


def test_another_project_with_a_failing_judge_harms_nobody(crowd: Project, alice: Api, charlie: Api) -> None:
    body = {"slug": "other", "name": "Other", "schema": {"type": "choice", "classes": ["a", "b"]}}
    charlie("POST", "/projects", body)
    other = Project.objects.get(slug="other")
    charlie("POST", "/projects/other/responses/import", "task,worker,answer\nx,w,a\n", content_type="text/csv")
    Summary.objects.create(project=other, judge=b"no judge at all")
    vote(alice, "t7 good0 yes")
    for project in (other, crowd):
        refresh_if_due(project.pk)
    assert "pickled" in Summary.objects.get(project=other).error
    assert label_of("t7").responses == 1
