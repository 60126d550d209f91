"""Which item stands on which side is drawn for each worker and task, and shows nowhere."""

import json
from typing import Any

from crowd.projects.models import Project
from quality.refresh.scheduling import refresh_project
from tasks.models import Response
from tests.cast import Api, picture
from tests.pages.conftest import Visit
from tests.quality.kinds.pairwise.conftest import POEMS, add, labels, pair

MANY = 24
COLOURS = ("red", "green")


def leased(bob: Api) -> list[dict[str, object]]:
    assignments = bob("POST", f"{POEMS}/assignments", {"count": MANY}).json()["assignments"]
    return list(assignments)


def test_sides_are_swapped_for_about_half_and_told_by_nothing(alice: Api, bob: Api, poems: Project) -> None:
    alice("PATCH", POEMS, {"quality": {"open_leases": MANY}})
    add(alice, **{f"t{n}": pair("low", f"top{n}") for n in range(MANY)})
    held = leased(bob)
    on_the_left = [each["data"]["a"]["text"] == "Poem low" for each in held]  # type: ignore[index]
    assert 0.2 < sum(on_the_left) / len(held) < 0.8
    shapes = {json.dumps({**each["data"], "a": "", "b": ""}) + str([*each["data"]["a"]]) for each in held}  # type: ignore[dict-item,index]
    assert shapes == {json.dumps({"a": "", "b": ""}) + "['text']"}


def test_the_worker_gives_and_reads_what_is_seen_and_the_label_is_of_the_items(
    alice: Api, bob: Api, poems: Project, visit: Visit
) -> None:
    add(alice, **{f"t{n}": pair("low", f"top{n}") for n in range(8)})
    given = {}
    for _task in range(8):
        (each,) = bob("POST", f"{POEMS}/assignments", {"count": 1}).json()["assignments"]
        better = "b" if each["data"]["a"]["text"] == "Poem low" else "a"
        bob("PUT", f"/assignments/{each['token']}/response", {"answer": better})
        given[each["data"][better]["text"]] = better
        undo = bob("GET", f"{POEMS}/work").json()["undo"]
        assert undo["answer"] == better
    assert {response.answer for response in Response.objects.all()} == {1}
    own = bob("GET", f"{POEMS}/work/responses").json()["results"]
    assert {each["data"][each["answer"]]["text"]: each["answer"] for each in own} == given
    assert set(given.values()) == {"a", "b"}
    refresh_project(poems.pk)
    assert set(labels(alice).values()) == {"b"}


def test_after_undo_the_sides_are_the_same(alice: Api, bob: Api, poems: Project) -> None:
    add(alice, t=pair("x", "y"))
    (before,) = bob("POST", f"{POEMS}/assignments", {"count": 1}).json()["assignments"]
    bob("PUT", f"/assignments/{before['token']}/response", {"answer": "a"})
    after = bob("DELETE", f"/assignments/{before['token']}/response").json()
    assert after["data"] == before["data"]


def test_ids_of_items_show_only_where_there_is_nothing_else(alice: Api, bob: Api, poems: Project) -> None:
    add(alice, t={"text": "Which is better?", "a": {"id": "gpt", "text": "A rose."}, "b": {"id": "rose"}})
    (each,) = bob("POST", f"{POEMS}/assignments", {"count": 1}).json()["assignments"]
    assert sorted(each["data"]) == ["a", "b", "text"]
    assert sorted(each["data"][side]["text"] for side in "ab") == ["A rose.", "rose"]
    assert "gpt" not in json.dumps(each)


def test_the_preview_shows_owners_no_more_than_workers_see(alice: Api, poems: Project, visit: Visit) -> None:
    add(alice, t={"a": {"id": "gpt", "text": "A rose."}, "b": {"id": "human", "text": "A thorn."}})
    samples = visit(alice).get(f"{POEMS}/work").context["samples"]
    assert samples[0]["data"] == {"a": {"text": "A rose."}, "b": {"text": "A thorn."}}


def test_pictures_are_served_as_they_are_presented(alice: Api, bob: Api, poems: Project) -> None:
    red, green = (alice("POST", f"{POEMS}/pictures", picture(each), content_type="image/png") for each in COLOURS)
    hashes = [reply.json()["sha256"] for reply in (red, green)]
    sides = {side: {"id": side * 2, "picture": sha256} for side, sha256 in zip("ab", hashes, strict=True)}
    add(alice, **{f"t{n}": {**sides, "n": n} for n in range(8)})
    firsts = set()
    for _task in range(8):
        (each,) = bob("POST", f"{POEMS}/assignments", {"count": 1}).json()["assignments"]
        address = f"/assignments/{each['token']}/image"
        first = content(bob("GET", f"{address}?field=a"))
        assert content(bob("GET", address)) == first != content(bob("GET", f"{address}?field=b"))
        assert list(each["pictures"]) == ["a", "b"]
        assert not any(sha256 in json.dumps(each) for sha256 in hashes)
        bob("PUT", f"/assignments/{each['token']}/response", {"answer": "tie"})
        firsts.add(first)
    assert len(firsts) == 2


def content(reply: Any) -> bytes:
    return b"".join(reply.streaming_content)
