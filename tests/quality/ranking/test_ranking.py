"""The ranking of items: stored by fits, read page by page, as files and on a page."""

import csv
import io
from typing import Any

import pytest

from crowd.projects.models import Project
from quality.answers.matrix import read_matrix
from quality.kinds.protocol import consensus_kind
from quality.models import RankedItem, Ranking
from quality.ranking.storing import store_ranking
from quality.refresh.scheduling import refresh_project
from tests.cast import Api
from tests.pages.conftest import Visit
from tests.quality.kinds.pairwise.conftest import POEMS, poems, send

__all__ = ["poems"]
ORDER = ["p0", "p1", "p2", "p3", "p4"]


@pytest.fixture
def compared(alice: Api, poems: Project) -> Project:
    rows = [
        f"{one},{other},{worker},a\n"
        for place, one in enumerate(ORDER)
        for other in ORDER[place + 1 :]
        for worker in ("ann", "ben", "cleo")
    ]
    send(alice, "a,b,worker,answer\n" + "".join(rows))
    refresh_project(poems.pk)
    return poems


def ranking(alice: Api, query: str = "", **headers: str) -> Any:
    return alice("GET", f"{POEMS}/ranking{query}", **headers)


def test_items_stand_best_first_with_intervals(alice: Api, compared: Project) -> None:
    rows = ranking(alice).json()["results"]
    assert [row["item"] for row in rows] == ORDER
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5]
    assert {row["comparisons"] for row in rows} == {12}
    assert all(row["score"]["low"] < row["score"]["value"] < row["score"]["high"] for row in rows)


def test_pages_follow_each_other(alice: Api, compared: Project) -> None:
    first = ranking(alice, "?limit=3").json()
    second = alice("GET", first["next"].partition("/api/v1")[2]).json()
    assert [row["item"] for row in first["results"] + second["results"]] == ORDER
    assert second["next"] is None


def test_files_hold_the_same(alice: Api, compared: Project) -> None:
    body = b"".join(alice("GET", f"{POEMS}/ranking.csv").streaming_content).decode()
    assert [row["item"] for row in csv.DictReader(io.StringIO(body))] == ORDER


def test_a_new_fit_replaces_it_and_its_tag(alice: Api, compared: Project) -> None:
    tag = ranking(alice)["ETag"]
    assert ranking(alice, **{"If-None-Match": tag}).status_code == 304
    send(alice, "a,b,worker,answer\nnew,p0,dora,a\n")
    refresh_project(compared.pk)
    again = ranking(alice, **{"If-None-Match": tag})
    assert (again.status_code, len(again.json()["results"])) == (200, 6)
    assert RankedItem.objects.count() == 11  # and the last one, for who is in the middle of it
    send(alice, "a,b,worker,answer\nnew,p1,dora,a\n")
    refresh_project(compared.pk)
    assert RankedItem.objects.count() == 12


def test_who_reads_meanwhile_has_the_one_before(alice: Api, compared: Project) -> None:
    before = Ranking.objects.get().edition
    found = []

    def renew() -> None:
        found.append([row["item"] for row in ranking(alice).json()["results"]])

    matrix = read_matrix(compared)
    kind = consensus_kind(compared)
    ranked = kind.ranked(matrix, kind.fit(matrix, "auto"))
    assert ranked is not None
    store_ranking(compared, ranked, renew)
    assert found == [ORDER, ORDER]
    assert Ranking.objects.get().edition != before


def test_the_page_shows_it_and_leads_to_tasks(alice: Api, visit: Visit, compared: Project) -> None:
    page = visit(alice).get(f"{POEMS}/ranking").content.decode()
    assert page.index(">p0<") < page.index(">p4<")
    assert "task?id=p0%20%7C%20p1" in page
    assert 'aria-current="page">Ranking' in page


def test_projects_of_other_kinds_have_none(alice: Api, tasks: Project, visit: Visit) -> None:
    refused = alice("GET", "/projects/birds/ranking")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_ranking")
    assert alice("GET", "/projects/birds/ranking.csv").status_code == 409
    assert ">Ranking<" not in visit(alice).get("/projects/birds").content.decode()


def test_before_anything_is_compared_it_is_empty(alice: Api, poems: Project, visit: Visit) -> None:
    assert ranking(alice).json() == {"results": [], "next": None}
    refresh_project(poems.pk)
    assert ranking(alice).json()["results"] == []
    assert "once labels" in visit(alice).get(f"{POEMS}/ranking").content.decode()
    send(alice, "a,b,worker,answer\nx,y,ann,a\n")
    refresh_project(poems.pk)
    assert [row["item"] for row in ranking(alice).json()["results"]] == ["x", "y"]
