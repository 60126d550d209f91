"""Dots that workers count."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from django.utils.translation import gettext_lazy as _
from PIL import Image as Picture
from PIL import ImageDraw

from quality.demo.demo import Demo, DemoTask

TASKS = 60
SIDE, DOT = 320, 7  # pixels of a picture, and from the middle of a dot to its edge
FEWEST, MOST = 5, 45


def dots() -> Iterator[DemoTask]:
    chance = np.random.default_rng(2026)
    for number in range(1, TASKS + 1):
        count = int(chance.integers(FEWEST, MOST + 1))
        yield DemoTask(f"dots-{number:02}", count, {"text": "How many dots are there?"}, _drawn(count, chance))


def _drawn(count: int, chance: np.random.Generator) -> bytes:
    """So many dots that don't touch, each of a shade of its own."""
    picture = Picture.new("RGB", (SIDE, SIDE), "white")
    draw = ImageDraw.Draw(picture)
    placed: list[tuple[int, int]] = []
    while len(placed) < count:
        x, y = (int(place) for place in chance.integers(2 * DOT, SIDE - 2 * DOT, size=2))
        if all((x - left) ** 2 + (y - top) ** 2 > (2 * DOT + 2) ** 2 for left, top in placed):
            shade = int(chance.integers(20, 140))
            draw.ellipse((x - DOT, y - DOT, x + DOT, y + DOT), fill=(shade, shade, min(255, shade + 60)))
            placed.append((x, y))
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


DOTS = Demo(
    kind="number",
    slug="demo-number",
    name=_("Dots"),
    instructions=_("Count the dots, type the number and press Enter."),
    schema={"type": "number", "low": 0, "high": 100, "decimals": 0, "tolerance": 1, "unit": "dots"},
    tasks=dots,
)
