"""Pages that nobody touches, replies that never arrive, and two windows of one person."""

from playwright.sync_api import Route, expect

from tests.journeys.house import House
from tests.journeys.queue_page import A_FEW_SECONDS, found, history, open_queue, stage, standing
from tests.journeys.site import wait_until


def test_task_of_a_page_that_nobody_touches_goes_to_others_when_its_time_is_over(house: House) -> None:
    found(house, lease_seconds=5)
    house.add_texts("Bird 0?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    dora = house.welcome("dora", "worker")

    open_queue(house, dora)  # which waits until there is a task

    assert stage(dora) == "Bird 0?"


def test_task_is_shown_once_though_the_reply_that_brought_it_was_lost(house: House, complaints: list[str]) -> None:
    found(house)
    texts = [f"Bird {n}?" for n in range(8)]
    house.add_texts(*texts)
    bob = house.welcome("bob", "worker")
    lost: list[int] = []

    def lose_every_second(route: Route) -> None:
        reply = route.fetch()
        if len(lost) % 2:
            route.fulfill(response=reply)
        else:
            route.abort()
        lost.append(reply.status)

    bob.route("**/response*", lose_every_second)
    bob.route(f"**{house.path}/assignments", lose_every_second)
    bob.goto(f"{house.path}/work")
    shown = []
    for _ in texts:
        expect(bob.locator("#skip")).to_be_enabled()
        shown.append(stage(bob))
        bob.keyboard.press("1")
        expect(bob.locator("#stage")).not_to_have_text(shown[-1])

    expect(bob.locator("#unsent")).to_have_attribute("hidden", "")
    bob.unroute_all(behavior="wait")  # for what is on its way just now
    assert sorted(shown) == texts
    assert house.answers() == len(texts)
    assert {answer for _text, answer, _state in history(bob, house)} == {"yes"}
    complaints[:] = [text for text in complaints if "net::ERR_FAILED" not in text]


def test_window_that_is_left_hands_back_nothing_of_another_window(house: House) -> None:
    found(house)
    house.add_texts(*[f"Bird {n}?" for n in range(4)])
    first = house.welcome("bob", "worker")
    open_queue(house, first)
    wait_until(lambda: standing(first, house)["held"] == 4, A_FEW_SECONDS)

    second = first.context.new_page()
    open_queue(house, second)
    second.goto("/")
    wait_until(lambda: standing(second, house)["held"] == 4, A_FEW_SECONDS)
    for done in range(4):
        expect(first.locator("#skip")).to_be_enabled()
        first.keyboard.press("1")
        expect(first.locator("#done")).to_have_text(f"{done + 1} done today")

    wait_until(lambda: house.answers() == 4, A_FEW_SECONDS)
