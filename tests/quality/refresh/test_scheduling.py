"""Refreshes: what starts one, that two never run at once, and that a failure harms nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crowd.projects.models import Project
from crowd.projects.ownership import create_project
from quality.kinds.choice import service
from quality.kinds.choice.votes import fit_matrix
from quality.labels.requests import request_refresh
from quality.models import Consensus, Fitting, Judging, Refresh, Summary
from quality.refresh.live import keep_up
from quality.refresh.scheduling import projects_to_refresh, refresh_if_due, refresh_project
from tasks.models import Task
from tests.cast import CHOICE, Api


def vote(alice: Api, *rows: str) -> None:
    lines = "\n".join(",".join(row.split()) for row in rows)
    alice("POST", "/projects/birds/responses/import", f"task,worker,answer\n{lines}\n", content_type="text/csv")


def let_rest_pass() -> None:
    Summary.objects.update(rests_until=None)
    for work in (Judging, Fitting):
        work.objects.update(next_try_at=None)


def test_a_new_project_is_counted_once_and_left_in_peace(tasks: Project) -> None:
    assert projects_to_refresh() == [tasks.pk]
    refresh_project(tasks.pk)
    let_rest_pass()
    assert projects_to_refresh() == []
    assert Summary.objects.get().progress == {
        "tasks": 10,
        "gold": 0,
        "training": 0,
        "settled": 0,
        "disputed": 0,
        "exhausted": 0,
        "open": 10,
        "responses": 0,
        "workers": 0,
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda alice: vote(alice, "t0 w yes"),
        lambda alice: alice("PATCH", "/projects/birds", {"quality": {"target_confidence": 0.8}}),
        lambda alice: alice("PUT", "/projects/birds/tasks/t0/gold", {"answer": "yes"}),
        lambda alice: alice("PUT", "/projects/birds/tasks/t0/adjudication", {"answer": "yes"}),
        lambda alice: alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": "x", "data": {"text": "x"}}]}),
        lambda alice: alice("POST", "/projects/birds/refresh"),
    ],
)
def test_whatever_may_change_a_label_makes_the_project_due(
    tasks: Project, alice: Api, change: Callable[[Api], object]
) -> None:
    refresh_project(tasks.pk)
    let_rest_pass()
    change(alice)
    assert projects_to_refresh() == [tasks.pk]


def test_a_class_that_is_added_has_everything_fitted_with_it(tasks: Project, alice: Api) -> None:
    vote(alice, "t0 a yes", "t0 b yes", "t1 a no")
    refresh_project(tasks.pk)
    let_rest_pass()
    classes = [{"name": name} for name in ("yes", "no", "unclear")]
    assert alice("PATCH", "/projects/birds", {"schema": {"type": "choice", "classes": classes}}).status_code == 200
    assert projects_to_refresh() == [tasks.pk]
    refresh_if_due(tasks.pk)
    shares = list(Consensus.objects.order_by("task").values_list("detail", flat=True))
    assert [len(each) for each in shares] == [3, 3]
    assert all(each[2] > 0 for each in shares)
    let_rest_pass()
    assert projects_to_refresh() == []


def test_a_project_rests_after_a_fit_but_not_from_a_request(tasks: Project, alice: Api) -> None:
    refresh_project(tasks.pk)
    vote(alice, "t0 w yes")
    keep_up(tasks)
    Summary.objects.update(rests_until=timezone.now() + timedelta(minutes=5))
    assert projects_to_refresh() == []
    request_refresh(tasks)
    assert projects_to_refresh() == [tasks.pk]


def test_a_wish_wakes_the_jobs_after_the_commit_so_that_nobody_waits_for_a_sweep(
    tasks: Project, alice: Api, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as wake_ups:
        assert alice("POST", "/projects/birds/refresh").status_code == 202
    assert len(wake_ups) == 1


def test_a_fit_waits_until_enough_is_new_or_nothing_comes_any_more(tasks: Project) -> None:
    refresh_project(tasks.pk)
    let_rest_pass()
    due = []
    for changed, quiet in ((99, False), (100, False), (1, True), (0, True)):
        changed_at = timezone.now() - timedelta(minutes=quiet)
        Summary.objects.update(fitted=1000, changed=changed, changed_at=changed_at)
        due.append(projects_to_refresh() == [tasks.pk])
    assert due == [False, True, True, False]


def test_a_project_that_somebody_refreshes_is_left_to_them(tasks: Project, alice: Api) -> None:
    vote(alice, "t0 w yes")
    later = timezone.now() + timedelta(minutes=1)
    Judging.objects.create(project=tasks, claimed_until=later)
    Fitting.objects.create(project=tasks, claimed_until=later)
    request_refresh(tasks)
    refresh_project(tasks.pk)
    assert projects_to_refresh() == []
    assert not Consensus.objects.exists()
    assert Refresh.objects.get().state == "queued"


def test_the_claim_of_a_killed_refresh_runs_out(tasks: Project, alice: Api) -> None:
    vote(alice, "t0 w yes")
    before = timezone.now() - timedelta(seconds=1)
    Judging.objects.create(project=tasks, claimed_until=before)
    Fitting.objects.create(project=tasks, claimed_until=before)
    killed = Refresh.objects.create(project=tasks, state="running")
    assert projects_to_refresh() == [tasks.pk]
    refresh_project(tasks.pk)
    killed.refresh_from_db()
    assert (killed.state, killed.error, killed.method) == ("done", "", "majority")
    assert Consensus.objects.count() == 1


def test_an_answer_that_comes_in_meanwhile_is_seen_by_the_next_refresh(
    tasks: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(alice, "t0 a yes")

    def while_somebody_answers(*args: Any) -> Any:
        vote(alice, "t0 b yes")
        return fit_matrix(*args)

    monkeypatch.setattr(service, "fit_matrix", while_somebody_answers)
    refresh_project(tasks.pk)
    monkeypatch.undo()
    assert [task.external_id for task in Task.objects.stale()] == ["t0"]
    refresh_project(tasks.pk)
    assert Consensus.objects.get().responses == 2


def test_a_failure_is_told_and_other_projects_go_on(
    tasks: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = create_project(owner=alice.user, slug="other", name="Other", schema=CHOICE)
    vote(alice, "t0 a yes")
    asked = request_refresh(tasks)

    def fail(*_args: object) -> object:
        raise ZeroDivisionError("no votes at all")

    monkeypatch.setattr(service, "fit_matrix", fail)
    refresh_project(tasks.pk)
    told = alice("GET", f"/projects/birds/refreshes/{asked.pk}").json()
    assert (told["state"], told["error"]) == ("failed", "ZeroDivisionError: no votes at all")
    assert Summary.objects.get().error == "ZeroDivisionError: no votes at all"
    assert projects_to_refresh() == [other.pk]


@pytest.mark.parametrize("step", ["quality.refresh.live.judge_some", "quality.kinds.choice.service.fit_matrix"])
def test_what_fails_again_and_again_is_left_alone_until_somebody_asks(
    tasks: Project, alice: Api, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    runs = []

    def fail(*_args: object) -> object:
        runs.append(step)
        raise ZeroDivisionError

    monkeypatch.setattr(step, fail)
    vote(alice, "t0 a yes")
    for _ in range(6):
        refresh_if_due(tasks.pk)
        let_rest_pass()
    assert len(runs) == 3
    monkeypatch.undo()
    assert projects_to_refresh() == []
    request_refresh(tasks)
    refresh_if_due(tasks.pk)
    assert (Consensus.objects.count(), Fitting.objects.get().attempts) == (1, 0)


def test_a_project_deleted_meanwhile_is_no_error(tasks: Project) -> None:
    refresh_project(tasks.pk + 1)


def test_another_policy_reopens_what_it_does_not_find_sure(tasks: Project, alice: Api) -> None:
    alice("PATCH", "/projects/birds", {"quality": {"method": "majority", "target_confidence": 0.6}})
    vote(alice, "t0 a yes", "t0 b yes", "t0 c no")
    refresh_project(tasks.pk)
    before = Consensus.objects.get().state
    alice("PATCH", "/projects/birds", {"quality": {"target_confidence": 0.9, "min_responses": 4}})
    refresh_project(tasks.pk)
    assert (before, Consensus.objects.get().state) == ("settled", "open")
    assert set(Task.objects.values_list("answers_needed", flat=True)) == {4}
