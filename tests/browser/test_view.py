"""Whatever a camera did with a picture, and however it is scaled, zoomed and moved on a page: a
point of it is where it was, in pixels of the upright original."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from tasks.imaging import full_size, reencode
from tests.browser.conftest import Window

MARK = 9  # pixels a side, white on black, whose middle is the point
KINDS = ("JPEG", "PNG", "TIFF", "WEBP")
# Where a point of the file is when it is upright, by EXIF 2.32, 4.6.5: what its first row and
# column show.
TURNED: Mapping[int, Callable[[float, float, int, int], tuple[float, float]]] = MappingProxyType({
    1: lambda x, y, _w, _h: (x, y),
    2: lambda x, y, w, _h: (w - x, y),
    3: lambda x, y, w, h: (w - x, h - y),
    4: lambda x, y, _w, h: (x, h - y),
    5: lambda x, y, _w, _h: (y, x),
    6: lambda x, y, _w, h: (h - y, x),
    7: lambda x, y, w, h: (h - y, w - x),
    8: lambda x, y, w, _h: (y, w - x),
})  # fmt: skip
ON_PAGES = """
    const { View } = await import("/static/tasks/view.js");
    return pages.map(({ frame, moves }) => {
        const view = new View(...size);
        view.resize(...frame);
        for (const [verb, ...how] of moves) view[verb](...how);
        const at = view.toFrame(point);
        return { at, scale: view.scale, back: view.toPicture({ x: at.x, y: at.y }) };
    });"""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture with one mark: its size in the file, how it has to be turned, and the mark's corner
    in the file."""

    size: tuple[int, int]
    turn: int
    kind: str
    corner: tuple[int, int]

    @property
    def content(self) -> bytes:
        image = Picture.new("L", self.size)
        image.paste(255, (*self.corner, self.corner[0] + MARK, self.corner[1] + MARK))
        exif = Picture.Exif()
        exif[0x0112] = self.turn
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, self.kind, exif=exif, **({"quality": 95} if self.kind == "JPEG" else {}))
        return buffer.getvalue()

    @property
    def upright(self) -> tuple[int, int]:
        return self.size[::-1] if self.turn > 4 else self.size

    @property
    def point(self) -> tuple[float, float]:
        """The middle of the mark when the picture is upright."""
        x, y = (start + MARK / 2 for start in self.corner)
        return TURNED[self.turn](x, y, *self.size)


@st.composite
def photos(draw: st.DrawFn) -> Photo:
    """Small ones, and such as are so long that they are served scaled."""
    short = st.integers(20, 60)
    sides = draw(st.tuples(st.one_of(short, st.integers(4097, 6000)), short).map(sorted))
    size = tuple(draw(st.permutations(sides)))
    corner = tuple(draw(st.integers(0, side - MARK)) for side in size)
    return Photo((size[0], size[1]), draw(st.integers(1, 8)), draw(st.sampled_from(KINDS)), (corner[0], corner[1]))


some_moves = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.floats(0.3, 8)),
        st.tuples(st.just("pan"), st.floats(-900, 900), st.floats(-900, 900)),
        st.tuples(st.just("resize"), st.integers(100, 2000), st.integers(100, 2000)),
        st.just(("fit",)),
    ),
    max_size=6,
)
some_pages = st.lists(
    st.fixed_dictionaries({"frame": st.tuples(st.integers(100, 2000), st.integers(100, 2000)), "moves": some_moves}),
    min_size=2,
    max_size=2,
)
TWENTY_MEGAPIXELS = [Photo((5472, 3648), turn, "JPEG", (700, 3001)) for turn in (1, 6)]
A_PAGE = {"frame": (890, 500), "moves": [("zoom", 9.5), ("pan", -40.5, 13.25)]}


def middle(content: bytes, frame: Sequence[int]) -> tuple[float, float]:
    """The middle of the white in a copy, in the frame's pixels."""
    light = np.asarray(Picture.open(io.BytesIO(content)).convert("L")).astype(float)
    light[light < 40] = 0  # what JPEG strews about
    down, right = (light.sum(axis=axis) for axis in (1, 0))
    x, y = ((np.arange(len(sums)) + 0.5) @ sums / sums.sum() / len(sums) for sums in (right, down))
    return float(x * frame[0]), float(y * frame[1])


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    return float(np.abs(np.subtract(one, other)).max())


@settings(max_examples=60)
@example(TWENTY_MEGAPIXELS[0], [A_PAGE, A_PAGE])
@example(TWENTY_MEGAPIXELS[1], [A_PAGE, A_PAGE])
@given(photo=photos(), pages=some_pages)
def check(window: Window, photo: Photo, pages: Any) -> None:
    content = photo.content
    clean = reencode(content)
    frame = (clean.width, clean.height)
    assert (frame, clean.turn, clean.is_scaled) == (photo.upright, photo.turn, max(photo.size) > 4096)
    assert distance(middle(clean.content, frame), photo.point) <= 0.5
    if clean.is_scaled:
        full = full_size(content)
        assert Picture.open(io.BytesIO(full.content)).size == frame
        assert distance(middle(full.content, frame), photo.point) <= 0.5

    # A click on a page is sent as JSON, and drawn on another.
    point = dict(zip("xy", photo.point, strict=True))
    first, second = window.run(ON_PAGES, size=frame, point=point, pages=pages)
    sent = json.loads(json.dumps(first["back"]))
    (again, _same) = window.run(ON_PAGES, size=frame, point=sent, pages=pages[::-1])
    assert distance([sent["x"], sent["y"]], photo.point) <= 0.5
    assert distance([again["back"]["x"], again["back"]["y"]], photo.point) <= 0.5
    assert (
        distance([again["at"]["x"], again["at"]["y"]], [second["at"]["x"], second["at"]["y"]]) <= 0.5 * second["scale"]
    )


def test_a_point_is_where_it_was(window: Window) -> None:
    check(window)


def test_all_of_a_picture_fits_and_lies_in_the_middle(window: Window) -> None:
    views = """
        const { View } = await import("/static/tasks/view.js");
        const view = new View(400, 200);
        view.resize(1000, 300);
        const fit = [view.scale, view.left, view.top];
        view.zoom(4, { x: 250, y: 150 });
        const zoomed = [view.scale, view.toPicture({ x: 250, y: 150 }), view.isFit];
        view.zoom(0.1);
        return [fit, zoomed, [view.scale, view.left, view.top, view.isFit]];"""
    fit, zoomed, back = window.run(views)
    assert fit == [1.5, 200, 0]
    assert zoomed == [6, {"x": 50 / 1.5, "y": 100}, False]
    assert back == [1.5, 200, 0, True]
