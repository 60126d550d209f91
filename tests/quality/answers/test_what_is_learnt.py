"""What teaches a project how far its crowd can be trusted: gold that was drawn before anybody
answered it. Decisions, gold made of them and promoted labels settle their own tasks, and change
nothing on any other."""

from typing import Any

import numpy as np
import pytest

from crowd.projects.models import Project
from quality.answers.matrix import read_matrix
from quality.gold.promotion import promote_gold
from quality.models import Consensus, GoldAnswer
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from quality.refresh.verification import differing_labels
from tasks.intake.records import TaskRecord, add_tasks
from tests.cast import NUMBERS, YES, Api
from tests.quality.refresh.test_scheduling import vote


@pytest.fixture
def n_tasks() -> int:
    return 60


@pytest.fixture
def crowd(project: Project, alice: Api, n_tasks: int) -> Project:
    """So many tasks, each answered by four of eight workers who are right three times in four; some
    end in dispute."""
    rng = np.random.default_rng(5)
    alice("PATCH", "/projects/birds", {"quality": {"max_responses": 4, "target_confidence": 0.8}})
    add_tasks(project, [TaskRecord(external_id=f"x{n}", data={"text": f"Bird {n}?"}) for n in range(n_tasks)])
    truth = rng.integers(2, size=n_tasks)
    vote(alice, *[
        f"x{n} w{w} {('yes', 'no')[truth[n] if rng.random() < 0.75 else 1 - truth[n]]}"
        for n in range(n_tasks) for w in rng.choice(8, 4, replace=False)
    ])  # fmt: skip
    refresh_project(project.pk)
    project.refresh_from_db()
    return project


def believed(project: Project, besides: set[str]) -> dict[str, Any]:
    rows = Consensus.objects.filter(project=project).exclude(task__external_id__in=besides)
    return {name: rest for name, *rest in rows.values_list("task__external_id", "label", "detail", "state")}


def disputed(project: Project) -> list[tuple[str, str]]:
    """The four least sure tasks, and the class that each has not been given."""
    rows = Consensus.objects.filter(project=project, state="disputed").order_by("confidence", "pk")[:4]
    return [(row.task.external_id, "no" if row.label == YES else "yes") for row in rows]


@pytest.mark.parametrize("n_tasks", [60, 360])
@pytest.mark.parametrize("gold", [False, True])
def test_four_wrong_decisions_change_nothing_on_any_other_task(crowd: Project, alice: Api, gold: bool) -> None:
    wrong = disputed(crowd)
    names = {name for name, _label in wrong}
    before = believed(crowd, names)
    for name, label in wrong:
        reply = alice("PUT", f"/projects/birds/tasks/{name}/adjudication", {"answer": label, "gold": gold})
        assert reply.status_code == 200, reply.content
    keep_up(crowd)
    refresh_project(crowd.pk)
    assert len(wrong) == 4
    assert believed(crowd, names) == before
    decided = Consensus.objects.filter(task__external_id__in=names)
    assert {(row.task.external_id, row.label) for row in decided} == {(name, NUMBERS[label]) for name, label in wrong}
    assert set(decided.values_list("state", "confidence")) == {("settled", 1.0)}
    assert differing_labels(crowd) == []


def test_promoted_labels_change_nothing_on_any_other_task(crowd: Project, alice: Api) -> None:
    before = believed(crowd, set())
    promoted = promote_gold(project=crowd, actor=alice.user, count=5, min_confidence=0.9)
    names = set(GoldAnswer.objects.values_list("task__external_id", flat=True))
    refresh_project(crowd.pk)
    assert sum(promoted.values()) == len(names) > 0
    assert believed(crowd, names) == {name: rest for name, rest in before.items() if name not in names}


