"""An uploaded picture is never served as it came: it is decoded, turned upright, stripped and
encoded anew.

Only the process of `child.py` may import this: decoders are where hostile pictures do their harm.
"""

import hashlib
import io
import warnings
from contextlib import suppress

from PIL import AvifImagePlugin, ExifTags, Image, UnidentifiedImageError

from tasks.imaging.colours import to_srgb
from tasks.imaging.depth import DEEP, to_eight_bits
from tasks.imaging.headers import heic_or_avif, size_of_webp
from tasks.imaging.memory import refuse_costly, refuse_large_webp
from tasks.imaging.pictures import (
    FIRST_TAKEN,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    SCALED,
    THUMBNAIL_SIDE,
    BadImage,
    CleanImage,
    CostlyImage,
)
from tasks.imaging.scaling import averageable, fitting, narrowed, shortened

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
OF_SEVERAL = ("GIF", "PNG", "WEBP", "TIFF", "AVIF")  # a phone's JPEG holds previews, which nobody misses
JPEG_QUALITY = 92
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each would take address space, of which there is little


def reencode_here(content: bytes) -> CleanImage:
    """Decode the first frame, and encode it as sRGB, upright, as JPEG (from JPEG) or PNG (from all
    else).

    Nothing but pixels survives: no EXIF, no profile, no trailing bytes. Sides above 4,096 pixels
    are scaled down. The size in pixels is read from the header and checked before anything is
    decoded. Raises BadImage.
    """
    if len(content) > MAX_BYTES:
        raise BadImage("large")
    try:
        return _reencode(content)
    except BadImage:
        raise
    except Image.DecompressionBombError as error:
        raise BadImage("vast") from error
    except UnidentifiedImageError as error:
        raise BadImage(_why_unknown(content)) from error
    except MemoryError as error:
        raise CostlyImage("memory") from error
    # Decoders raise whatever their format's parser stumbles on.
    except Exception as error:
        raise BadImage("damaged") from error


def _reencode(content: bytes) -> CleanImage:
    """Step by step, each of which lets go of what the one before it made: two whole pictures are
    too much memory."""
    image = _open(content)
    jpeg = image.format in ("JPEG", "MPO")  # MPO: several JPEGs in one file, of which the first is meant
    notes = tuple(_notes(image))
    size, pixels = fitting(image.size, MAX_SIDE), image.width * image.height
    image.draft("RGB", size)
    refuse_costly(image, pixels)
    image.load()
    turn, profile = _turn(image), image.info.get("icc_profile")
    image = to_eight_bits(image) if image.mode in DEEP else image
    if size != image.size:
        image = narrowed(image, size[0])
        image = shortened(image, size[1])
    image = averageable(image)
    image = to_srgb(image, profile) if profile else image
    image = image if turn is None else image.transpose(turn)
    return _encode(image, jpeg=jpeg, notes=notes)


def _open(content: bytes) -> Image.Image:
    """The picture with nothing but its header read. Raises what Pillow raises."""
    if size := size_of_webp(content):
        refuse_large_webp(*size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise Image.DecompressionBombError
    return image


def _why_unknown(content: bytes) -> str:
    return heic_or_avif(content).lower() or "unknown"


def _notes(image: Image.Image) -> list[str]:
    notes = []
    if image.format in OF_SEVERAL and getattr(image, "is_animated", False):
        notes.append(FIRST_TAKEN)
    if image.mode in DEEP:
        notes.append(SCALED)
    return notes


def _turn(image: Image.Image) -> Image.Transpose | None:
    """What makes the picture upright. Metadata that is torn says nothing, and spoils no picture."""
    with suppress(Exception):
        return TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return None


def _encode(image: Image.Image, *, jpeg: bool, notes: tuple[str, ...]) -> CleanImage:
    alpha = image.mode in ("LA", "RGBA") and not jpeg
    pixels = image.convert("RGBA" if alpha else "L" if image.mode == "L" else "RGB")
    pixels.info = {}
    content = _bytes(pixels, jpeg=jpeg)
    small = pixels.resize(fitting(pixels.size, THUMBNAIL_SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    return CleanImage(
        content=content,
        content_type="image/jpeg" if jpeg else "image/png",
        width=pixels.width,
        height=pixels.height,
        sha256=hashlib.sha256(content).hexdigest(),
        thumbnail=_bytes(small, jpeg=jpeg),
        notes=notes,
    )


def _bytes(pixels: Image.Image, *, jpeg: bool) -> bytes:
    out = io.BytesIO()
    if jpeg:
        pixels.save(out, "JPEG", quality=JPEG_QUALITY)
    else:
        pixels.save(out, "PNG")
    return out.getvalue()
