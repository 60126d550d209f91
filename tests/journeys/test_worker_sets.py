"""Sets of classes in the worker's queue: turned on and off by keys and buttons, none of them, and
picked out of very many."""

from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.queue_page import A_FEW_SECONDS, open_queue
from tests.journeys.site import wait_until


def said(house: House) -> dict[str, object]:
    rows = house.call("GET", "/responses").body["results"]
    return {row["task"]: row["answer"] for row in rows}


def at_work(house: House, *texts: str) -> Page:
    house.add_texts(*texts)
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    return bob


def test_keys_turn_classes_on_and_enter_gives_them(house: House) -> None:
    house.found(classes=("cat", "dog", "cow"), kind="choices")
    bob = at_work(house, "Bird 0?", "Bird 1?", "Bird 2?")
    bob.keyboard.press("2")
    bob.keyboard.press("1")
    expect(bob.locator("[aria-pressed=true]")).to_have_count(2)
    bob.keyboard.press("Enter")
    wait_until(lambda: list(said(house).values()) == [["cat", "dog"]], A_FEW_SECONDS)

    expect(bob.locator("[aria-pressed=true]")).to_have_count(0)
    bob.keyboard.press("Enter")
    expect(bob.locator("[data-faults]")).to_have_text("Choose what applies, or “None of these”.")
    bob.keyboard.press("1")
    bob.keyboard.press("n")
    expect(bob.locator("[aria-pressed=true]")).to_have_count(1)
    bob.get_by_role("button", name="Answer").click()
    wait_until(lambda: len(said(house)) == 2, A_FEW_SECONDS)
    assert [] in said(house).values()

    bob.keyboard.press("u")
    expect(bob.locator("[data-none-applies]")).to_have_attribute("aria-pressed", "true")
    expect(bob.locator("#news")).to_have_text("Taken back. Your answer was none of these: choose again.")


def test_of_very_many_classes_some_are_found_by_typing(house: House) -> None:
    house.found(classes=tuple(f"class {number}" for number in range(1000)), kind="choices")
    bob = at_work(house, "Bird 0?", "Bird 1?")
    bob.keyboard.type("class 77")
    bob.keyboard.press("Enter")
    bob.keyboard.type("class 500")
    bob.keyboard.press("Enter")
    bob.keyboard.press("Enter")
    wait_until(lambda: list(said(house).values()) == [["class 77", "class 500"]], A_FEW_SECONDS)

    expect(bob.locator("[data-picked] button")).to_have_count(0)
    expect(bob.get_by_role("combobox")).to_be_focused()
    bob.keyboard.press("2")
    expect(bob.locator("[data-picked] button")).to_have_text("class 500 ✕")
    bob.keyboard.press("Escape")
    bob.keyboard.press("1")
    expect(bob.locator("[data-picked] button")).to_have_count(2)


def test_one_of_very_many_classes_is_found_by_typing(house: House) -> None:
    house.found(classes=tuple(f"class {number}" for number in range(1000)))
    bob = at_work(house, "Bird 0?", "Bird 1?")
    bob.keyboard.type("class 999")
    bob.keyboard.press("Enter")
    wait_until(lambda: list(said(house).values()) == ["class 999"], A_FEW_SECONDS)
    expect(bob.get_by_role("combobox")).to_be_focused()
    bob.keyboard.press("1")
    wait_until(lambda: list(said(house).values()) == ["class 999"] * 2, A_FEW_SECONDS)
