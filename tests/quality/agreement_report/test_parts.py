"""Agreement in parts: of each class, of classes mixed up with each other, of every two workers, and
over time."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Membership, Project, Role
from crowd.projects.ownership import create_project
from quality.agreement import class_agreement, measure_two
from quality.agreement_report.history import DAYS_SHOWN, agreement_points, note_agreement
from quality.agreement_report.parts import CLASS_PAIRS, COMPARED, WORKERS, measure_parts
from quality.answers.matrix import read_matrix
from quality.kinds.choice.votes import fit_matrix
from quality.kinds.matrix import AnswerMatrix
from quality.labels.summaries import measure_agreement
from quality.models import AgreementPoint, Summary
from tests.cast import Api
from tests.quality.refresh.test_scheduling import vote

A_AND_B = [("yes", "yes")] * 6 + [("yes", "no")] * 2 + [("no", "no")] * 2


def parts_of(project: Project) -> dict[str, Any]:
    matrix = read_matrix(project)
    return measure_parts(matrix, fit_matrix(matrix, project.method))


def stored(project: Project) -> dict[str, Any]:
    """Store what a fit would, and return it."""
    parts = parts_of(project)
    Summary.objects.update_or_create(project=project, defaults={"agreement_parts": parts})
    return parts


@pytest.fixture
def voted(tasks: Project, alice: Api) -> Project:
    """Two workers on ten tasks: both say yes to six and no to two; to the other two a says yes and
    b no."""
    for n, (first, second) in enumerate(A_AND_B):
        vote(alice, f"t{n} a {first}", f"t{n} b {second}")
    return tasks


def made_up(rng: np.random.Generator, tasks: int, workers: int, classes: int, each: int) -> AnswerMatrix:
    """A matrix of workers who are right in six of ten cases, made without a database."""
    asked = np.argsort(rng.random((tasks, workers)), axis=1)[:, :each]
    task, worker = np.repeat(np.arange(tasks), each), asked.ravel()
    truth = rng.integers(classes, size=tasks)
    label = np.where(rng.random(len(task)) < 0.6, truth[task], rng.integers(classes, size=len(task)))
    unknown = np.full(tasks, -1)
    return AnswerMatrix(
        task_ids=np.arange(100, 100 + tasks),
        revisions=np.ones(tasks, dtype=np.int64),
        worker_ids=np.arange(500, 500 + workers),
        machine=np.zeros(workers, dtype=bool),
        prior=np.zeros((2, workers)),
        task=task,
        worker=worker,
        answer=label,
        response=np.arange(1, len(task) + 1),
        seconds=np.full(len(task), np.nan),
        gold=unknown,
        drawn=unknown != -1,
        adjudicated=unknown,
        values=range(classes),
    )


def test_figures_are_those_worked_out_by_hand(voted: Project) -> None:
    parts = parts_of(voted)

    yes, no = parts["classes"]
    assert yes["fleiss_kappa"]["value"] == pytest.approx(1 - 0.2 / (2 * 0.7 * 0.3))
    assert yes["krippendorff_alpha"]["value"] == pytest.approx(1 - 0.2 / (2 * 14 * 6 / (20 * 19)))
    assert (yes["answers"], yes["tasks"], yes["agreeing_pairs"], yes["disagreeing_pairs"]) == (14, 8, 6, 2)
    assert (no["answers"], no["tasks"], no["agreeing_pairs"], no["disagreeing_pairs"]) == (6, 4, 2, 2)
    assert yes["labelled"] + no["labelled"] == 10
    assert yes["right_to_labelled"] + no["right_to_labelled"] == 18
    assert parts["disagreements"] == [[0, 1, 2, 2]]
    (first, second, tasks, same, kappa, low, high) = parts["pairs"][0]
    assert (
        {first, second}
        == set(parts["workers"])
        == set(Membership.objects.filter(name__in=["a", "b"]).values_list("pk", flat=True))
    )
    assert (tasks, same, kappa) == (10, 0.8, round((0.8 - 0.56) / (1 - 0.56), 4))
    assert low < kappa < high
    assert parts["compared"] == 1.0
    assert json.loads(json.dumps(parts)) == parts


def test_classes_and_pairs_are_those_of_the_pure_functions() -> None:
    matrix = made_up(np.random.default_rng(3), tasks=150, workers=8, classes=4, each=5)
    counts = np.zeros((150, 4), dtype=int)
    np.add.at(counts, (matrix.task, matrix.answer), 1)

    parts = measure_parts(matrix, fit_matrix(matrix, "majority"))

    for row, measured in zip(parts["classes"], class_agreement(counts, np.random.default_rng(1)), strict=True):
        for name in ("fleiss_kappa", "krippendorff_alpha"):
            told, known = row[name], getattr(measured, name)
            assert told["value"] == pytest.approx(known.value)
            assert (told["low"], told["high"]) == (
                pytest.approx(known.low, abs=0.03),
                pytest.approx(known.high, abs=0.03),
            )
    assert len(parts["pairs"]) == 8 * 7 // 2
    table = {(w, t): label for w, t, label in zip(matrix.worker, matrix.task, matrix.answer, strict=True)}
    for one, other, tasks, same, kappa, _low, _high in parts["pairs"]:
        shared = [t for t in range(150) if (one - 500, t) in table and (other - 500, t) in table]
        first, second = ([table[worker - 500, t] for t in shared] for worker in (one, other))
        two = measure_two(first, second, np.random.default_rng(0), n_classes=4)
        assert (tasks, same) == (len(shared), round(two.percent_agreement.value, 4))
        assert kappa == pytest.approx(two.cohen_kappa.value, abs=1e-4)


def test_disagreements_count_pairs_of_answers_and_the_tasks_they_are_on() -> None:
    matrix = made_up(np.random.default_rng(0), tasks=3, workers=4, classes=3, each=4)
    matrix = replace(matrix, answer=np.array([0, 0, 1, 2, 0, 1, 1, 1, 2, 2, 2, 2]))

    parts = measure_parts(matrix, fit_matrix(matrix, "majority"))

    assert parts["disagreements"] == [[0, 1, 5, 2], [0, 2, 2, 1], [1, 2, 1, 1]]
    assert [row["agreeing_pairs"] for row in parts["classes"]] == [1, 3, 6]


def test_the_order_of_arrival_changes_no_bit() -> None:
    matrix = made_up(np.random.default_rng(5), tasks=80, workers=9, classes=3, each=4)
    order = np.random.default_rng(6).permutation(len(matrix.task))
    columns = {name: getattr(matrix, name)[order] for name in ("task", "worker", "answer", "response", "seconds")}

    results = [measure_parts(each, fit_matrix(each, "auto")) for each in (matrix, replace(matrix, **columns))]

    assert results[0] == results[1]


def test_models_have_no_part_in_agreement() -> None:
    matrix = made_up(np.random.default_rng(5), tasks=40, workers=5, classes=2, each=4)
    of_models = matrix.worker == 4
    machine = replace(matrix, response=np.where(of_models, -1, matrix.response), machine=np.arange(5) == 4)
    columns = {name: getattr(matrix, name)[~of_models] for name in ("task", "worker", "answer", "response", "seconds")}
    fit = fit_matrix(matrix, "majority")

    assert measure_parts(machine, fit) == measure_parts(replace(matrix, **columns), fit)


def test_a_project_without_answers_has_undefined_figures_only(tasks: Project) -> None:
    parts = parts_of(tasks)

    nothing = {"value": None, "low": None, "high": None}
    assert [row["fleiss_kappa"] for row in parts["classes"]] == [nothing, nothing]
    assert (parts["disagreements"], parts["workers"], parts["pairs"]) == ([], [], [])


def test_what_is_stored_stays_small_and_close_to_the_whole() -> None:
    matrix = made_up(np.random.default_rng(8), tasks=1200, workers=60, classes=40, each=55)

    parts = measure_parts(matrix, fit_matrix(matrix, "majority"))

    assert len(parts["disagreements"]) == CLASS_PAIRS
    assert len(parts["workers"]) == WORKERS
    assert len(parts["pairs"]) == WORKERS * (WORKERS - 1) // 2
    assert COMPARED * 0.99 < sum(row[2] for row in parts["pairs"]) <= COMPARED
    assert 0.5 < parts["compared"] < 1
    assert len(json.dumps(parts)) < 100_000
    expected = 0.6**2 + 2 * 0.6 * 0.4 / 40 + 0.4**2 / 40
    assert np.mean([row[3] for row in parts["pairs"]]) == pytest.approx(expected, abs=0.01)


def test_history_has_one_point_a_day(tasks: Project, alice: Api) -> None:
    other = create_project(owner=alice.user, slug="owls", name="Owls", schema=tasks.schema, quality={})
    vote(alice, "t0 a yes", "t0 b yes", "t1 a yes", "t1 b no")
    first = measure_agreement(tasks, read_matrix(tasks))
    note_agreement(tasks, first)
    note_agreement(other, first)
    today = AgreementPoint.objects.get(project=tasks).day
    AgreementPoint.objects.filter(project=tasks).update(day=today - timedelta(days=1))
    vote(alice, "t1 b yes")
    second = measure_agreement(tasks, read_matrix(tasks))
    with CaptureQueriesContext(connection) as captured:
        note_agreement(tasks, first)
    note_agreement(tasks, second)

    points = [(point.day, point.agreement) for point in agreement_points(tasks)]
    assert points == [(today - timedelta(days=1), first), (today, second)]
    assert AgreementPoint.objects.get(project=other).agreement == first
    assert len(captured) == 1


def test_history_goes_back_a_year_at_most(tasks: Project, alice: Api) -> None:
    start = date(2024, 1, 1)
    agreement = measure_agreement(tasks, read_matrix(tasks))
    AgreementPoint.objects.bulk_create(
        AgreementPoint(project=tasks, day=start + timedelta(days=n), agreement=agreement) for n in range(DAYS_SHOWN + 9)
    )

    path, days = "/projects/birds/agreement/history?limit=200", []
    while path:
        page = alice("GET", path).json()
        days += [row["day"] for row in page["results"]]
        path = page["next"] and page["next"].partition("/api/v1")[2]

    assert days == [str(start + timedelta(days=n)) for n in range(9, DAYS_SHOWN + 9)]
    assert page["results"][0]["counts"] == {"tasks": 0, "responses": 0, "workers": 0}


def test_programs_read_classes_and_pairs_as_stored(voted: Project, alice: Api) -> None:
    before = [alice("GET", f"/projects/birds/agreement/{part}").json() for part in ("classes", "pairs")]
    parts = stored(voted)
    names = dict(Membership.objects.filter(pk__in=parts["workers"]).values_list("pk", "name"))

    classes = alice("GET", "/projects/birds/agreement/classes").json()
    (pair,) = alice("GET", "/projects/birds/agreement/pairs").json()["results"]

    assert before == [{"results": [], "next": None}] * 2
    assert [row["class"] for row in classes["results"]] == ["yes", "no"]
    assert classes["results"][0]["mixed_up_with"] == [{"class": "no", "pairs": 2, "tasks": 2}]
    assert classes["results"][1]["fleiss_kappa"] == parts["classes"][1]["fleiss_kappa"]
    assert [each["worker"] for each in pair["workers"]] == [names[key] for key in parts["pairs"][0][:2]]
    assert pair["cohen_kappa"] == dict(zip(("value", "low", "high"), parts["pairs"][0][4:], strict=True))
    assert (pair["tasks"], pair["percent_agreement"]) == (10, 0.8)


def test_pairs_can_be_narrowed_down_to_a_worker_and_come_in_pages(voted: Project, alice: Api) -> None:
    vote(alice, *[f"t{n} c yes" for n in range(10)])
    parts = stored(voted)
    key = parts["workers"][-1]

    first = alice("GET", "/projects/birds/agreement/pairs?limit=2").json()
    second = alice("GET", first["next"].partition("/api/v1")[2]).json()
    of_one = alice("GET", f"/projects/birds/agreement/pairs?worker={key}").json()["results"]

    assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)
    assert len(of_one) == 2
    assert all(key in [each["id"] for each in row["workers"]] for row in of_one)
    assert alice("GET", "/projects/birds/agreement/pairs?worker=x").json()["code"] == "invalid"


def test_a_class_that_was_added_since_the_last_fit_has_no_row_yet(voted: Project, alice: Api) -> None:
    stored(voted)
    reply = alice("PATCH", "/projects/birds", {"schema": {"type": "choice", "classes": ["yes", "no", "both"]}})

    rows = alice("GET", "/projects/birds/agreement/classes").json()["results"]

    assert reply.status_code == 200
    assert [row["class"] for row in rows] == ["yes", "no"]


@pytest.mark.parametrize("path", ["classes", "pairs", "history"])
def test_workers_and_outsiders_read_no_agreement(tasks: Project, bob: Api, charlie: Api, path: str) -> None:
    refused = [api("GET", f"/projects/birds/agreement/{path}").status_code for api in (bob, charlie)]
    Membership.objects.create(project=tasks, user=charlie.user, role=Role.REVIEWER)

    assert refused == [403, 404]
    assert charlie("GET", f"/projects/birds/agreement/{path}").json() == {"results": [], "next": None}
