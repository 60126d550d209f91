"""An uploaded picture is never served as it came: it is decoded, turned upright, stripped and encoded anew."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MAX_BYTES = 50 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 4096
JPEG_QUALITY = 92


class BadImage(ValueError):
    """The bytes are no picture we accept; the text says why."""


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A picture as it is stored. `sha256` is of `content`; width and height are in pixels."""

    content: bytes
    content_type: str
    extension: str
    width: int
    height: int
    sha256: str


def reencode(content: bytes) -> CleanImage:
    """Decode the first frame, apply the EXIF orientation, and encode as JPEG (from JPEG) or PNG (from all else).

    Nothing but pixels survives: no EXIF, no profile, no trailing bytes. Sides above 4,096 pixels are scaled down.
    The size in pixels is read from the header and checked before anything is decoded. Raises BadImage.
    """
    if len(content) > MAX_BYTES:
        raise BadImage(f"larger than {MAX_BYTES // 1024 // 1024} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
        source = image.format
        if image.width * image.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        return _encode(_upright(image), jpeg=source == "JPEG")
    except Image.DecompressionBombError as error:
        raise BadImage(f"more than {MAX_PIXELS // 1_000_000} million pixels") from error
    except UnidentifiedImageError as error:
        raise BadImage("not a picture in a known format (JPEG, PNG, WebP, GIF, BMP, TIFF)") from error
    # Decoders raise whatever their format's parser stumbles on.
    except Exception as error:
        raise BadImage("damaged: it can't be decoded") from error


def _upright(image: Image.Image) -> Image.Image:
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))
    image = ImageOps.exif_transpose(image)
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image


def _encode(image: Image.Image, *, jpeg: bool) -> CleanImage:
    out = io.BytesIO()
    if jpeg:
        pixels = image.convert("L" if image.mode == "L" else "RGB")
        pixels.info = {}
        pixels.save(out, "JPEG", quality=JPEG_QUALITY)
    else:
        transparent = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        pixels = image.convert("RGBA" if transparent else "L" if image.mode in ("1", "L") else "RGB")
        pixels.info = {}
        pixels.save(out, "PNG")
    content = out.getvalue()
    return CleanImage(
        content=content,
        content_type="image/jpeg" if jpeg else "image/png",
        extension="jpg" if jpeg else "png",
        width=pixels.width,
        height=pixels.height,
        sha256=hashlib.sha256(content).hexdigest(),
    )
