"""Files of pictures put together from their parts, so that the parts may lie."""

import io
import struct
import zlib
from collections.abc import Iterable

from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"
LEVEL = 9


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def zeros(n: int) -> bytes:
    """So many zero bytes, deflated without making them all at once."""
    packer = zlib.compressobj(LEVEL)
    block = bytes(1 << 20)
    parts = [packer.compress(block) for _number in range(n >> 20)]
    return b"".join([*parts, packer.compress(bytes(n & 0xFFFFF)), packer.flush()])


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int,
    height: int,
    *,
    depth: int = 8,
    colour: int = 2,
    interlaced: int = 0,
    data: bytes = b"",
    extra: bytes = b"",
) -> bytes:
    """`colour`: 0 grey, 2 RGB, 3 palette, 6 RGBA. `data`: what is deflated in IDAT."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return PNG + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND")


def black_png(side: int, *, depth: int = 8, colour: int = 2, extra: bytes = b"") -> bytes:
    """A sound picture, of few bytes: its rows are all zeros."""
    samples = {0: 1, 2: 3, 3: 1, 6: 4}[colour]
    row = 1 + (side * samples * depth + 7) // 8
    return png(side, side, depth=depth, colour=colour, data=zeros(row * side), extra=extra)


def tiff(entries: Iterable[tuple[int, int, int, int]], *, following: int = 0, tail: bytes = b"") -> bytes:
    """One directory of (tag, type, count, value), the offset of the next, and bytes behind it."""
    listed = sorted(entries)
    directory = struct.pack("<H", len(listed)) + b"".join(struct.pack("<HHII", *entry) for entry in listed)
    return b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", following) + tail


def riff(kind: bytes, body: bytes) -> bytes:
    """A WebP of one chunk."""
    inner = b"WEBP" + kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)
    return b"RIFF" + struct.pack("<I", len(inner)) + inner
