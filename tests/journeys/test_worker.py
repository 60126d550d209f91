"""A worker at the queue: one key press a task, never a wait, and nothing lost."""

import time

from playwright.sync_api import Route, expect

from tests.journeys.house import House
from tests.journeys.queue_page import A_FEW_SECONDS, open_queue, stage
from tests.journeys.site import wait_until


def test_ten_pictures_by_keyboard_alone_show_on_the_owners_page_without_a_reload(house: House) -> None:
    house.found()
    house.add_pictures(10)
    alice, bob = house.welcome("alice", "owner"), house.welcome("bob", "worker")
    alice.goto(house.path)
    alice.evaluate("() => { window.loadedOnce = true }")
    expect(alice.get_by_text("0 of 10 tasks settled")).to_be_visible()

    start = bob.get_by_role("link", name="Start labelling")
    while not start.evaluate("link => link === document.activeElement"):
        bob.keyboard.press("Tab")
    bob.keyboard.press("Enter")
    for done in range(10):
        expect(bob.locator("#stage img")).to_be_visible()
        expect(bob.get_by_role("button", name="yes")).to_be_enabled()
        bob.keyboard.press("12"[done % 2])
        expect(bob.locator("#done")).to_have_text(f"{done + 1} done today")
    expect(bob.get_by_text("All done for now")).to_be_visible()

    expect(alice.locator("#answers-collected")).to_have_text("10")
    expect(alice.get_by_text("10 of 10 tasks settled")).to_be_visible()
    assert alice.evaluate("() => window.loadedOnce") is True
    labels = sorted(row["label"] for row in house.labels())
    assert labels == ["no"] * 5 + ["yes"] * 5


def test_texts_by_mouse(house: House) -> None:
    house.found()
    house.add_texts("One line.\n\n  <b>Another</b> line.", source="a field guide", page=7)
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)

    text = bob.locator(".task-text")
    assert text.text_content() == "One line.\n\n  <b>Another</b> line."
    assert text.evaluate("element => getComputedStyle(element).whiteSpace") == "pre-wrap"
    expect(bob.locator(".task-data")).to_contain_text("sourcea field guide")
    expect(bob.locator(".task-data")).to_contain_text("page7")
    bob.get_by_role("button", name="yes").click()

    expect(bob.get_by_text("All done for now")).to_be_visible()
    wait_until(lambda: house.labels()[0]["label"] == "yes", A_FEW_SECONDS)


def test_skipped_task_goes_to_somebody_else(house: House) -> None:
    house.found()
    house.add_texts("A bird?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)

    bob.get_by_text("Skip because…").click()
    bob.get_by_role("button", name="it is unclear").click()
    expect(bob.get_by_text("All done for now")).to_be_visible()
    bob.reload()
    expect(bob.get_by_text("All done for now")).to_be_visible()
    dora = house.welcome("dora", "worker")
    open_queue(house, dora)

    assert stage(dora) == "A bird?"
    dora.keyboard.press("s")
    expect(dora.get_by_text("All done for now")).to_be_visible()
    assert house.answers() == 0


def test_two_workers_at_once_share_the_tasks(house: House) -> None:
    house.found()
    house.add_texts(*[f"Bird {n}?" for n in range(12)])
    workers = [house.welcome("bob", "worker"), house.welcome("dora", "worker")]
    for worker in workers:
        open_queue(house, worker)

    def press_where_there_is_a_task() -> bool:
        for worker in workers:
            if worker.locator("#skip").is_enabled():
                worker.keyboard.press("1")
        return house.answers() == 12

    wait_until(press_where_there_is_a_task, 60)
    for worker in workers:
        worker.get_by_text("All done for now").wait_for()
    assert [row["responses"] for row in house.labels()] == [1] * 12


def test_next_task_shows_at_once_however_slow_the_network(house: House) -> None:
    house.found()
    house.add_texts(*[f"Bird {n}?" for n in range(6)])
    bob = house.welcome("bob", "worker")

    def slowly(route: Route) -> None:
        time.sleep(0.7)
        route.continue_()

    bob.route("**/response*", slowly)
    open_queue(house, bob)
    shown_after = bob.evaluate(
        """async () => {
          const times = [];
          for (let n = 0; n < 3; n++) {
            const before = document.getElementById("stage").innerText;
            const pressed = performance.now();
            document.dispatchEvent(new KeyboardEvent("keydown", { key: "1" }));
            while (document.getElementById("stage").innerText === before) await Promise.resolve();
            times.push(performance.now() - pressed);
          }
          return times;
        }"""
    )

    assert max(shown_after) < 100
    expect(bob.locator("#unsent")).to_be_visible()
    expect(bob.locator("#unsent")).to_be_hidden(timeout=A_FEW_SECONDS * 1000)
    assert house.answers() == 3


def test_key_held_down_answers_once(house: House) -> None:
    house.found()
    house.add_texts("Bird 0?", "Bird 1?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    first = stage(bob)

    bob.keyboard.down("1")
    bob.keyboard.down("1")  # as the keyboard repeats a key that is held
    bob.keyboard.up("1")

    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    assert {first, stage(bob)} == {"Bird 0?", "Bird 1?"}


def test_reload_goes_on_with_the_task_that_was_shown(house: House) -> None:
    house.found()
    house.add_texts(*[f"Bird {n}?" for n in range(6)])
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    bob.keyboard.press("1")
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    before = stage(bob)

    bob.reload()
    expect(bob.locator("#skip")).to_be_enabled()

    assert stage(bob) == before


def test_answers_given_without_a_connection_are_sent_when_it_is_back(house: House, complaints: list[str]) -> None:
    house.found()
    house.add_texts("Bird 0?", "Bird 1?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)

    bob.context.set_offline(True)
    bob.keyboard.press("1")
    bob.keyboard.press("2")
    expect(bob.locator("#unsent")).to_contain_text("2 not saved yet")
    assert house.answers() == 0
    bob.context.set_offline(False)

    wait_until(lambda: house.answers() == 2, A_FEW_SECONDS)
    expect(bob.locator("#unsent")).to_be_hidden()
    expect(bob.get_by_text("All done for now")).to_be_visible()
    complaints[:] = [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text]


def test_answer_given_after_the_session_ended_is_kept_through_signing_in(house: House, complaints: list[str]) -> None:
    house.found()
    house.add_texts("Bird 0?", "Bird 1?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    first = stage(bob)

    bob.context.clear_cookies()
    bob.keyboard.press("1")
    expect(bob.get_by_text("You are signed out")).to_be_visible()
    assert house.answers() == 0
    bob.get_by_role("link", name="Sign in and go on").click()
    house.sign_in(bob, "bob")

    expect(bob.locator("#skip")).to_be_enabled()
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    assert {first, stage(bob)} == {"Bird 0?", "Bird 1?"}
    complaints[:] = [text for text in complaints if "401" not in text]


def test_question_mark_shows_the_keys(house: House) -> None:
    house.found(classes=("yes", "no", "maybe"))
    house.add_texts("Bird 0?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)

    bob.keyboard.press("?")
    expect(bob.get_by_role("dialog")).to_contain_text("maybe")
    bob.keyboard.press("1")  # no answer while the list is open
    bob.keyboard.press("?")

    expect(bob.get_by_role("dialog")).to_be_hidden()
    assert stage(bob) == "Bird 0?"
