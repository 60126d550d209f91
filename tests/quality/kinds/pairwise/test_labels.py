"""What is believed of pairs: by the votes on them, and by what other pairs say of their items."""

from typing import Any

from crowd.projects.models import Project
from quality.models import WorkerScore
from quality.refresh.scheduling import refresh_project
from tests.cast import Api
from tests.quality.kinds.pairwise.conftest import POEMS, add, pair, send


def rows(alice: Api) -> dict[str, Any]:
    return {row["task"]: row for row in alice("GET", f"{POEMS}/labels").json()["results"]}


def test_a_lone_vote_is_never_certain(alice: Api, poems: Project) -> None:
    send(alice, "a,b,worker,answer\nx,y,ann,a\n")
    refresh_project(poems.pk)
    (row,) = rows(alice).values()
    assert (row["label"], set(row["distribution"])) == ("a", {"a", "b", "tie"})
    assert 0.4 < row["confidence"] < 0.9
    assert sum(row["distribution"].values()) == 1


def test_what_other_pairs_say_of_the_items_counts(alice: Api, poems: Project) -> None:
    others = "".join(
        f"{better},{worse},{worker},a\n"
        for worker in ("ann", "ben", "cleo", "dora")
        for better, worse in [("top", "mid"), ("mid", "low"), ("top", "end"), ("end", "low")]
    )
    send(alice, f"a,b,worker,answer\n{others}low,top,ann,b\nnew,old,ann,b\n")
    refresh_project(poems.pk)
    found = rows(alice)
    assert found["low | top"]["confidence"] > found["new | old"]["confidence"]


def test_where_there_are_no_ties_there_are_two_answers(alice: Api, poems: Project, bob: Api) -> None:
    Project.objects.filter(pk=poems.pk).update(schema={"type": "pairwise", "ties": False})
    assert send(alice, "a,b,worker,answer\nx,y,ann,tie\n").status_code == 400
    send(alice, "a,b,worker,answer\nx,y,ann,a\nx,y,ben,a\ny,z,ann,a\n")
    refresh_project(poems.pk)
    assert set(rows(alice)["x | y"]["distribution"]) == {"a", "b"}


def test_a_tie_is_half_right_of_what_is_decided(alice: Api, poems: Project) -> None:
    add(alice, t=pair("x", "y"))
    alice("PUT", f"{POEMS}/tasks/t/gold", {"answer": "a"})
    send(alice, "task,worker,answer\nt,ann,a\nt,ben,tie\nt,cleo,b\n")
    refresh_project(poems.pk)
    scores = WorkerScore.objects.filter(gold_seen=1).values_list("worker__name", "gold_right", "gold_score")
    assert sorted(scores) == [("ann", 1, 1.0), ("ben", 0, 0.5), ("cleo", 0, 0.0)]
