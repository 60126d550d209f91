"""What is asked of a picture that comes in, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass

MAX_BYTES = 50 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 4096
THUMBNAIL_SIDE = 192  # pixels: what lists show, on a screen of twice as many
MAX_MEMORY = 460 * 1024 * 1024  # bytes that the decoding process may ask for; with its programs it stays below 512 MB
MAX_SECONDS = 5  # of the processor, for one picture; the dearest that we take need half of that

LONGEST_COPY = 100 * 1024 * 1024  # bytes of a copy in full size

CONTENT_TYPES = {"image/jpeg": "jpg", "image/png": "png"}
"""What is served of a picture, with the ending of its file's name."""

ORIGINAL_TYPES = frozenset(f"image/{name}" for name in ("jpeg", "png", "webp", "gif", "bmp", "tiff", "avif"))


gettext_noop = str  # marks a text for those who translate; whoever shows it asks for the translation

REASONS: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "unknown": (gettext_noop("not a picture in a known format (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF)"), {}),
    "heic": (gettext_noop("HEIC can't be read here; convert it to JPEG or PNG"), {}),
    "avif": (gettext_noop("AVIF can't be read here; convert it to JPEG or PNG"), {}),
    "damaged": (gettext_noop("damaged: it can't be decoded"), {}),
    "crashing": (gettext_noop("damaged: it crashes the decoder"), {}),
    "large": (gettext_noop("larger than {n} MB"), {"n": MAX_BYTES // 1024**2}),
    "vast": (gettext_noop("more than {n} million pixels"), {"n": MAX_PIXELS // 1_000_000}),
    "memory": (gettext_noop("takes more than {n} MB to decode"), {"n": MAX_MEMORY // 1024**2}),
    "time": (gettext_noop("takes more than {n} seconds to decode"), {"n": MAX_SECONDS}),
    "killed": (gettext_noop("its decoder was killed twice; is there too little memory?"), {}),
}
"""Why a picture is refused: a text for people, and what stands in it."""

FIRST_TAKEN = gettext_noop("it holds several pictures, of which the first was taken")
SCALED = gettext_noop("its values were scaled to 8 bits")


class BadImage(ValueError):
    """The bytes are no picture we accept; `reason` is one of REASONS, and the text says it."""

    def __init__(self, reason: str) -> None:
        text, values = REASONS[reason]
        super().__init__(text.format(**values))
        self.reason = reason


class CostlyImage(BadImage):
    """One that was given up for what its decoding took."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What is served of a picture: upright, sRGB, without metadata."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A picture as it is served: a copy no side of which is longer than MAX_SIDE, and its
    thumbnail, of the same type.

    width, height: of the upright original, in pixels: the frame of all geometry. turn: how the
    original has to be turned to be upright, as EXIF counts it, 1 to 8. is_scaled: whether the copy
    is smaller. notes: what was left out or guessed to make it, in sentences.
    """

    content: bytes
    content_type: str
    thumbnail: bytes
    original_type: str
    width: int
    height: int
    turn: int
    is_scaled: bool
    notes: tuple[str, ...] = ()
