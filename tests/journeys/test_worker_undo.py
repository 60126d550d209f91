"""A worker who takes an answer back, or leaves the page: what was meant is what is stored."""

import time

from playwright.sync_api import Route, expect

from tests.journeys.house import House
from tests.journeys.queue_page import A_FEW_SECONDS, found, history, open_queue, requests_of, stage, standing
from tests.journeys.site import wait_until


def test_last_answer_is_taken_back_and_corrected_by_one_key_each(house: House) -> None:
    house.found()
    house.add_texts(*[f"Bird {n}?" for n in range(6)])
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    first = stage(bob)
    expect(bob.locator("#undo")).to_be_hidden()
    bob.keyboard.press("1")
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    second = stage(bob)

    bob.keyboard.press("u")
    expect(bob.get_by_role("button", name="yes", pressed=True)).to_be_enabled()
    assert stage(bob) == first
    expect(bob.get_by_role("status").get_by_text("Taken back. Your answer was yes: choose again.")).to_be_visible()
    expect(bob.locator("#done")).to_have_text("0 done today")
    expect(bob.locator("#undo")).to_be_hidden()
    wait_until(lambda: house.answers() == 0, A_FEW_SECONDS)
    bob.keyboard.press("2")

    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    assert stage(bob) == second
    expect(bob.locator("[aria-pressed]")).to_have_count(0)
    assert history(bob, house) == [(first, "yes", "taken back"), (first, "no", "standing")]
    wait_until(lambda: [row["label"] for row in house.labels() if row["label"]] == ["no"], A_FEW_SECONDS)


def test_skip_and_what_was_done_before_a_reload_are_taken_back(house: House) -> None:
    house.found()
    house.add_texts(*[f"Bird {n}?" for n in range(8)])
    bob = house.welcome("bob", "worker")
    undo = bob.get_by_role("button", name="Undo")
    open_queue(house, bob)
    skipped = stage(bob)
    bob.keyboard.press("s")
    expect(bob.locator("#stage")).not_to_have_text(skipped)
    undo.click()
    expect(bob.get_by_role("status").get_by_text("Taken back. You had skipped this task.")).to_be_visible()
    expect(bob.locator("#stage")).to_have_text(skipped)
    bob.keyboard.press("1")
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    assert history(bob, house) == [(skipped, "yes", "standing")]

    expect(bob.locator("#unsent")).to_be_hidden(timeout=A_FEW_SECONDS * 1000)
    open_queue(house, bob)
    undo.click()
    expect(bob.get_by_role("status").get_by_text("Taken back. Your answer was yes: choose again.")).to_be_visible()
    expect(bob.locator("#stage")).to_have_text(skipped)
    expect(bob.locator("#done")).to_have_text("0 done today")
    bob.keyboard.press("s")
    wait_until(lambda: standing(bob, house)["skipped"] == 1, A_FEW_SECONDS)

    open_queue(house, bob)
    undo.click()
    expect(bob.get_by_role("status").get_by_text("Taken back. You had skipped this task.")).to_be_visible()
    expect(bob.locator("#stage")).to_have_text(skipped)
    expect(bob.locator("#done")).to_have_text("0 done today")
    bob.keyboard.press("2")
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    assert history(bob, house) == [(skipped, "yes", "taken back"), (skipped, "no", "standing")]
    assert standing(bob, house)["skipped"] == 0


def test_undo_button_is_there_for_as_long_as_the_project_allows(house: House) -> None:
    found(house, undo_seconds=2)
    house.add_texts("Bird 0?", "Bird 1?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    first = stage(bob)

    bob.keyboard.press("1")
    bob.get_by_role("button", name="Undo").click()
    expect(bob.locator("#skip")).to_be_enabled()
    assert stage(bob) == first
    bob.keyboard.press("1")
    expect(bob.get_by_role("button", name="Undo")).to_be_visible()
    expect(bob.get_by_role("button", name="Undo")).to_be_hidden(timeout=5000)
    bob.keyboard.press("Backspace")

    assert stage(bob) != first
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)


