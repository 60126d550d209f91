"""What answers have cost, what the policy has saved, and whether the forecast holds what it
says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from crowd.projects.models import Membership, Project, Role
from quality.aggregation.forecasting import Decisions, forecast
from quality.aggregation.redundancy import Policy, enough, stage_of
from quality.answers.matrix import read_matrix
from quality.budget import measuring
from quality.budget.measuring import measure_budget
from quality.kinds.choice.service import Choice
from quality.labels.inferred import infer_labels
from quality.models import Consensus, Summary
from quality.refresh.scheduling import refresh_project
from tasks.models import Assignment, Response, Task
from tests.cast import YES, Api, worker_of
from tests.quality.refresh.test_scheduling import vote


def measured(project: Project) -> dict[str, Any]:
    matrix = read_matrix(project)
    states = infer_labels(matrix, Choice().fit(matrix, project.method), project).states
    return measure_budget(matrix, states, project)


def answer(worker: Api, n: int, choice: str = "yes") -> None:
    for each in worker("POST", "/projects/birds/assignments", {"count": n}).json()["assignments"]:
        worker("PUT", f"/assignments/{each['token']}/response", {"answer": choice})


@pytest.fixture
def half_done(tasks: Project, new_worker: Callable[[], Api]) -> Project:
    """Three agree on six of ten tasks by majority, which settles at the least number of answers,
    three."""
    Project.objects.update(method="majority", target_confidence=0.9)
    for worker in [new_worker() for _ in range(3)]:
        answer(worker, 6)
    tasks.refresh_from_db()
    refresh_project(tasks.pk)
    return tasks


def test_saved_is_what_the_most_answers_for_every_decided_task_would_have_cost_more(half_done: Project) -> None:
    found = measured(half_done)

    assert Consensus.objects.filter(state="settled").count() == 6
    assert {name: found[name] for name in ("bought", "tests", "decided", "decided_bought", "fixed", "saved")} == {
        "bought": 18,
        "tests": 0,
        "decided": 6,
        "decided_bought": 18,
        "fixed": 30,
        "saved": 12,
    }
    assert found["by_answers"] == [{"answers": 3, "settled": 6, "disputed": 0}]


def test_forecast_is_of_the_tasks_still_open_and_lies_between_the_least_and_the_most(half_done: Project) -> None:
    to_come = measured(half_done)["forecast"]

    assert (to_come["open"], to_come["learnt_from"]) == (4, 6)
    assert 4 * 3 <= to_come["answers"]["low"] <= to_come["answers"]["value"] <= to_come["answers"]["high"] <= 4 * 5
    assert to_come["hours"]["value"] == pytest.approx(to_come["answers"]["value"] / to_come["pace"]["per_hour"])
    assert to_come["pace"]["per_hour"] == pytest.approx(18 * 6)  # in the ten minutes that a pace takes at least


def test_gold_and_what_a_reviewer_decided_are_no_savings(half_done: Project, alice: Api) -> None:
    gold, decided = Task.objects.filter(consensus__state="settled").order_by("pk")[:2]
    alice("PUT", f"/projects/birds/tasks/{gold.external_id}/gold", {"answer": "yes"})
    alice("PUT", f"/projects/birds/tasks/{decided.external_id}/adjudication", {"answer": "no"})

    found = measured(half_done)

    assert (found["bought"], found["tests"], found["decided"], found["saved"]) == (15, 3, 4, 8)


def test_answers_gathered_elsewhere_are_never_asked_for_again_and_give_no_pace(project: Project, alice: Api) -> None:
    vote(alice, "a w1 yes", "a w2 no", "b w1 yes")
    refresh_project(project.pk)

    found = measured(project)

    assert (found["bought"], found["decided"]) == (3, 0)
    assert found["forecast"] == {"open": 0, "learnt_from": 0, "answers": None, "pace": None, "hours": None}


def test_answers_to_gold_alone_give_no_pace_and_break_nothing(tasks: Project, alice: Api, bob: Api) -> None:
    alice("PUT", "/projects/birds/tasks/t0/gold", {"answer": "yes"})
    gold, worker = Task.objects.get(external_id="t0"), worker_of(bob, tasks)
    lease = Assignment.objects.create(task=gold, worker=worker, state="submitted", expires_at=gold.created_at)
    Response.objects.create(task=gold, worker=worker, assignment=lease, answer=YES)
    Task.objects.filter(pk=gold.pk).update(answers_counted=1)

    forecast = measured(tasks)["forecast"]

    assert (forecast["open"], forecast["pace"], forecast["hours"]) == (9, None, None)


def test_pace_is_of_the_last_day_of_work_done_here_and_counts_neither_gold_nor_what_was_gathered_elsewhere(
    half_done: Project, alice: Api
) -> None:
    """Of 18 answers gold got six; eight more came from elsewhere, all at once."""
    for task in Task.objects.filter(consensus__state="settled").order_by("pk")[:2]:
        alice("PUT", f"/projects/birds/tasks/{task.external_id}/gold", {"answer": "yes"})
    let_pass(hours=1)
    assert measured(half_done)["forecast"]["pace"]["per_hour"] == pytest.approx(12 / 17, rel=0.02)
    let_pass(hours=3)
    pace = measured(half_done)["forecast"]["pace"]
    since = timezone.now() - datetime.fromisoformat(pace["since"])
    assert pace["per_hour"] == pytest.approx(12 / 18 / 3, rel=0.02)
    assert since == pytest.approx(timedelta(days=1), abs=timedelta(minutes=5))
    vote(alice, *[f"t{n} elsewhere{n} yes" for n in range(2, 10)])
    assert measured(half_done)["forecast"]["pace"]["per_hour"] <= pace["per_hour"] * 1.2


def let_pass(hours: int) -> None:
    """Move all answers back, so that there is one in so many hours, the last one just now."""
    for age, response in enumerate(Response.objects.order_by("-pk")):
        Response.objects.filter(pk=response.pk).update(received_at=timezone.now() - timedelta(hours=hours * age))


def test_it_is_learnt_from_the_tasks_that_were_begun_last(half_done: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_rest = Task.objects.filter(consensus__state="settled").order_by("pk")
    Response.objects.filter(task=first).update(voided_at=timezone.now())
    whole = measured(half_done)["forecast"]
    monkeypatch.setattr(measuring, "LATEST", 4)
    assert (whole["learnt_from"], measured(half_done)["forecast"]["learnt_from"]) == (5, 4)


def test_budget_is_read_as_stored_and_before_the_first_fit_as_nothing(tasks: Project, alice: Api) -> None:
    before = alice("GET", "/projects/birds/budget").json()
    Summary.objects.update_or_create(project=tasks, defaults={"budget": {**before, "bought": 7}})

    assert (before["bought"], before["forecast"]["answers"]) == (0, None)
    assert alice("GET", "/projects/birds/budget").json()["bought"] == 7


def test_workers_and_outsiders_see_no_budget(tasks: Project, bob: Api, charlie: Api) -> None:
    replies = [api("GET", "/projects/birds/budget") for api in (bob, charlie)]

    assert [(reply.status_code, reply.json()["code"]) for reply in replies] == [
        (403, "role_required"),
        (404, "project_not_found"),
    ]


def test_reviewers_see_the_budget(tasks: Project, charlie: Api) -> None:
    Membership.objects.create(project=tasks, user=charlie.user, role=Role.REVIEWER)

    assert charlie("GET", "/projects/birds/budget").json()["saved"] == 0


@pytest.mark.parametrize("hard", [0.0, 0.3])
def test_ninety_percent_interval_holds_the_truth_about_as_often_as_it_says(hard: float) -> None:
    """Tasks that take two to seven answers, at a moment when a part of them is decided; hard ones
    come in clumps."""
    rng, inside = np.random.default_rng(0), []
    for _ in range(400):
        chance = np.where(np.repeat(rng.random(20) < hard, 50), 0.4, 0.7)
        takes = 1 + np.minimum(rng.geometric(chance), 6)
        begun = 500
        had = np.minimum(takes[:begun], np.where(np.arange(begun) < 400, 7, rng.integers(2, 7, size=begun)))
        found = Decisions.of(had, had == takes[:begun], least=2, most=7)
        waiting = np.bincount(had[had < takes[:begun]], minlength=8).astype(float)
        waiting[0] += 1000 - begun
        interval = forecast(found, waiting, least=2)
        inside.append(interval.low <= takes.sum() - had.sum() <= interval.high)

    assert (0.83 if hard else 0.85) <= np.mean(inside) <= 0.95


def test_what_was_quick_to_decide_does_not_pass_for_all_there_is() -> None:
    """Half of the tasks take two answers, half seven; of those, none is decided yet."""
    had = np.tile([2, 6], 100)
    found = Decisions.of(had, np.tile([True, False], 100), least=2, most=7)

    whole = forecast(found, np.array([100.0, 0, 0, 0, 0, 0, 0, 0]), least=2)

    assert whole.low <= 100 * 4.5 <= whole.high


def test_a_rule_for_one_task_and_for_many_is_the_same() -> None:
    policy = Policy(target=0.9, least=2, most=4)
    n, confidence = (each.ravel() for each in np.meshgrid(np.arange(2, 6), [0.5, 0.9, 0.95]))
    posterior = np.stack([confidence, 1 - confidence], axis=1)

    states = [stage_of(votes, sure, target=0.9, least=2, most=4) for votes, sure in zip(n, confidence, strict=True)]

    assert enough(posterior, n, policy).tolist() == [state != "open" for state in states]
