"""How far workers could be trusted over time, and what the API tells of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Membership, Project, Role
from quality.models import ScorePoint, Standing, WorkerScore
from quality.workers.history import note_scores
from tests.cast import Api, worker_of


@pytest.fixture
def bobs(project: Project, bob: Api) -> Membership:
    return worker_of(bob, project)


def score(worker: Membership, responses: int, reliability: float = 0.8) -> WorkerScore:
    interval = {"reliability": reliability, "reliability_low": reliability - 0.1, "reliability_high": reliability + 0.1}
    return WorkerScore(worker=worker, responses=responses, gold_right=3, gold_seen=4, **interval)


def a_day_passes() -> None:
    ScorePoint.objects.update(day=F("day") - timedelta(days=1))


def stored() -> list[tuple[int, float | None]]:
    return list(ScorePoint.objects.order_by("day").values_list("responses", "reliability"))


def test_a_day_has_one_point_the_newest(project: Project, bobs: Membership) -> None:
    note_scores(project, [score(bobs, 5, 0.7)])
    note_scores(project, [score(bobs, 6, 0.8)])
    a_day_passes()
    note_scores(project, [score(bobs, 7, 0.9)])
    assert stored() == [(6, 0.8), (7, 0.9)]


def test_days_on_which_nothing_changed_have_none(project: Project, bobs: Membership) -> None:
    note_scores(project, [score(bobs, 5, 0.8)])
    a_day_passes()
    note_scores(project, [score(bobs, 5, 0.803)])
    unchanged = stored()
    note_scores(project, [score(bobs, 5, 0.81)])  # what others answer may change it too
    assert (unchanged, stored()) == ([(5, 0.8)], [(5, 0.8), (5, 0.81)])


def test_many_workers_take_no_more_statements_than_one(
    project: Project, bobs: Membership, new_worker: Callable[[], Api]
) -> None:
    crowd = [worker_of(new_worker(), project) for _ in range(20)]
    with CaptureQueriesContext(connection) as one:
        note_scores(project, [score(bobs, 1)])
    with CaptureQueriesContext(connection) as many:
        note_scores(project, [score(worker, 1) for worker in crowd])
    assert len(many) == len(one)


def test_history_is_read_newest_first_by_pages(project: Project, bobs: Membership, alice: Api) -> None:
    for day in range(3):
        a_day_passes()
        note_scores(project, [score(bobs, day, 0.5)])
    first = alice("GET", f"/projects/birds/workers/{bobs.pk}/history?limit=2").json()
    rest = alice("GET", first["next"].partition("/api/v1")[2]).json()
    assert [point["responses"] for page in (first, rest) for point in page["results"]] == [2, 1, 0]
    assert rest["next"] is None
    assert first["results"][0]["reliability"] == {"value": 0.5, "low": 0.4, "high": 0.6}
    assert first["results"][0]["gold"] == {"right": 3, "seen": 4}


@pytest.mark.parametrize("path", ["", "/history"])
def test_workers_are_for_staff_and_to_outsiders_not_there(
    bobs: Membership, alice: Api, bob: Api, charlie: Api, path: str
) -> None:
    url = f"/projects/birds/workers/{bobs.pk}{path}"
    assert [api("GET", url).status_code for api in (alice, bob, charlie)] == [200, 403, 404]
    own = Membership.objects.get(role=Role.OWNER).pk
    assert alice("GET", f"/projects/birds/workers/{own}{path}").status_code == 404


def test_one_worker_is_shown_as_in_the_list_with_standing_and_evidence(bobs: Membership, alice: Api) -> None:
    before = alice("GET", f"/projects/birds/workers/{bobs.pk}").json()
    saved = score(bobs, 5)
    saved.flags, saved.evidence = ["unreliable"], {"unreliable": {"right": 1, "seen": 30}}
    saved.save()
    Standing.objects.create(worker=bobs, verdict="unreliable", decided_at="2026-01-02T03:04:05Z")
    shown = alice("GET", f"/projects/birds/workers/{bobs.pk}").json()
    assert (before["standing"], before["evidence"]) == ({"verdict": "unknown", "decided_at": None}, {})
    assert shown["standing"] == {"verdict": "unreliable", "decided_at": "2026-01-02T03:04:05Z"}
    assert shown["evidence"] == {"unreliable": {"right": 1, "seen": 30}}
    assert [shown] == alice("GET", "/projects/birds/workers").json()["results"]


def test_the_list_is_narrowed_by_verdict_and_flag(
    project: Project, bobs: Membership, alice: Api, new_worker: Callable[[], Api]
) -> None:
    good, new = (worker_of(new_worker(), project) for _ in "ab")
    for worker, verdict, flags in ((bobs, "unreliable", ["unreliable", "constant"]), (good, "reliable", [])):
        found = score(worker, 5)
        found.flags = flags
        found.save()
        Standing.objects.create(worker=worker, verdict=verdict)

    def ids(query: str) -> Any:
        reply = alice("GET", f"/projects/birds/workers?{query}").json()
        return [row["id"] for row in reply["results"]] if "results" in reply else reply["code"]

    assert [ids(f"standing={each}") for each in ("unreliable", "reliable", "unknown")] == [
        [bobs.pk],
        [good.pk],
        [new.pk],
    ]
    assert [ids(f"flag={each}") for each in ("constant", "pattern", "skips_often")] == [[bobs.pk], [], []]
    assert ids("standing=reliable&flag=constant") == []
    assert [ids(each) for each in ("flag=const", "flag=%22", "standing=bad")] == ["invalid"] * 3


def test_the_list_takes_no_more_statements_for_more_workers(
    project: Project, bobs: Membership, alice: Api, new_worker: Callable[[], Api]
) -> None:
    def listed() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            rows = alice("GET", "/projects/birds/workers").json()["results"]
        return len(rows), len(captured)

    score(bobs, 5).save()
    listed()  # the first use of the key is written down
    few = listed()
    for _ in range(10):
        score(worker_of(new_worker(), project), 5).save()
    assert few[0] == 1
    assert listed() == (11, few[1])
