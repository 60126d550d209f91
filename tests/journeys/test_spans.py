"""A worker marks spans of a text in the queue by keys alone, and again after taking the answer
back."""

import os
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.queue_page import A_FEW_SECONDS
from tests.journeys.site import wait_until

TEXT = "𠮷田 met Ada Lovelace in London.  \r\nThey took the train to New York. 👩‍👩‍👧"
OTHER = "Nobody is named here."
LOOKS = {"1280": (1280, 860), "390": (390, 844)}


def found(house: House) -> None:
    policy = {"min_responses": 1, "max_responses": 1, "gold_rate": 0.0, "target_confidence": 0.6}
    classes = [{"name": "person", "key": "p"}, {"name": "place", "key": "o"}]
    schema = {"type": "spans", "classes": classes}
    body = {"slug": house.slug, "name": "Names", "instructions": "Mark names.", "schema": schema, "quality": policy}
    assert house.site.call("POST", "/projects", house.key, body).status == 201
    add(house, "t0", TEXT)


def add(house: House, name: str, text: str) -> None:
    assert house.call("POST", "/tasks", {"tasks": [{"external_id": name, "data": {"text": text}}]}).status == 201


def label(house: House, task: str) -> Any:
    return next(row["label"] for row in house.labels() if row["task"] == task)


def looked_at(page: Page) -> None:
    """Pictures for whoever wants to see it: `LOOKS=folder`."""
    if folder := os.environ.get("LOOKS"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for name, (width, height) in LOOKS.items():
                page.set_viewport_size({"width": width, "height": height})
                page.screenshot(path=f"{folder}/spans-{name}-{scheme}.png")
        page.set_viewport_size({"width": 1280, "height": 860})


def test_worker_marks_names_by_keys_alone_and_takes_the_answer_back(house: House) -> None:
    found(house)
    bob = house.welcome("bob", "worker")
    bob.goto(f"{house.path}/work")
    expect(bob.locator("#skip")).to_be_enabled()
    add(house, "t1", OTHER)
    text = bob.locator(".marked-text")
    assert text.evaluate("(node) => node.textContent") == TEXT
    text.focus()
    for keys, marks in (
        (("ArrowRight", "Shift+ArrowRight", "p"), 1),
        (("ArrowRight", "ArrowRight", "Shift+ArrowRight", "p"), 2),
        (("ArrowRight", "ArrowRight", "o"), 3),
    ):
        for key in keys:
            text.press(key)
        expect(bob.locator("[data-list] button")).to_have_count(marks)
    expect(bob.locator("[data-list] button")).to_have_count(3)
    looked_at(bob)
    bob.keyboard.press("Enter")
    expect(bob.locator(".marked-text")).to_have_text(OTHER)
    wanted = [
        {"class": "person", "start": 0, "end": 2},
        {"class": "person", "start": 7, "end": 19},
        {"class": "place", "start": 23, "end": 29},
    ]
    wait_until(lambda: label(house, "t0") == wanted, A_FEW_SECONDS)
    bob.keyboard.press("u")
    expect(bob.locator("[data-list] button")).to_have_count(3)
    bob.keyboard.press("Enter")
    expect(bob.locator(".marked-text")).to_have_text(OTHER)
    bob.keyboard.press("n")
    wait_until(lambda: label(house, "t1") == [] and label(house, "t0") == wanted, A_FEW_SECONDS)
