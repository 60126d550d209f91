"""Pictures turned upright, as the EXIF of cameras says how they were held."""

from contextlib import suppress

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

Pixels = npt.NDArray[np.uint8]

ROWS = 256  # turned at once
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)
MIRRORED_ROWS, MIRRORED_COLUMNS = (3, 4, 7, 8), (2, 3, 6, 7)  # of the picture once it is no more sideways


def turn_of(image: Image.Image) -> int:
    """From 1, upright, to 8. Metadata that is torn says nothing, and spoils no picture."""
    with suppress(Exception):
        turn = image.getexif().get(ExifTags.Base.Orientation, 1)
        return turn if turn in TURNS else 1
    return 1


def upright_size(size: tuple[int, int], turn: int) -> tuple[int, int]:
    return (size[1], size[0]) if turn in SIDEWAYS else size


def upright(image: Image.Image, turn: int) -> Image.Image:
    return image.transpose(TURNS[turn]) if turn in TURNS else image


def pixels_of(image: Image.Image) -> Pixels:
    """Its channels as they are, packed; a picture of three channels takes a quarter less so."""
    channels = len(image.getbands())
    pixels = np.empty((image.height, image.width, channels), dtype=np.uint8)
    for top in range(0, image.height, ROWS):
        strip = image.crop((0, top, image.width, min(top + ROWS, image.height)))
        pixels[top : top + ROWS] = np.asarray(strip).reshape(strip.height, strip.width, channels)
    return pixels


def upright_of(pixels: Pixels, mode: str, turn: int) -> Image.Image:
    """The picture of these channels, turned a strip at a time: where two whole pictures would be
    too much memory, its pixels and the picture are not."""
    turned = pixels.swapaxes(0, 1) if turn in SIDEWAYS else pixels
    turned = turned[::-1] if turn in MIRRORED_ROWS else turned
    turned = turned[:, ::-1] if turn in MIRRORED_COLUMNS else turned
    image = Image.new(mode, (turned.shape[1], turned.shape[0]))
    for top in range(0, image.height, ROWS):
        strip = np.ascontiguousarray(turned[top : top + ROWS])
        image.paste(Image.fromarray(strip[:, :, 0] if strip.shape[2] == 1 else strip), (0, top))
    return image
