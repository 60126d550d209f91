"""An uploaded picture is never served as it came: it is decoded, turned upright, stripped and
encoded anew.

Only the process of `child.py` may import this: decoders are where hostile pictures do their harm.
"""

import io
import warnings
from collections.abc import Callable
from typing import TypeVar

from PIL import AvifImagePlugin, Image, UnidentifiedImageError

from tasks.imaging.colours import to_srgb
from tasks.imaging.depth import DEEP, to_eight_bits
from tasks.imaging.headers import heic_or_avif, size_of_webp
from tasks.imaging.memory import refuse_costly, refuse_large_webp
from tasks.imaging.pictures import (
    FIRST_TAKEN,
    LONGEST_COPY,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    SCALED,
    THUMBNAIL_SIDE,
    BadImage,
    CleanImage,
    Copy,
    CostlyImage,
)
from tasks.imaging.scaling import averageable, fitting, narrowed, shortened
from tasks.imaging.upright import pixels_of, turn_of, upright, upright_of, upright_size

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
OF_SEVERAL = ("GIF", "PNG", "WEBP", "TIFF", "AVIF")  # a phone's JPEG holds previews, which nobody misses
JPEG_QUALITY = 92
FAST = 1  # of zlib's levels: the others take longer for tens of millions of pixels than we allow
MOST_LOSSLESS = 25_000_000  # pixels that are packed without loss in the time that is allowed

T = TypeVar("T")

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each would take address space, of which there is little


def reencode_here(content: bytes) -> CleanImage:
    """Decode the first frame, and encode it as sRGB, upright, as JPEG (from JPEG) or PNG (from all
    else).

    Nothing but pixels survives: no EXIF, no profile, no trailing bytes. Sides above 4,096 pixels
    are scaled down. The size in pixels is read from the header and checked before anything is
    decoded. Raises BadImage.
    """
    return _tried(_reencode, content)


def full_size_here(content: bytes) -> Copy:
    """The same without scaling anything. Raises BadImage, also where that takes more memory than
    there is."""
    return _tried(_full_size, content)


def _tried(decode: Callable[[bytes], T], content: bytes) -> T:
    if len(content) > MAX_BYTES:
        raise BadImage("large")
    try:
        return decode(content)
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
    media_type, jpeg, notes, whole = _media_type(image), _is_jpeg(image), tuple(_notes(image)), image.size
    declared = turn_of(image)
    size = fitting(whole, MAX_SIDE)
    image.draft("RGB", size)
    refuse_costly(image, whole[0] * whole[1])
    image.load()
    turn, profile = turn_of(image), image.info.get("icc_profile")  # of TIFF, Pillow has turned it by now
    image = to_eight_bits(image) if image.mode in DEEP else image
    if size != image.size:
        image = narrowed(image, size[0])
        image = shortened(image, size[1])
    image = averageable(image)
    image = to_srgb(image, profile) if profile else image
    image = _plain(upright(image, turn), jpeg=jpeg)
    width, height = upright_size(whole, turn)
    return CleanImage(
        content=_bytes(image, jpeg=jpeg),
        content_type=_type(jpeg=jpeg),
        thumbnail=_thumbnail(image, jpeg=jpeg),
        original_type=media_type,
        width=width,
        height=height,
        turn=declared,
        is_scaled=image.size != (width, height),
        notes=notes,
    )


def _full_size(content: bytes) -> Copy:
    image = _open(content)
    lossy = _is_jpeg(image)
    refuse_costly(image, image.width * image.height)
    image.load()
    turn, profile = turn_of(image), image.info.get("icc_profile")
    image = averageable(to_eight_bits(image) if image.mode in DEEP else image)
    image = to_srgb(image, profile) if profile else image
    image = _plain(image, jpeg=lossy)
    if turn > 1:
        mode, pixels = image.mode, pixels_of(image)
        del image
        image = upright_of(pixels, mode, turn)
        del pixels
    jpeg = lossy or (image.mode != "RGBA" and image.width * image.height > MOST_LOSSLESS)
    encoded = _bytes(image, jpeg=jpeg, level=FAST)
    if len(encoded) > LONGEST_COPY:
        raise CostlyImage("memory")
    return Copy(encoded, _type(jpeg=jpeg))


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


def _is_jpeg(image: Image.Image) -> bool:
    return image.format in ("JPEG", "MPO")  # MPO: several JPEGs in one file, of which the first is meant


def _media_type(image: Image.Image) -> str:
    return "image/jpeg" if _is_jpeg(image) else f"image/{(image.format or '').lower()}"


def _type(*, jpeg: bool) -> str:
    return "image/jpeg" if jpeg else "image/png"


def _plain(image: Image.Image, *, jpeg: bool) -> Image.Image:
    """In a mode that can be written down, and with nothing beside its pixels."""
    alpha = image.mode in ("LA", "RGBA") and not jpeg
    mode = "RGBA" if alpha else "L" if image.mode == "L" else "RGB"
    pixels = image if image.mode == mode else image.convert(mode)
    pixels.info = {}
    return pixels


def _thumbnail(pixels: Image.Image, *, jpeg: bool) -> bytes:
    small = pixels.resize(fitting(pixels.size, THUMBNAIL_SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    return _bytes(small, jpeg=jpeg)


def _bytes(pixels: Image.Image, *, jpeg: bool, level: int = -1) -> bytes:
    out = io.BytesIO()
    if jpeg:
        pixels.save(out, "JPEG", quality=JPEG_QUALITY)
    else:
        pixels.save(out, "PNG", compress_level=level)
    return out.getvalue()
