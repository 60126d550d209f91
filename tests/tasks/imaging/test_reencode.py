"""What is stored of a picture: its pixels, upright, and nothing else."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as Picture
from PIL import ImageCms, ImageOps

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
     ("TIFF", "image/png"), ("AVIF", "image/png")],
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
    assert opened(encoded(Picture.new("L", (8192, 16)), "PNG")).size == (4096, 8)


def opened(content: bytes) -> Picture.Image:
    return Picture.open(io.BytesIO(reencode(content).content))


def profile(red: tuple[float, float]) -> bytes:
    """The profile of a screen like sRGB whose red is another, put together by the ICC's
    specification (v2, matrix)."""
    points = {"r": red, "g": (0.265, 0.69), "b": (0.15, 0.06)}  # chromaticities
    white = np.array([0.3127 / 0.329, 1.0, (1 - 0.3127 - 0.329) / 0.329])
    corners = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in points.values()]).T
    xyz = corners * np.linalg.solve(corners, white)
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    d50 = np.array([0.9642, 1.0, 0.8249])
    adapted = np.linalg.inv(bradford) @ np.diag((bradford @ d50) / (bradford @ white)) @ bradford @ xyz

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    tags = {b"wtpt": b"XYZ \0\0\0\0" + fixed(*d50)}
    tags |= {f"{name}XYZ".encode(): b"XYZ \0\0\0\0" + fixed(*adapted[:, n]) for n, name in enumerate("rgb")}
    levels = np.linspace(0, 1, 1024)
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    curve = b"curv\0\0\0\0" + struct.pack(">I1024H", 1024, *np.rint(linear * 65535).astype(int).tolist())
    tags |= {f"{name}TRC".encode(): curve for name in "rgb"}
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + b"\0" * 80
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data.ljust(-(-len(data) // 4) * 4, b"\0")
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"\0" * 4, 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head = head.ljust(36, b"\0") + b"acsp" + b"\0" * 28 + fixed(*d50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


P3 = profile(red=(0.68, 0.32))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_what_their_profile_means(mode: str) -> None:
    stored = opened(encoded(Picture.new("RGB", (9, 9), (200, 64, 64)).convert(mode), "PNG", icc_profile=P3))
    colour = np.array(stored.convert("RGB").getpixel((4, 4)))
    assert np.abs(colour - (217, 48, 57)).max() <= 1  # by hand, from the corners of both spaces
    assert stored.mode == mode
    assert "icc_profile" not in stored.info


def test_a_red_that_no_screen_shows_is_the_reddest_that_does() -> None:
    stored = opened(encoded(Picture.new("RGB", (9, 9), (255, 64, 64)), "PNG", icc_profile=P3))
    assert np.abs(np.array(stored.getpixel((4, 4))) - (255, 28, 51)).max() <= 1


@pytest.mark.parametrize("torn", [P3[:200], P3.replace(b"RGB ", b"CMYK"), b"\xff" * 500])
def test_a_profile_that_means_nothing_changes_nothing(torn: bytes) -> None:
    stored = opened(encoded(Picture.new("RGB", (9, 9), (255, 64, 64)), "PNG", icc_profile=torn))
    assert stored.getpixel((4, 4)) == (255, 64, 64)


def test_colours_of_srgb_are_left_alone_to_the_last_bit() -> None:
    image = Picture.merge("RGB", [Picture.effect_noise((32, 32), 80) for _channel in "RGB"])
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert opened(encoded(image, "PNG", icc_profile=srgb)).tobytes() == image.tobytes()


def ramp(kind: str, *, high: float = 65535) -> Picture.Image:
    return Picture.fromarray(np.linspace(0, high, 256).reshape(16, 16).astype(kind))


@pytest.mark.parametrize(
    "content",
    [
        encoded(ramp("<u2"), "PNG"),
        encoded(ramp("<u2"), "TIFF"),
        encoded(ramp("f4", high=1.0), "TIFF"),
        encoded(ramp("f4", high=-3e6), "TIFF", tiffinfo={}),
        encoded(ramp("i4", high=2**31 - 1), "TIFF"),
    ],
    ids=["16 bit PNG", "16 bit TIFF", "floats to 1", "floats below 0", "32 bit"],
)
def test_deep_greys_keep_their_shades(content: bytes) -> None:
    stored = opened(content)
    shades = np.sort(np.asarray(stored).ravel().astype(int))
    assert stored.mode == "L"
    assert np.abs(shades - np.arange(256)).max() <= 1
    assert reencode(content).notes == ("its values were scaled to 8 bits",)


def test_sixteen_bits_are_scaled_by_their_full_range_and_not_by_what_the_picture_has() -> None:
    stored = opened(encoded(Picture.fromarray(np.full((4, 4), 100 * 257, dtype="<u2")), "PNG"))
    assert stored.getpixel((0, 0)) == 100


def test_floats_that_are_no_numbers_are_black_and_spoil_nothing() -> None:
    values = np.array([[np.nan, 0.0, 0.5, 1.0], [np.nan, np.nan, np.inf, -np.inf]], dtype="f4")
    assert np.asarray(opened(encoded(Picture.fromarray(values), "TIFF"))).tolist() == [[0, 0, 128, 255], [0, 0, 255, 0]]


def test_a_phones_jpeg_of_two_pictures_is_a_jpeg_like_any_other() -> None:
    content = encoded(photo((400, 300)), "MPO", save_all=True, append_images=[photo((40, 30))])
    clean = reencode(content)
    assert (clean.content_type, clean.width, clean.height, clean.notes) == ("image/jpeg", 400, 300, ())
    assert len(clean.content) < 2 * len(content)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_the_first_of_several_pictures_is_taken_and_that_is_said(kind: str) -> None:
    others = [Picture.new("RGB", (40, 20), "red"), Picture.new("RGB", (40, 20), "blue")]
    content = encoded(Picture.new("RGB", (40, 20), "white"), kind, save_all=True, append_images=others)
    assert opened(content).convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert reencode(content).notes == ("it holds several pictures, of which the first was taken",)


def test_a_large_picture_is_scaled_as_if_at_once() -> None:
    image = Picture.merge("RGBA", [Picture.effect_noise((4200, 80), 80) for _channel in "RGBA"])
    expected = image.resize((4096, 78), Picture.Resampling.LANCZOS)
    assert opened(encoded(image, "PNG", compress_level=1)).tobytes() == expected.tobytes()


@pytest.mark.parametrize("orientation", [2, 3, 4, 5, 6, 7, 8])
def test_every_turn_is_undone(orientation: int) -> None:
    exif = Picture.Exif()
    exif[0x0112] = orientation
    content = encoded(photo((40, 20)), "PNG", exif=exif)
    expected = ImageOps.exif_transpose(Picture.open(io.BytesIO(content)))
    assert opened(content).tobytes() == expected.tobytes()


def test_torn_exif_spoils_no_picture() -> None:
    content = encoded(photo(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert reencode(content).width == 40


def test_inks_become_the_colours_they_print() -> None:
    stored = opened(encoded(Picture.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert (stored.format, stored.mode, stored.getpixel((4, 4))) == ("JPEG", "RGB", (254, 0, 0))


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
        (b"\0\0\0\x18ftypheic" + b"\0" * 60, "HEIC can't be read here; convert it to JPEG or PNG"),
        (b"\0\0\0\x18ftypavif" + b"\0" * 60, "AVIF can't be read here; convert it to JPEG or PNG"),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(BadImage, match=reason):
        reencode(content)
