"""What is stored of a picture: its pixels, upright, and nothing else."""

import io
import struct
import zlib

import pytest
from PIL import Image as Picture

from tasks.imaging import BadImage, reencode


def encoded(image: Picture.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(size: tuple[int, int] = (40, 20)) -> Picture.Image:
    image = Picture.new("RGB", size, "white")
    image.paste("black", (0, 0, size[0] // 2, size[1]))
    return image


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/png"), ("GIF", "image/png"), ("BMP", "image/png"),
     ("TIFF", "image/png")],
)  # fmt: skip
def test_known_formats_become_jpeg_or_png(kind: str, content_type: str) -> None:
    clean = reencode(encoded(photo(), kind))
    assert (clean.content_type, clean.width, clean.height) == (content_type, 40, 20)
    assert Picture.open(io.BytesIO(clean.content)).size == (40, 20)


def test_png_pixels_survive_exactly() -> None:
    image = Picture.effect_noise((32, 32), 80)
    assert Picture.open(io.BytesIO(reencode(encoded(image, "PNG")).content)).tobytes() == image.tobytes()


def test_metadata_and_trailing_bytes_are_gone() -> None:
    exif = Picture.Exif()
    exif[0x010E] = "secret place"
    clean = reencode(encoded(photo(), "JPEG", exif=exif, comment=b"secret") + b"<script>alert(1)</script>")
    assert b"secret" not in clean.content
    assert b"script" not in clean.content


def test_a_sideways_photo_is_turned_upright() -> None:
    exif = Picture.Exif()
    exif[0x0112] = 6
    clean = reencode(encoded(photo((40, 20)), "JPEG", exif=exif))
    assert (clean.width, clean.height) == (20, 40)


def test_transparency_survives_and_huge_sides_shrink() -> None:
    assert Picture.open(io.BytesIO(reencode(encoded(Picture.new("RGBA", (5, 5)), "PNG")).content)).mode == "RGBA"
    assert max(reencode(encoded(Picture.new("L", (8192, 16)), "PNG")).width, 0) == 4096


def bomb(side: int = 40_000) -> bytes:
    """A PNG header that promises 1,600 million pixels and a few bytes to back it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a picture"),
        (b"hello", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"%PDF-1.4", "not a picture"),
        (encoded(photo(), "PNG")[:60], "damaged"),
        (encoded(photo((400, 400)), "JPEG")[:600], "damaged"),
        (bomb(), "pixels"),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(BadImage, match=reason):
        reencode(content)
