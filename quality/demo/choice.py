"""Handwritten digits that workers name."""

import csv
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from django.utils.translation import gettext_lazy as _
from PIL import Image as Picture

from quality.demo.demo import Demo, DemoTask

FILE = Path(__file__).with_name("digits.csv")
GREYS = 16  # the brightest value a pixel of the data set has


def digits() -> Iterator[DemoTask]:
    with FILE.open(newline="") as file:
        for row in csv.DictReader(file):
            yield DemoTask(row["name"], row["digit"], picture=_png(row["pixels"]))


def _png(pixels: str) -> bytes:
    """64 base-17 digits as an 8 x 8 picture, dark strokes on white paper."""
    greys = np.array([int(pixel, GREYS + 1) for pixel in pixels], dtype=np.float64).reshape(8, 8)
    buffer = BytesIO()
    Picture.fromarray(np.round(255 * (1 - greys / GREYS)).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


DIGITS = Demo(
    kind="choice",
    slug="digits",
    name=_("Handwritten digits"),
    instructions=_("Which digit is this? Press its key, 0 to 9."),
    schema={"type": "choice", "classes": [{"name": str(digit)} for digit in range(10)]},
    tasks=digits,
)
