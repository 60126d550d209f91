"""The page on agreement."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Membership, Project, Role
from quality.agreement_report.charts import curve
from quality.agreement_report.history import note_agreement
from quality.agreement_report.parts import measure_parts
from quality.answers.matrix import read_matrix
from quality.kinds.choice.votes import fit_matrix
from quality.labels.summaries import measure_agreement
from quality.models import AgreementPoint, Summary
from quality.reliability.proportions import proportion
from tasks.models import Response, Task
from tests.cast import NO, YES
from tests.pages.conftest import text_of

PAGE = "/projects/birds/agreement"


def answer(project: Project, *workers: Membership) -> None:
    """Every worker answers all tasks, the first always with yes; then everything is stored as by a
    fit."""
    Response.objects.bulk_create(
        Response(task=task, worker=worker, answer=NO if place and (n + place) % 3 == 0 else YES)
        for n, task in enumerate(Task.objects.order_by("pk"))
        for place, worker in enumerate(workers)
    )
    Task.objects.update(answers_counted=len(workers), answers_needed=len(workers), revision=F("revision") + 1)
    matrix = read_matrix(project)
    agreement = measure_agreement(project, matrix)
    parts = measure_parts(matrix, fit_matrix(matrix, "majority"))
    Summary.objects.update_or_create(project=project, defaults={"agreement": agreement, "agreement_parts": parts})
    note_agreement(project, agreement)


@pytest.fixture
def named(tasks: Project) -> Callable[[str], Membership]:
    return lambda name: Membership.objects.create(project=tasks, name=name, role=Role.WORKER)


def test_before_any_answer_the_page_says_what_it_waits_for(owner: Client) -> None:
    page = text_of(owner.get(PAGE))

    assert "It shows here once some tasks have two answers." in page
    assert "Class by class" not in page


def test_every_figure_stands_as_text_beside_its_colour(
    owner: Client, tasks: Project, named: Callable[[str], Membership]
) -> None:
    answer(tasks, named("ann"), named("<b>bea</b>"), named("cid"))

    reply = owner.get(PAGE)
    page = text_of(reply)

    (_number, name, cells), *_others = reply.context["class_map"]
    assert name == "yes"
    assert [f"{cell.value:.2f}" for cell in cells] == ["0.75", "0.25"]
    assert '<td class="number heat-8">0.75</td>' in page
    assert [row.tasks for row in reply.context["least"]] == [10, 10, 10]
    assert [len(cells) for _number, _name, cells in reply.context["worker_map"]] == [3, 3, 3]
    assert "&lt;b&gt;bea&lt;/b&gt;" in page
    assert "<b>bea" not in page
    assert "From 30 answers to 10 tasks by 3 workers." in page
    assert f'href="{PAGE}"' in text_of(owner.get("/projects/birds"))


def test_the_work_of_the_page_does_not_grow_with_workers_and_days(
    owner: Client, tasks: Project, named: Callable[[str], Membership]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert owner.get(PAGE).status_code == 200
        return len(captured)

    answer(tasks, named("ann"), named("bea"))
    few = queries()
    answer(tasks, *(named(f"worker {n}") for n in range(20)))
    point = AgreementPoint.objects.get()
    AgreementPoint.objects.bulk_create(
        AgreementPoint(project=tasks, day=point.day - timedelta(days=n), agreement=point.agreement)
        for n in range(1, 400)
    )

    assert queries() == few
    assert few <= 12


def test_the_curve_runs_from_the_first_day_to_the_last() -> None:
    figure = {"value": 0.5, "low": 0.25, "high": 1.0}
    undefined = {"value": None, "low": None, "high": None}
    days: list[tuple[date, Any]] = [
        (date(2026, 1, 1), figure),
        (date(2026, 1, 2), undefined),
        (date(2026, 1, 5), {**figure, "value": -0.5}),
    ]

    drawn = curve(days)

    assert drawn is not None
    assert drawn.line == "0.00,50.00 100.00,100.00"
    assert drawn.band == "0.00,75.00 100.00,75.00 100.00,0.00 0.00,0.00"
    assert (drawn.first, drawn.last, drawn.latest) == (date(2026, 1, 1), date(2026, 1, 5), -0.5)
    assert curve(days[1:2]) is None


def share(same: int, answers: int) -> dict[str, Any]:
    return {"answers": answers, "same": same, "share": asdict(proportion(same, answers))}


def test_how_far_workers_follow_a_model_shows_where_one_is_shown(owner: Client, tasks: Project) -> None:
    assert "Following the model" not in text_of(owner.get(PAGE))
    Project.objects.update(shown_model="net", blind_share=0.25)
    assert "0 answers in view, 0 blind" in text_of(owner.get(PAGE))

    little = {"shown": share(80, 100), "blind": share(78, 100), "bias": {"value": 0.02, "low": -0.1, "high": 0.13}}
    Summary.objects.update_or_create(project=tasks, defaults={"following": {"all": little}})
    page = text_of(owner.get(PAGE))
    assert "100 answers in view, 100 blind" in page
    assert "2.0 (-10.0 to 13.0)" in page
    assert "by themselves" not in page

    much = {"shown": share(95, 100), "blind": share(50, 100), "bias": {"value": 0.45, "low": 0.34, "high": 0.55}}
    Summary.objects.update(following={"all": little, "when_wrong": much})
    assert "Workers follow the model more than they would by themselves." in text_of(owner.get(PAGE))
