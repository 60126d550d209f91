"""Gold that may be wrong: how doubtful it is, and the list of what is suspect."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from crowd.projects.models import Project
from crowd.projects.ownership import create_project
from quality.answers.matrix import read_matrix
from quality.gold import suspects as checks
from quality.gold.suspects import doubt_of_gold, store_doubts, suspect_gold
from quality.kinds.choice.service import Choice
from quality.models import GoldAnswer
from tasks.intake.records import TaskRecord, add_tasks
from tasks.models import Task
from tests.cast import Api
from tests.quality.gold.crowd import OTHER, TASKS, give, truth, vote, votes_of


def doubts(project: Project) -> dict[str, float]:
    """The doubt of each piece of gold by the name of its task."""
    matrix = read_matrix(project)
    found = doubt_of_gold(matrix, Choice().fit(matrix, project.method))
    store_doubts(project, found)
    names = dict(Task.objects.filter(pk__in=found).values_list("pk", "external_id"))
    return {names[task_id]: doubt for task_id, doubt in found.items()}


def test_gold_that_good_workers_contradict_is_suspect_and_no_other(crowd: Project, alice: Api) -> None:
    give(alice, *[(n, truth(n)) for n in range(10)], *[(n, OTHER[truth(n)]) for n in (11, 12)])
    found = doubts(crowd)
    assert {name for name, doubt in found.items() if doubt > 0.9} == {"t11", "t12"}
    assert all(doubt < 0.1 for name, doubt in found.items() if name not in {"t11", "t12"})
    assert set(suspect_gold(crowd).values_list("task__external_id", flat=True)) == {"t11", "t12"}


def test_liars_cast_no_doubt(project: Project, alice: Api) -> None:
    add_tasks(project, [TaskRecord(external_id=f"t{n}", data={"n": n}) for n in range(TASKS)])
    vote(alice, "birds", votes_of(2, 5))
    give(alice, *[(n, truth(n)) for n in range(20)])
    assert max(doubts(project).values()) < 0.5


def test_wrong_gold_is_found_though_a_third_of_the_gold_is_wrong(crowd: Project, alice: Api) -> None:
    """Who follows the truth against so much of it looks bad, if one believes the gold."""
    wrong = {f"t{n}" for n in (9, 12, 15, 18)}
    give(alice, *[(n, OTHER[truth(n)] if f"t{n}" in wrong else truth(n)) for n in range(8, 20)])
    found = doubts(crowd)
    assert {name for name, doubt in found.items() if doubt > 0.9} == wrong


def test_a_workers_own_contradiction_is_not_held_against_the_worker(crowd: Project, alice: Api) -> None:
    """Three who have answered three tasks each: with the one in question they would look a third
    worse."""
    add_tasks(crowd, [TaskRecord(external_id=f"new{n}", data={"n": n}) for n in range(3)])
    rows = [f"new{n},few{w},{'no' if n == 2 else 'yes'}" for n in range(3) for w in range(3)]
    vote(alice, "birds", iter(rows))
    for n in range(3):
        alice("PUT", f"/projects/birds/tasks/new{n}/gold", {"answer": "yes"})
    matrix = read_matrix(crowd)
    fit = Choice().fit(matrix, "dawid-skene")
    found = doubt_of_gold(matrix, fit)
    assert found == pytest.approx(_one_by_one(matrix, fit.classes), abs=1e-5)


def _one_by_one(matrix: Any, fit: Any) -> dict[int, float]:
    """The same by loops: all counts made anew for each task, without it."""
    c, gold_tasks = matrix.n_classes, np.flatnonzero(matrix.gold != -1).tolist()
    belief = {t: np.eye(c)[matrix.gold[t]] for t in gold_tasks}
    sure = (1 + 1 / c) / 2
    moderate = np.where(np.eye(c, dtype=bool), sure, (1 - sure) / (c - 1))
    answers = list(zip(matrix.task.tolist(), matrix.worker.tolist(), matrix.answer.tolist(), strict=True))
    for _pass in range(checks.PASSES):
        after = {}
        for t in gold_tasks:
            counts = np.zeros((len(matrix.worker_ids), c, c))
            for task, worker, label in answers:
                if task != t:
                    counts[worker, :, label] += belief[task] if task in belief else fit.posterior[task]
            company = counts.sum(axis=0) + checks.BEGINNING * moderate
            company /= company.sum(axis=1, keepdims=True)
            score = np.where(np.arange(c) == matrix.gold[t], 1 - checks.WRONG_GOLD, checks.WRONG_GOLD / (c - 1))
            for worker, label in [(w, a) for task, w, a in answers if task == t]:
                given = counts[worker, :, label] + checks.COMPANY * company[:, label]
                score = score * given / (counts[worker].sum(axis=1) + checks.COMPANY)
            after[t] = score / score.sum()
        belief = after
    return {int(matrix.task_ids[t]): 1 - float(belief[t][matrix.gold[t]]) for t in gold_tasks}


def _by_accuracy(matrix: Any, fit: Any) -> dict[int, float]:
    """By loops, where a wrong answer is any of the others alike."""
    c, gold_tasks = matrix.n_classes, np.flatnonzero(matrix.gold != -1).tolist()
    belief = {t: np.eye(c)[matrix.gold[t]] for t in gold_tasks}
    answers = list(zip(matrix.task.tolist(), matrix.worker.tolist(), matrix.answer.tolist(), strict=True))
    for _pass in range(checks.PASSES):
        right, seen, after = np.zeros(len(matrix.worker_ids)), np.zeros(len(matrix.worker_ids)), {}
        for task, worker, label in answers:
            right[worker] += (belief[task] if task in belief else fit.posterior[task])[label]
            seen[worker] += 1
        company = (right.sum() + checks.BEGINNING * (1 + 1 / c) / 2) / (seen.sum() + checks.BEGINNING)
        for t in gold_tasks:
            score = np.where(np.arange(c) == matrix.gold[t], 1 - checks.WRONG_GOLD, checks.WRONG_GOLD / (c - 1))
            for worker, label in [(w, a) for task, w, a in answers if task == t]:
                rights = right[worker] - belief[t][label] + checks.COMPANY * company
                accuracy = rights / (seen[worker] - 1 + checks.COMPANY)
                score[label] *= accuracy / ((1 - accuracy) / (c - 1))
            after[t] = score / score.sum()
        belief = after
    return {int(matrix.task_ids[t]): 1 - float(belief[t][matrix.gold[t]]) for t in gold_tasks}


@pytest.mark.parametrize(("largest", "by_loops"), [(2**22, _one_by_one), (0, _by_accuracy)])
def test_doubt_with_several_classes_is_what_loops_make_of_it(
    alice: Api, monkeypatch: pytest.MonkeyPatch, largest: int, by_loops: Callable[[Any, Any], dict[int, float]]
) -> None:
    """Four classes, workers of several qualities and with answers to some tasks only; some gold is
    wrong."""
    rng, classes = np.random.default_rng(3), ["a", "b", "c", "d"]
    schema: Any = {"type": "choice", "classes": [{"name": name} for name in classes]}
    project = create_project(owner=alice.user, slug="birds", name="Birds", schema=schema)
    add_tasks(project, [TaskRecord(external_id=f"t{n}", data={"n": n}) for n in range(30)])
    right, quality = rng.integers(4, size=30), rng.uniform(0.3, 0.95, 8)
    said = {(n, w): right[n] if rng.random() < quality[w] else rng.integers(4) for n in range(30) for w in range(8)}
    rows = [f"t{n},w{w},{classes[label]}" for (n, w), label in said.items() if rng.random() < 0.6]
    vote(alice, "birds", iter(rows))
    give(alice, *[(n, classes[right[n] if n % 4 else (right[n] + 1) % 4]) for n in range(12)])
    monkeypatch.setattr(checks, "LARGEST", largest)
    matrix = read_matrix(project)
    fit = Choice().fit(matrix, "dawid-skene")
    found = doubt_of_gold(matrix, fit)
    assert found == pytest.approx(by_loops(matrix, fit.classes), abs=1e-6)
    assert len(found) == 12


def test_what_is_found_with_very_many_classes_is_the_same(
    crowd: Project, alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(alice, *[(n, truth(n)) for n in range(10)], (11, OTHER[truth(11)]))
    matrices = doubts(crowd)
    monkeypatch.setattr(checks, "LARGEST", 0)
    accuracies = doubts(crowd)
    assert {name: doubt > 0.9 for name, doubt in accuracies.items()} == {n: d > 0.9 for n, d in matrices.items()}
    assert accuracies["t11"] > 0.9


def test_a_reviewers_word_decides_how_doubtful_gold_is(crowd: Project, alice: Api) -> None:
    give(alice, (0, truth(0)), (1, OTHER[truth(1)]))
    alice("PUT", "/projects/birds/tasks/t0/adjudication", {"answer": OTHER[truth(0)]})
    alice("PUT", "/projects/birds/tasks/t1/adjudication", {"answer": OTHER[truth(1)]})
    assert doubts(crowd) == {"t0": 1.0, "t1": 0.0}


def test_doubts_are_stored_where_they_differ_and_go_with_the_answers(crowd: Project, alice: Api) -> None:
    give(alice, (0, truth(0)), (1, OTHER[truth(1)]))
    ids = {name: Task.objects.get(external_id=name).pk for name in ("t0", "t1")}
    counts = [store_doubts(crowd, {ids["t0"]: 0.1, ids["t1"]: 0.95}) for _ in range(2)]
    assert counts == [2, 0]
    assert store_doubts(crowd, {ids["t1"]: 0.95}) == 1
    assert dict(GoldAnswer.objects.values_list("task__external_id", "doubt")) == {"t0": None, "t1": 0.95}


def suspects(alice: Api) -> list[str]:
    return [row["task"] for row in alice("GET", "/projects/birds/gold?suspect=1").json()["results"]]


def test_suspect_gold_is_listed_until_it_is_confirmed_or_corrected(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    give(alice, *[(n, truth(n)) for n in range(6)], *[(n, OTHER[truth(n)]) for n in (11, 12)])
    refreshed()
    doubts(crowd)
    before = suspects(alice)
    assert alice("PUT", "/projects/birds/tasks/t11/gold/confirmation").status_code == 204
    give(alice, (12, truth(12)))
    after = suspects(alice)
    doubts(crowd)
    assert (set(before), after, suspects(alice)) == ({"t11", "t12"}, [], [])
    rows = {row["task"]: row for row in alice("GET", "/projects/birds/gold").json()["results"]}
    assert (rows["t11"]["right"], rows["t11"]["seen"], rows["t11"]["suspect"]) == (0, 5, False)
    assert (rows["t12"]["right"], rows["t12"]["seen"], rows["t12"]["origin"]) == (5, 5, "given")


def test_pages_lead_through_gold_that_is_equally_doubtful(
    crowd: Project, alice: Api, refreshed: Callable[[], None]
) -> None:
    give(alice, *[(n, truth(n)) for n in range(7)])
    refreshed()
    GoldAnswer.objects.update(doubt=0.95)
    GoldAnswer.objects.filter(task__external_id="t3").update(doubt=0.99)
    path, seen = "/projects/birds/gold?suspect=1&limit=2", []
    while path:
        page = alice("GET", path).json()
        seen += [row["task"] for row in page["results"]]
        path = page["next"] and page["next"].partition("/api/v1")[2]
    assert (seen[0], sorted(seen)) == ("t3", [f"t{n}" for n in range(7)])


def test_two_answers_are_too_few_for_a_suspicion(crowd: Project, alice: Api, refreshed: Callable[[], None]) -> None:
    add_tasks(crowd, [TaskRecord(external_id="few", data={"n": 1})])
    vote(alice, "birds", iter(["few,good0,no", "few,good1,no"]))
    alice("PUT", "/projects/birds/tasks/few/gold", {"answer": "yes"})
    refreshed()
    GoldAnswer.objects.update(doubt=0.99)
    assert suspects(alice) == []
