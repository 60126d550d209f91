"""The queue under a finger, on keyboards of other layouts, and as those see it who look after the
project."""

import io
import zipfile
from collections.abc import Callable

import pytest
from PIL import Image as Picture
from playwright.sync_api import Browser, Page, expect

from tests.journeys.house import House
from tests.journeys.queue_page import A_FEW_SECONDS, found, history, open_queue, stage
from tests.journeys.site import wait_until

RED = """(picture) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.drawImage(picture, 0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data[0] > 200;
}"""
PRESS = """([key, code, more]) => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more }))"""


@pytest.fixture
def on_phone(browser: Browser, house: House) -> Callable[[Page], Page]:
    """The same person's browser on a touch screen."""

    def move(page: Page) -> Page:
        state = page.context.storage_state()
        phone = browser.new_context(
            base_url=house.site.url,
            storage_state=state,
            viewport={"width": 390, "height": 780},
            has_touch=True,
            is_mobile=True,
        )
        return phone.new_page()

    return move


def zipped(**pictures: Picture.Image) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, picture in pictures.items():
            content = io.BytesIO()
            picture.save(content, "PNG")
            archive.writestr(f"{name}.png", content.getvalue())
    return buffer.getvalue()


def look(page: Page, answer: str) -> tuple[str, str]:
    button = page.locator(f"[data-answer={answer}]")
    return button.evaluate("node => getComputedStyle(node).backgroundColor"), button.evaluate(
        "node => getComputedStyle(node).outlineStyle"
    )


def test_finger_leaves_no_class_marked_on_the_next_task(house: House, on_phone: Callable[[Page], Page]) -> None:
    found(house)
    house.add_texts("Bird 0?", "Bird 1?", "Bird 2?")
    phone = on_phone(house.welcome("bob", "worker"))
    open_queue(house, phone)
    first = stage(phone)

    phone.locator("[data-answer=yes]").tap()
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    expect(phone.locator("#skip")).to_be_enabled()

    assert stage(phone) != first
    assert phone.evaluate("document.activeElement === document.body")
    assert look(phone, "yes") == look(phone, "no")
    phone.context.close()


def test_menu_of_reasons_closes_by_escape_by_a_press_elsewhere_and_with_its_task(house: House) -> None:
    found(house)
    house.add_texts("Bird 0?", "Bird 1?", "Bird 2?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    menu = bob.locator("#reasons")

    menu.locator("summary").click()
    bob.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    assert bob.evaluate("document.activeElement.closest('#reasons') !== null")
    menu.locator("summary").click()
    bob.locator("#stage").click()
    expect(menu).not_to_have_attribute("open", "")
    menu.locator("summary").click()
    bob.keyboard.press("1")

    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    expect(menu).not_to_have_attribute("open", "")


def test_keys_count_by_their_place_where_the_layout_has_other_characters(house: House) -> None:
    found(house)
    house.add_texts(*[f"Bird {n}?" for n in range(6)])
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)

    composing = ["ы", "KeyS", {"isComposing": True}]
    latin = ["o", "KeyS", {}]  # Dvorak: what it says is "o", wherever it lies
    for ignored in (composing, latin):
        before = stage(bob)
        bob.evaluate(PRESS, ignored)
        assert stage(bob) == before
    for key, code in (("&", "Digit1"), ("۲", "Digit2"), ("1", "Numpad1"), ("ы", "KeyS")):
        expect(bob.locator("#skip")).to_be_enabled()
        before = stage(bob)
        bob.evaluate(PRESS, [key, code, {}])
        expect(bob.locator("#stage")).not_to_have_text(before)

    wait_until(lambda: house.answers() == 3, A_FEW_SECONDS)
    assert [answer for _text, answer, _state in history(bob, house)] == ["yes", "no", "yes"]


def test_nothing_left_to_do_shows_no_buttons_for_it(house: House) -> None:
    found(house, undo_seconds=60)
    house.add_texts("Bird 0?")
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    bob.keyboard.press("1")

    expect(bob.get_by_role("heading", name="All done for now")).to_be_visible()
    for part in ("#answers", "#skip", "#reasons"):
        expect(bob.locator(part)).to_be_hidden()
    expect(bob.locator("#done")).to_have_text("1 done today")
    wait_until(lambda: house.answers() == 1, A_FEW_SECONDS)
    bob.reload()
    expect(bob.locator("#done")).to_have_text("1 done today")


def test_owner_tries_the_queue_and_nothing_is_stored(house: House) -> None:
    found(house)
    house.add_texts("Bird 0?", "طائر آخر؟")
    dora = house.welcome("dora", "manager")
    dora.goto(f"{house.path}/work")

    expect(dora.locator("#skip")).to_be_enabled()
    assert stage(dora) == "Bird 0?"
    dora.keyboard.press("1")
    expect(dora.get_by_text("You answered yes. Nothing was stored.")).to_be_visible()
    expect(dora.locator("#stage")).to_have_text("طائر آخر؟")
    assert dora.locator(".task-text").evaluate("node => getComputedStyle(node).direction") == "rtl"
    dora.locator("#skip").click()
    expect(dora.get_by_role("heading", name="That is what workers see")).to_be_visible()

    assert house.answers() == 0


def test_see_through_pictures_lie_on_light_squares(house: House) -> None:
    found(house)
    line_art = Picture.new("RGBA", (200, 150), (0, 0, 0, 0))
    line_art.paste((0, 0, 0, 255), (20, 70, 180, 80))
    house.add_archive(zipped(a=line_art, b=Picture.new("RGB", (200, 150), "red")), 2)
    bob = house.welcome("bob", "worker")
    bob.emulate_media(color_scheme="dark")
    open_queue(house, bob)

    grounds = {}
    for _ in range(2):
        expect(bob.locator("#skip")).to_be_enabled()
        picture = bob.locator("#stage img")
        ground = picture.evaluate("node => getComputedStyle(node).backgroundImage")
        grounds[picture.evaluate(RED)] = "conic-gradient" in ground
        bob.keyboard.press("1")

    assert grounds == {False: True, True: False}
