"""Whether workers lean to the side that stands first."""

from typing import Any

from crowd.projects.models import Project
from quality.refresh.scheduling import refresh_project
from tests.cast import Api, worker_of
from tests.pages.conftest import Visit
from tests.quality.kinds.pairwise.conftest import POEMS, add, pair, send

TASKS = 16


def answered(alice: Api, bob: Api, poems: Project, answer: str) -> Any:
    add(alice, **{f"t{n:02}": pair(f"x{n}", f"y{n}") for n in range(TASKS)})
    for _task in range(TASKS):
        (each,) = bob("POST", f"{POEMS}/assignments", {"count": 1}).json()["assignments"]
        bob("PUT", f"/assignments/{each['token']}/response", {"answer": answer})
    refresh_project(poems.pk)
    return alice("GET", f"{POEMS}/agreement").json()["position"]


def test_who_always_takes_the_first_side_shows(alice: Api, bob: Api, poems: Project, visit: Visit) -> None:
    found = answered(alice, bob, poems, "a")
    assert (found["answers"], found["first"]["value"]) == (TASKS, 1.0)
    (worker,) = found["workers"]
    assert (worker["id"], worker["answers"], worker["first"]["low"] > 0.5) == (worker_of(bob, poems).pk, TASKS, True)
    page = visit(alice).get(f"{POEMS}/agreement").content.decode()
    assert "Workers lean to the first side." in page
    assert "bob@example.com" in page


def test_ties_and_votes_gathered_elsewhere_say_nothing_of_it(alice: Api, bob: Api, poems: Project) -> None:
    send(alice, "a,b,worker,answer\nx,y,ann,a\nx,z,ann,a\n")
    found = answered(alice, bob, poems, "tie")
    assert found == {"first": {"value": None, "low": None, "high": None}, "answers": 0, "workers": []}
