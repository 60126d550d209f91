"""Pictures in the queue are zoomed and panned, and a point of the page is a pixel of the upright
original, whatever is shown of it."""

import io
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from PIL import Image as Picture
from playwright.sync_api import Browser, Page, expect

from tests.journeys.house import House
from tests.journeys.queue_page import found, open_queue

STORED = (5472, 3648)  # 20 megapixels, as the camera stored them, held sideways
SIZE = (3648, 5472)  # upright
SIDEWAYS = 6  # EXIF: upright when turned clockwise
MARK = (700, 1500)  # the corner of a white square in the upright picture
SIDE = 40
BOX = "document.querySelector('#stage img').getBoundingClientRect().toJSON()"  # of whichever copy is there now
POINTS = """() => {
    window.points = [];
    document.addEventListener("picture-point", ({ detail }) => window.points.push(detail));
}"""


@cache
def photo() -> bytes:
    """Green, with a white square, whose sides are even in every copy."""
    left, top = MARK
    image = Picture.new("RGB", STORED, "seagreen")
    # What is at x, y when upright lies at y, width - x in the file.
    image.paste("white", (top, SIZE[0] - left - SIDE, top + SIDE, SIZE[0] - left))
    exif = Picture.Exif()
    exif[0x0112] = SIDEWAYS
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, exif=exif)
    return buffer.getvalue()


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("photo.jpg", photo())
    return buffer.getvalue()


def opened(house: House) -> Page:
    found(house)
    house.add_archive(archive(), 1)
    bob = house.welcome("bob", "worker")
    open_queue(house, bob)
    bob.evaluate(POINTS)
    return bob


def place_of(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the upright original is on the page, by the picture's own box: nothing of
    the page's own reckoning."""
    box = page.evaluate(BOX)
    return box["x"] + x * box["width"] / SIZE[0], box["y"] + y * box["height"] / SIZE[1]


def scale(page: Page) -> float:
    return float(page.evaluate(BOX)["width"] / SIZE[0])


def points(page: Page) -> list[dict[str, Any]]:
    return page.evaluate("window.points")


def shown_width(page: Page) -> int:
    return page.locator("#stage img").evaluate("picture => picture.naturalWidth")


def whiteness(page: Page, x: float, y: float) -> int:
    """How red the page is at a point: the square is, and the green around it is not."""
    shot = page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 2, "height": 2})
    return Picture.open(io.BytesIO(shot)).convert("RGB").getchannel("R").tobytes()[0]


def test_a_mark_of_a_turned_photo_is_where_it_is_at_every_zoom(house: House, tmp_path: Any) -> None:
    bob = opened(house)
    middle = (MARK[0] + SIDE / 2, MARK[1] + SIDE / 2)
    full_asked: list[str] = []
    bob.on("request", lambda request: full_asked.append(request.url) if "size=full" in request.url else None)
    assert shown_width(bob) == 2731

    at = place_of(bob, *middle)
    bob.mouse.click(*at)
    bob.mouse.move(*at)
    for _turn in range(5):
        bob.mouse.wheel(0, -250)
    expect(bob.locator(".zoom.zoomed img")).to_have_js_property("naturalWidth", SIZE[0])
    assert len(full_asked) == 1
    corner, inside, outside = (place_of(bob, MARK[0] + d, MARK[1] + d) for d in (0, 4, -4))
    assert (whiteness(bob, *inside) > 200, whiteness(bob, *outside) < 100) == (True, True)
    bob.screenshot(path=tmp_path / "desk.png")
    bob.mouse.click(*corner)

    (first, second) = points(bob)
    assert first["field"] == "image"
    assert (first["x"], first["y"]) == pytest.approx(middle, abs=0.5 / 0.1)  # half a pixel of the page
    assert (second["x"], second["y"]) == pytest.approx(MARK, abs=0.5)
    assert house.answers() == 0


def test_keys_zoom_pan_and_fit_and_answers_keep_theirs(house: House) -> None:
    bob = opened(house)
    fit = scale(bob)
    bob.keyboard.press("ArrowLeft")
    assert scale(bob) == fit
    bob.keyboard.press("+")
    bob.keyboard.press("+")
    assert scale(bob) == pytest.approx(fit * 2.25)
    before = place_of(bob, 0, 0)
    bob.keyboard.press("ArrowDown")
    assert place_of(bob, 0, 0)[1] == pytest.approx(before[1] - 80, abs=1)
    bob.keyboard.press("-")
    assert scale(bob) == pytest.approx(fit * 1.5)
    bob.keyboard.press("0")
    assert scale(bob) == fit
    bob.get_by_role("button", name="Look closer").click()
    assert scale(bob) == pytest.approx(fit * 1.5)
    bob.keyboard.press("1")
    expect(bob.get_by_text("All done for now")).to_be_visible()


def test_dragging_pans_and_a_double_click_looks_closer_and_back(house: House) -> None:
    bob = opened(house)
    fit = scale(bob)
    at = place_of(bob, 1800, 2700)
    bob.mouse.dblclick(*at)
    assert scale(bob) > fit * 2
    assert place_of(bob, 1800, 2700) == pytest.approx(at, abs=1)
    bob.mouse.move(*at)
    bob.mouse.down()
    bob.mouse.move(at[0] + 60, at[1] + 40, steps=3)
    bob.mouse.up()
    assert place_of(bob, 1800, 2700) == pytest.approx((at[0] + 60, at[1] + 40), abs=9)
    bob.wait_for_timeout(500)
    bob.mouse.dblclick(*at)
    assert scale(bob) == fit


@pytest.fixture
def on_phone(browser: Browser, house: House) -> Callable[[Page], Page]:
    def move(page: Page) -> Page:
        state = page.context.storage_state()
        phone = browser.new_context(
            base_url=house.site.url,
            storage_state=state,
            viewport={"width": 390, "height": 780},
            has_touch=True,
            is_mobile=True,
            device_scale_factor=3,
        )
        return phone.new_page()

    return move


def test_two_fingers_zoom_and_a_double_tap_does(house: House, on_phone: Callable[[Page], Page], tmp_path: Any) -> None:
    found(house)
    house.add_archive(archive(), 1)
    phone = on_phone(house.welcome("bob", "worker"))
    open_queue(house, phone)
    fit = scale(phone)
    assert phone.evaluate("visualViewport.scale") == 1
    box = phone.locator(".zoom").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = phone.context.new_cdp_session(phone)

    def touch(kind: str, *apart: float) -> None:
        touches = [{"x": x + side * d, "y": y, "id": n} for d in apart for n, side in enumerate((-1, 1))]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    touch("touchStart", 40)
    for apart in (60, 90, 120, 160):
        touch("touchMove", apart)
    touch("touchEnd")
    assert scale(phone) == pytest.approx(fit * 4, rel=0.05)
    assert phone.evaluate("visualViewport.scale") == 1
    expect(phone.locator(".zoom.zoomed img")).to_have_js_property("naturalWidth", SIZE[0])
    phone.screenshot(path=tmp_path / "phone.png")
    phone.touchscreen.tap(x, y)
    phone.touchscreen.tap(x, y)
    assert scale(phone) == pytest.approx(fit, rel=0.01)
    phone.context.close()
