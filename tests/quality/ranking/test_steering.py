"""Which pairs are asked first where the least sure come first."""

import pytest

from crowd.projects.models import Project
from quality.refresh.scheduling import refresh_project
from tasks.models import Task
from tests.cast import Api
from tests.quality.kinds.pairwise.conftest import POEMS, add, pair, poems, send

__all__ = ["poems"]


@pytest.fixture
def compared(alice: Api, poems: Project) -> Project:
    """Two items of which one is far better, two that are near each other, and two strangers."""
    add(alice, far=pair("top", "low"), near=pair("mid", "middle"), new=pair("new", "newer"))
    lines = [
        f"{one},{other},{worker},a\n"
        for one, other in (("top", "mid"), ("top", "middle"), ("mid", "low"), ("middle", "low"), ("top", "end"))
        for worker in ("ann", "ben", "cleo", "dora")
    ]
    send(alice, "a,b,worker,answer\n" + "".join(lines))
    return poems


def urgency() -> dict[str, int]:
    return dict(Task.objects.filter(external_id__in=["far", "near", "new"]).values_list("external_id", "urgency"))


def test_what_says_most_of_its_items_comes_first(alice: Api, bob: Api, compared: Project) -> None:
    alice("PATCH", POEMS, {"quality": {"order": "uncertainty"}})
    compared.refresh_from_db()
    Project.objects.filter(pk=compared.pk).update(applied_order="uncertainty")
    refresh_project(compared.pk)
    found = urgency()
    assert found["new"] == 100 > found["near"] > found["far"]
    (first,) = bob("POST", f"{POEMS}/assignments", {"count": 1}).json()["assignments"]
    assert {first["data"][side]["text"] for side in "ab"} == {"Poem new", "Poem newer"}


def test_other_orders_are_left_alone(alice: Api, compared: Project) -> None:
    refresh_project(compared.pk)
    assert set(urgency().values()) == {0}
