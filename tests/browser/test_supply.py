"""The supply: so many tasks as are wanted lie ready, each once, and none that has ended."""

from typing import Any

import pytest

from tests.browser.conftest import Window

PATH = "/projects/birds/assignments"
OPEN = """
  const { Supply } = await import("/static/tasks/supply.js");
  window.log = [];
  window.wants = 3;
  window.state = {
    phase: "work",
    get now() { return Date.now(); },
    async refresh() { log.push("refreshed"); },
  };
  window.supply = new Supply({
    slug: "birds", key: "returned", tokens: ["answered"], state,
    hooks: {
      wanted: () => wants - supply.size,
      arrived: (reason) => log.push(`arrived ${reason}`),
      failed: (problem) => log.push(`failed ${problem.status}`),
    },
  });
"""


@pytest.fixture
def supply(window: Window) -> Window:
    """A window with a supply in it, which wants three tasks."""
    window.run(OPEN)
    return window


def leased(*tokens: str, ends: str = "1970-01-02T00:00:00Z", reason: str | None = None) -> dict[str, Any]:
    """What the API says of these leases."""
    assignments = [{"token": token, "data": {"text": token}, "expires_at": ends} for token in tokens]
    return {"assignments": assignments, "reason": reason}


def tokens(window: Window) -> list[str]:
    ready: list[str] = window.run("return supply.tasks.map(({ token }) => token);")
    return ready


def fetch(window: Window, *replies: dict[str, Any]) -> None:
    """Fetch, and get these replies."""
    window.run("supply.fetch();")
    for reply in replies:
        window.reply(200, reply)


def test_first_what_is_held_already_is_taken_up_and_then_the_rest_asked_for(supply: Window) -> None:
    fetch(supply, leased("a"), leased("b", "c"))

    assert supply.asked() == [f"GET {PATH}", f'POST {PATH} {{"count":2}}']
    assert tokens(supply) == ["a", "b", "c"]
    assert supply.run("return [supply.take().token, supply.take().token, supply.size];") == ["a", "b", 1]


def test_task_comes_once_and_not_again_after_its_answer(supply: Window) -> None:
    fetch(supply, leased("answered", "a"), leased("a", "b"))

    assert tokens(supply) == ["a", "b"]


def test_one_request_at_a_time_and_none_where_nothing_is_wanted(supply: Window) -> None:
    supply.run("supply.fetch(); supply.fetch();")
    assert supply.asked() == [f"GET {PATH}"]
    supply.reply(200, leased("a", "b", "c"))
    supply.run("supply.fetch();")

    assert supply.asked() == [f"GET {PATH}"]


def test_after_a_reply_was_lost_it_is_asked_what_is_held(supply: Window) -> None:
    fetch(supply, leased(), leased("a"))
    supply.run("supply.fetch();")
    supply.reply(0)
    assert supply.run("return log;") == ["arrived null", "arrived null", "failed 0"]

    fetch(supply, leased("a", "b"), leased("c"))

    assert supply.asked()[2:] == [f'POST {PATH} {{"count":2}}', f"GET {PATH}", f'POST {PATH} {{"count":1}}']
    assert tokens(supply) == ["a", "b", "c"]


def test_refusal_is_looked_into_when_it_is_new(supply: Window) -> None:
    fetch(supply, leased(), leased(reason="paused"))
    fetch(supply, leased(reason="paused"))
    assert supply.run("return log.splice(0);") == ["arrived null", "refreshed", "arrived paused", "arrived paused"]

    supply.run("supply.heardOfAnswer();")
    fetch(supply, leased(reason="paused"))
    fetch(supply, leased(reason="no_tasks"))

    assert supply.run("return log;") == ["refreshed", "arrived paused", "arrived no_tasks"]


def test_what_the_next_phase_has_is_asked_for_at_once(supply: Window) -> None:
    supply.run("state.phase = 'exam'; state.refresh = async () => (state.phase = 'work');")
    fetch(supply, leased(), leased(reason="no_tasks"), leased("a", "b", "c"))

    assert supply.asked() == [f"GET {PATH}", f'POST {PATH} {{"count":3}}', f'POST {PATH} {{"count":3}}']
    assert tokens(supply) == ["a", "b", "c"]


def test_task_whose_lease_ends_within_two_seconds_is_not_shown(supply: Window) -> None:
    fetch(supply, leased("a", ends=supply.after(30)), leased("b", ends=supply.after(60)))
    supply.wait(28_000)
    assert supply.run("return supply.take().token;") == "a"
    supply.run("supply.putBack({ ...supply.tasks[0], token: 'c' });")
    supply.wait(30_001)

    assert supply.run("return supply.take();") is None


def test_picture_is_asked_for_before_its_task_is_shown(supply: Window) -> None:
    reply = leased("a")
    address = "/api/v1/assignments/a/image"
    reply["assignments"][0]["data"]["image"] = address
    served = {"url": address, "width": 6, "height": 4}
    reply["assignments"][0] |= {"pictures": {"image": served}, "image": served}
    with supply.page.expect_request("**/api/v1/assignments/a/image"):
        fetch(supply, leased(), reply)

    task = supply.run("const { data, views, waiting } = supply.tasks[0]; return [data, views[0].element.alt, waiting];")
    assert task[:2] == [{"text": "a"}, "The picture to label"]


def test_what_was_never_shown_is_handed_back_and_not_taken_up_by_the_next_page(supply: Window) -> None:
    fetch(supply, leased("held"), leased("a", "b"))
    supply.run("supply.handBack();")
    assert supply.asked()[2:] == ["POST /assignments/a/return", "POST /assignments/b/return"]
    assert tokens(supply) == []

    supply.load()
    supply.run(OPEN)
    fetch(supply, leased("held", "a"), leased())

    assert tokens(supply) == ["held"]
