"""Grey values of more than 8 bits, as scanners, microscopes and satellites give them."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
ROWS = 256  # scaled at once: what takes 2 to 4 bytes a pixel is not copied whole


def to_eight_bits(image: Image.Image) -> Image.Image:
    """16 bits by their full range, v / 257; wider whole numbers and floats by the range from the
    least to the greatest of the picture, since their formats know none. What is not a number is
    black."""
    low, high = (0.0, 65535.0) if image.mode.startswith("I;16") else _range(image)
    step = (high - low) / 255 or 1.0
    out = Image.new("L", image.size)
    for top, rows in _strips(image):
        values = np.nan_to_num((rows - low) / step, nan=0.0, posinf=255.0, neginf=0.0)
        out.paste(Image.fromarray(np.rint(values.clip(0, 255)).astype(np.uint8)), (0, top))
    return out


def _range(image: Image.Image) -> tuple[float, float]:
    finite = [rows[np.isfinite(rows)] for _top, rows in _strips(image)]
    ends = [(rows.min(), rows.max()) for rows in finite if rows.size]
    return (min(low for low, _high in ends), max(high for _low, high in ends)) if ends else (0.0, 0.0)


def _strips(image: Image.Image) -> Iterator[tuple[int, npt.NDArray[np.float64]]]:
    for top in range(0, image.height, ROWS):
        strip = image.crop((0, top, image.width, min(top + ROWS, image.height)))
        yield top, np.asarray(strip).astype(np.float64)
