"""Texts, from the worker's box to the reviewer's decision."""

import os
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.queue_page import A_FEW_SECONDS
from tests.journeys.site import wait_until

SHOTS = os.environ.get("SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        for scheme in ("light", "dark"):
            for width, height in ((1280, 860), (390, 760)):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_timeout(250)
                page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}-{scheme}.png"))
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 860})


def found(house: House, **policy: Any) -> None:
    quality = {"min_responses": 1, "max_responses": 1, "gold_rate": 0.0, "target_confidence": 0.5, **policy}
    schema = {"type": "text", "max_length": 60}
    body = {"slug": house.slug, "name": "Sounds", "instructions": "Write down what is said.", "schema": schema}
    reply = house.site.call("POST", "/projects", house.key, {**body, "quality": quality})
    assert reply.status == 201, reply.body


def vote(house: House, table: str) -> None:
    headers = {"Authorization": f"Bearer {house.key}", "Content-Type": "text/csv"}
    address = f"{house.site}/api/v1{house.path}/responses/import"
    request = urllib.request.Request(address, table.encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        assert reply.status == 201


def open_queue(house: House, page: Page) -> Any:
    page.goto(f"{house.path}/work")
    expect(page.locator("#skip")).to_be_enabled()
    return page.locator("#answers textarea")


def test_text_is_written_kept_sent_taken_back_and_mended(house: House) -> None:
    found(house)
    house.add_texts("Sound 0", "Sound 1")
    bob = house.welcome("bob", "worker")
    box = open_queue(house, bob)
    expect(box).to_be_focused()
    first = bob.locator(".task-text").inner_text()
    other = {"Sound 0": "Sound 1", "Sound 1": "Sound 0"}[first]
    box.press_sequentially("two dgos")
    shot(bob, "box")
    bob.reload()
    expect(bob.locator("#skip")).to_be_enabled()
    expect(box).to_have_value("two dgos")

    box.press("Enter")

    expect(bob.locator("#stage")).to_contain_text(other)
    expect(box).to_have_value("")
    box.press("Escape")
    bob.keyboard.press("u")
    expect(bob.locator("#stage")).to_contain_text(first)
    expect(box).to_have_value("two dgos")
    box.fill("two dogs")
    box.press("Enter")
    expect(bob.locator("#stage")).to_contain_text(other)
    box.press("Escape")
    bob.keyboard.press("0")
    expect(bob.get_by_role("heading", name="All done for now")).to_be_visible()
    labels = {first: "two dogs", other: ""}
    wait_until(lambda: {f"Sound {row['task'][1:]}": row["label"] for row in house.labels()} == labels, A_FEW_SECONDS)
    assert bob.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []


def test_training_marks_the_words_that_are_wrong(house: House) -> None:
    found(house, training_tasks=1)
    house.add_texts("Sound 0", "Sound 1")
    gold = {"answer": "two dogs run", "explanation": "Listen again.", "training": True}
    assert house.call("PUT", "/tasks/t0/gold", gold).status == 200
    bob = house.welcome("bob", "worker")
    bob.goto(f"{house.path}/work")
    bob.get_by_role("button", name="Begin the training").click()
    box = bob.locator("#answers textarea")
    expect(bob.locator("#skip")).to_be_enabled()
    box.fill("too dogs run")
    box.press("Enter")

    expect(bob.locator("#correction")).to_be_visible()
    expect(bob.locator("[data-difference] del")).to_have_text("too")
    expect(bob.locator("[data-difference] ins")).to_have_text("two")
    shot(bob, "correction")
    bob.wait_for_timeout(400)
    bob.keyboard.press("Enter")
    expect(bob.locator("#stage")).to_contain_text("Sound 1")
    expect(bob.locator("[data-difference]")).to_be_hidden()


def test_suggestion_is_taken_over_by_hand(house: House) -> None:
    found(house)
    house.add_texts("Sound 0")
    predicted = {"model": "net", "predictions": [{"task": "t0", "answer": "two dogs"}]}
    assert house.call("POST", "/prelabels", predicted).status == 201
    assert house.call("PATCH", "", {"quality": {"shown_model": "net", "blind_share": 0.0}}).status == 200
    bob = house.welcome("bob", "worker")
    box = open_queue(house, bob)
    expect(bob.locator("#suggestion")).to_have_text("A model suggests: two dogs. It may be wrong.")
    expect(box).to_have_value("")
    shot(bob, "suggestion")

    box.press("Alt+Enter")

    expect(box).to_have_value("two dogs")
    box.press("Enter")
    wait_until(lambda: [row["label"] for row in house.labels()] == ["two dogs"], A_FEW_SECONDS)


def test_reviewer_sees_what_differs_and_writes_what_is_right(house: House) -> None:
    found(house, min_responses=3, max_responses=3, target_confidence=0.99)
    house.add_texts("Sound 0")
    rows = "".join(f"t0,{who},{text}\n" for who, text in (("a", "two dogs"), ("b", "too dogs"), ("c", "two digs run")))
    vote(house, f"task,worker,answer\n{rows}")
    wait_until(lambda: [row["state"] for row in house.labels()] == ["disputed"], A_FEW_SECONDS)
    ann = house.welcome("ann", "reviewer")
    ann.goto(f"{house.path}/review")
    box = ann.locator("#own textarea")
    expect(box).to_have_value("two dogs")
    expect(ann.locator("[data-opinion] ins")).to_have_count(2)
    shot(ann, "review")
    box.fill("two dogs run")
    box.press("Enter")

    expect(ann.get_by_text("t0 is decided.")).to_be_visible()
    assert [(row["label"], row["source"]) for row in house.labels()] == [("two dogs run", "adjudicated")]
