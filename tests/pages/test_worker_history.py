"""What owners see of a worker's standing, and what the worker is told."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from crowd.projects.models import Membership, Project
from quality.charts import Interval, curve
from quality.models import ScorePoint, Standing
from quality.workers.trust import reason_given
from tests.cast import Api, worker_of
from tests.pages.conftest import text_of


@pytest.fixture
def bobs(tasks: Project, bob: Api) -> Membership:
    return worker_of(bob, tasks)


@pytest.fixture
def page(bobs: Membership) -> str:
    return f"/projects/birds/workers/{bobs.pk}"


def point(worker: Membership, day: date, reliability: float | None) -> None:
    interval = {"reliability": reliability, "reliability_low": 0.25, "reliability_high": 0.75}
    ScorePoint.objects.create(worker=worker, day=day, responses=day.day, gold_right=1, gold_seen=2, **interval)


def test_the_curve_keeps_each_value_until_the_next_day_that_has_one() -> None:
    first = date(2026, 1, 1)
    drawn = curve([(first, Interval(0.5, 0.25, 0.75)), (first + timedelta(days=3), Interval(1.0, 0.5, 1.2))])
    assert drawn.line == "0.00,20.00 75.00,20.00 75.00,0.00 100.00,0.00"
    assert drawn.band.startswith("0.00,10.00 75.00,10.00 75.00,0.00 100.00,0.00 100.00,20.00 75.00,20.00 75.00,30.00")


def test_history_is_a_curve_from_the_second_day_and_always_a_table(owner: Client, bobs: Membership, page: str) -> None:
    empty = text_of(owner.get(page))
    point(bobs, date(2026, 1, 2), 0.5)
    one = text_of(owner.get(page))
    point(bobs, date(2026, 1, 5), 0.625)
    two = text_of(owner.get(page))
    assert "It begins with the first answers" in empty
    assert "the curve begins with the second" in one
    assert ("<polyline" in one, "<polyline" in two) == (False, True)
    assert "From 2 Jan 2026 to 5 Jan 2026" in two
    assert re.findall(r"(0\.\d\d) \(0\.25.0\.75\)", two) == ["0.63", "0.50"]


def test_owners_read_the_verdict_what_it_rests_on_and_what_was_forgiven(
    owner: Client, bobs: Membership, page: str
) -> None:
    unknown = text_of(owner.get(page))
    found = {"verdict": "unreliable", "decided_at": "2026-01-02T03:04:05Z", "decided_right": 7, "decided_seen": 24}
    Standing.objects.create(worker=bobs, **found, forgiven_seen=20)
    unreliable = text_of(owner.get(page))
    Project.objects.update(on_unreliable="flag")
    flagged = text_of(owner.get(page))
    assert "not yet known" in unknown
    assert "Found unreliable by hidden test tasks" in unreliable
    assert "with 7 of 24 right" in unreliable
    assert "Forgiven when the worker was resumed: 20 answers" in unreliable
    assert ("some answers later" in unreliable, "some answers later" in flagged) == (True, False)


@pytest.mark.parametrize("voided", [False, True])
def test_who_is_paused_by_the_test_reads_why_and_can_object(worker: Client, bobs: Membership, voided: bool) -> None:
    Membership.objects.filter(pk=bobs.pk).update(status="paused", pause_reason=reason_given(voided=voided))
    shown = text_of(worker.get("/projects/birds/mine"))
    assert "Taken together, your answers are too often not what this project is looking for." in shown
    assert ("your answers do not count" in shown) == voided
    assert 'name="text"' in shown


def test_owners_choose_what_happens_to_unreliable_workers(owner: Client, tasks: Project) -> None:
    form = owner.get("/projects/birds/settings").context["form"]
    data = {name: "" if value is None else value for name, value in form.initial.items()} | {"on_unreliable": "void"}
    owner.post("/projects/birds/settings", data)
    tasks.refresh_from_db()
    assert tasks.on_unreliable == "void"