def test_answer_that_was_never_sent_is_taken_back_without_a_request(house: House, complaints: list[str]) -> None:
    house.found()
    house.add_texts("Bird 0?", "Bird 1?", "Bird 2?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    deletions = requests_of(bob, "DELETE")

    bob.context.set_offline(True)
    bob.keyboard.press("1")
    second = stage(bob)
    bob.keyboard.press("1")
    bob.keyboard.press("u")
    expect(bob.locator("#unsent")).to_contain_text("1 not saved yet")
    assert stage(bob) == second
    bob.keyboard.press("2")
    bob.context.set_offline(False)

    wait_until(lambda: house.answers() == 2, A_FEW_SECONDS)
    assert [(answer, state) for _text, answer, state in history(bob, house)] == [
        ("yes", "standing"),
        ("no", "standing"),
    ]
    assert deletions == []
    complaints[:] = [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text]


def test_answer_is_corrected_while_it_is_on_its_way(house: House) -> None:
    house.found()
    house.add_texts("Bird 0?", "Bird 1?", "Bird 2?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    first = stage(bob)

    def slowly(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    bob.route("**/response*", slowly)
    for key in ("1", "u", "2", "u", "1", "2"):
        expect(bob.locator("#skip")).to_be_enabled()
        bob.keyboard.press(key)
    expect(bob.locator("#unsent")).to_have_attribute("hidden", "", timeout=A_FEW_SECONDS * 1000)

    # What was corrected before it had been sent has left no trace; how much that is depends on the
    # moment.
    given = history(bob, house)
    assert (house.answers(), given[0]) == (2, (first, "yes", "taken back"))
    standing = [answer for answer in given if answer[2] == "standing"]
    assert (len(standing), (first, "yes", "standing") in standing) == (2, True)


def test_undo_that_comes_too_late_is_told(house: House, complaints: list[str]) -> None:
    found(house, undo_seconds=60)
    house.add_texts("Bird 0?", "Bird 1?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    bob.keyboard.press("1")
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    second = stage(bob)

    house.call("PATCH", "", {"quality": {"undo_seconds": 0}})
    bob.keyboard.press("u")

    expect(bob.get_by_role("alert")).to_have_text("That answer stands: it could not be taken back any more.")
    expect(bob.locator("#skip")).to_be_enabled()
    assert stage(bob) == second
    expect(bob.locator("#done")).to_have_text("1 done today")
    complaints[:] = [text for text in complaints if "409" not in text]


def test_tasks_not_looked_at_go_to_others_when_the_page_is_left(house: House) -> None:
    house.found()
    house.add_texts(*[f"Bird {n}?" for n in range(4)])
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    wait_until(lambda: standing(bob, house)["held"] == 4, A_FEW_SECONDS)
    shown = stage(bob)

    bob.goto("/")
    wait_until(lambda: standing(bob, house)["held"] == 1, A_FEW_SECONDS)
    dora = house.welcome("dora", "worker")
    open_queue(house, dora)
    wait_until(lambda: standing(dora, house)["held"] == 3, A_FEW_SECONDS)
    open_queue(house, bob)

    assert stage(bob) == shown


def test_task_at_work_is_kept_and_one_ahead_that_has_ended_is_not_shown(house: House) -> None:
    found(house, lease_seconds=5)
    house.add_texts(*[f"Bird {n}?" for n in range(4)])
    bob = house.welcome("bob", "worker")
    extensions = requests_of(bob, "POST")
    open_queue(house, bob)
    shown = stage(bob)
    stale = bob.evaluate(f"() => fetch('/api/v1{house.path}/assignments').then(reply => reply.json())")

    for second in range(9):  # as if somebody were reading
        bob.mouse.move(second, second)
        bob.wait_for_timeout(1000)
    bob.keyboard.press("1")
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    expect(bob.locator("#skip")).to_be_enabled()
    bob.keyboard.press("1")

    wait_until(lambda: house.answers() == 2, A_FEW_SECONDS)
    assert history(bob, house)[0] == (shown, "yes", "standing")
    extended = {path.split("/")[-2] for path in extensions if path.endswith("/extend")}
    assert len(extended & {task["token"] for task in stale["assignments"]}) == 1