def test_gold_that_nobody_has_answered_changes_nothing(crowd: Project, alice: Api) -> None:
    before = believed(crowd, set())
    golden = [{"external_id": f"a{n}", "data": {"text": "?"}, "gold": {"answer": "no"}} for n in range(3)]
    assert alice("POST", "/projects/birds/tasks", {"tasks": golden}).status_code == 201
    keep_up(crowd)
    refresh_project(crowd.pk)
    assert set(GoldAnswer.objects.values_list("drawn", flat=True)) == {True}
    assert believed(crowd, {"a0", "a1", "a2"}) == before


def test_gold_that_came_before_any_answer_teaches(crowd: Project, alice: Api) -> None:
    before = believed(crowd, set())
    golden = [{"external_id": f"g{n}", "data": {"text": "?"}, "gold": {"answer": "no"}} for n in range(12)]
    alice("POST", "/projects/birds/tasks", {"tasks": golden})
    vote(alice, *[f"g{n} w{w} {'yes' if w < 4 else 'no'}" for n in range(12) for w in range(8)])
    refresh_project(crowd.pk)
    assert believed(crowd, {f"g{n}" for n in range(12)}) != before
    assert (read_matrix(crowd).told >= 0).sum() == 12


def test_only_what_the_owner_gave_before_any_answer_counts_as_drawn(crowd: Project, alice: Api) -> None:
    alice("PUT", "/projects/birds/tasks/x0/gold", {"answer": "no"})  # somebody looked at its answers
    alice("POST", "/projects/birds/tasks", {"tasks": [{"external_id": "new", "data": {"text": "?"}}]})
    alice("PUT", "/projects/birds/tasks/new/gold", {"answer": "no"})
    vote(alice, "new w0 yes")
    alice("PUT", "/projects/birds/tasks/new/gold", {"answer": "yes"})  # corrected: it was drawn all the same
    drawn = dict(GoldAnswer.objects.values_list("task__external_id", "drawn"))
    assert drawn == {"x0": False, "new": True}


def test_one_answer_is_stored_as_sure_as_the_crowd_has_earned(tasks: Project, alice: Api) -> None:
    """The live label, the fitted one and one worked out again are the same, bit for bit; no label
    is certain."""
    alice("PATCH", "/projects/birds", {"quality": {"min_responses": 1, "max_responses": 1}})
    tasks.refresh_from_db()
    vote(alice, *[f"t{n} w {'no' if n == 5 else 'yes'}" for n in range(6)])
    keep_up(tasks)
    live = believed(tasks, set())
    refresh_project(tasks.pk)
    assert believed(tasks, set()) == live
    vote(alice, "t6 w yes", "t7 stranger yes")
    keep_up(tasks)
    live = believed(tasks, set())
    refresh_project(tasks.pk)
    assert believed(tasks, set()) == live
    confidence = {n: row[1] for n, row in live.items()}
    assert {max(each) for each in confidence.values()} == {max(confidence["t0"])}
    assert 0.7 < max(confidence["t0"]) < 0.85
    assert differing_labels(tasks) == []
    (row,) = [row for row in alice("GET", "/projects/birds/labels").json()["results"] if row["task"] == "t5"]
    assert (row["label"], row["confidence"]) == ("no", max(confidence["t5"]))


@pytest.mark.parametrize("when", ["before", "after"])
def test_gold_is_not_overruled_by_votes(tasks: Project, alice: Api, when: str) -> None:
    """Neither the live label nor the fitted one, whether the gold was there first or was given to
    answered tasks."""
    votes = [f"t{n} w{w} {'no' if n == 3 or n % 2 else 'yes'}" for n in range(9) for w in range(5)]
    gold = {"answer": "yes"}
    if when == "before":
        alice("PUT", "/projects/birds/tasks/t3/gold", gold)
    vote(alice, *votes)
    if when == "after":
        alice("PUT", "/projects/birds/tasks/t3/gold", gold)
    for fitted in (False, True):
        if fitted:
            refresh_project(tasks.pk)
        else:
            keep_up(tasks)
        label = Consensus.objects.get(task__external_id="t3")
        assert (label.label, label.confidence, label.source, label.state) == (YES, 1.0, "gold", "settled")
    assert differing_labels(tasks) == []
