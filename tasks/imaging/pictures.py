"""What is asked of a picture that comes in, and what becomes of it."""

from dataclasses import dataclass

MAX_BYTES = 50 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 4096
THUMBNAIL_SIDE = 192  # pixels: what lists show, on a screen of twice as many
MAX_MEMORY = 460 * 1024 * 1024  # bytes that the decoding process may ask for; with its programs it stays below 512 MB
MAX_SECONDS = 5  # of the processor, for one picture; the dearest that we take need half of that

CONTENT_TYPES = {"image/jpeg": "jpg", "image/png": "png"}
"""What a picture is stored as, with the ending of its file's name."""


class BadImage(ValueError):
    """The bytes are no picture we accept; the text says why."""


class CostlyImage(BadImage):
    """One that was given up for what its decoding took."""


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A picture as it is stored. `sha256` is of `content`; width and height are in pixels;
    `thumbnail` is the same in small, of the same type.

    notes: what was left out or guessed to make it, in sentences.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    sha256: str
    thumbnail: bytes
    notes: tuple[str, ...] = ()

    @property
    def extension(self) -> str:
        return CONTENT_TYPES[self.content_type]


def too_large() -> BadImage:
    return BadImage(f"larger than {MAX_BYTES // 1024 // 1024} MB")


def out_of_memory() -> CostlyImage:
    return CostlyImage(f"takes more than {MAX_MEMORY // 1024 // 1024} MB to decode")


def out_of_time() -> CostlyImage:
    return CostlyImage(f"takes more than {MAX_SECONDS} seconds to decode")
