"""The pictures: each lies about itself, promises more than a machine holds, or costs far more than
its bytes."""

import random
import struct
import zlib
from collections.abc import Callable

from PIL import Image

from benchmarks.hostile_pictures.chunks import LEVEL, black_png, chunk, png, riff, saved, tiff, zeros

SIDE = 7071  # squared, just what is let in


def jpeg_of_scans(n: int = 20_000, side: int = 2000) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    whole = saved(Image.effect_noise((side, side), 1), "JPEG", progressive=True, quality=10)
    start = whole.rindex(b"\xff\xda")
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00" + b"\x00" * 2  # the first AC scan of one component, torn
    return whole[:start] + scan * n + b"\xff\xd9"


def jpeg_of_size(width: int, height: int, *, progressive: bool = False) -> bytes:
    small = saved(Image.new("RGB", (8, 8)), "JPEG", progressive=progressive, subsampling=0)
    at = small.index(b"\xff\xc2" if progressive else b"\xff\xc0") + 5
    return small[:at] + struct.pack(">HH", height, width) + small[at + 4 :]


def cmyk_jpeg(side: int = SIDE) -> bytes:
    return saved(Image.new("CMYK", (side, side)), "JPEG")


def jpeg_of_segments(n: int = 200_000) -> bytes:
    small = saved(Image.new("RGB", (8, 8)), "JPEG")
    return small[:2] + (b"\xff\xe1\x00\x08Exif\0\0") * n + small[2:]


def jpeg_with_looping_exif() -> bytes:
    loop = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + b"\x08\0\0\0"
    small = saved(Image.new("RGB", (8, 8)), "JPEG")
    return small[:2] + b"\xff\xe1" + struct.pack(">H", len(loop) + 2) + loop + small[2:]


def mpo_of_many(n: int = 0xFFFFFF) -> bytes:
    """A JPEG that says it is one of millions."""
    index = b"II*\0\x08\0\0\0" + struct.pack("<H", 3)
    index += struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, n)
    index += struct.pack("<HHII", 0xB002, 7, 16 * n & 0xFFFFFFFF, 0) + b"\0" * 4
    small = saved(Image.new("RGB", (8, 8)), "JPEG")
    body = b"MPF\0" + index
    return small[:2] + b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body + small[2:]


def jpeg_with_foreign_profile() -> bytes:
    """A profile whose tags lie behind its end."""
    profile = struct.pack(">I", 3 * 60_000) + b"\0" * 32 + b"acsp" + b"\0" * 88 + struct.pack(">I", 100)
    profile += b"".join(struct.pack(">4sII", b"A2B%d" % (n % 10), 0xFFFFFF00, 0xFFFFFF) for n in range(100))
    return saved(Image.new("RGB", (8, 8)), "JPEG", icc_profile=profile.ljust(3 * 60_000, b"\0"))


def noise_as_jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(5_000_000)


def png_of_texts(n: int = 2000) -> bytes:
    """Each text is a megabyte of zeros."""
    text = chunk(b"zTXt", b"Comment\0\0" + zeros(1 << 20))
    return black_png(8, extra=text * n)


def png_with_inflated_profile() -> bytes:
    return black_png(8, extra=chunk(b"iCCP", b"p\0\0" + zeros(1 << 26)))


def png_of_chunks(n: int = 3_000_000) -> bytes:
    return black_png(8, extra=chunk(b"abCd") * n)


def png_of_frames(n: int = 0x7FFFFFFF) -> bytes:
    control = struct.pack(">IIIIIHHBB", 0, 8, 8, 0, 0, 1, 1, 0, 0)
    return black_png(8, extra=chunk(b"acTL", struct.pack(">II", n, 0)) + chunk(b"fcTL", control))


def png_with_palette() -> bytes:
    return black_png(SIDE, colour=3, extra=chunk(b"PLTE", b"\1\2\3" * 256) + chunk(b"tRNS", b"\0" * 256))


def png_interlaced() -> bytes:
    return png(SIDE, SIDE, colour=6, interlaced=1, data=zeros(4 * SIDE * SIDE + 4 * SIDE))


def noisy_png(side: int = 3500) -> bytes:
    """As much as 50 MB hold of what can't be compressed: the dearest that is sound."""
    return saved(
        Image.frombytes("RGBA", (side, side), random.Random(1).randbytes(4 * side * side)), "PNG", compress_level=1
    )


def gif_of_size(side: int = 65_535) -> bytes:
    small = saved(Image.new("P", (8, 8)), "GIF")
    return small[:6] + struct.pack("<HH", side, side) + small[10:]


def gif_of_frames(n: int = 200_000) -> bytes:
    small = saved(Image.new("P", (8, 8)), "GIF")
    start = small.rindex(b",")
    return small[:6] + struct.pack("<HH", 7000, 7000) + small[10:start] + small[start:-1] * n + b";"


def gif_of_one_code(side: int = SIDE) -> bytes:
    return saved(Image.new("P", (side, side)), "GIF")


def extended_webp(side: int = 16_383) -> bytes:
    size = (side - 1).to_bytes(3, "little")
    return riff(b"VP8X", b"\x02\0\0\0" + size + size + b"\0" * 4)


def lossless_webp(side: int = 16_383) -> bytes:
    return riff(b"VP8L", b"\x2f" + ((side - 1) | (side - 1) << 14).to_bytes(4, "little") + b"\x88\x88\x08" + b"\0" * 9)


def lossy_webp(side: int = 16_383) -> bytes:
    return riff(b"VP8 ", b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", side, side) + b"\0" * 4)


def webp_of_frames(n: int = 500, side: int = 4000) -> bytes:
    frames = [Image.new("RGB", (side, side), (shade % 256, 0, 0)) for shade in range(2)]
    return saved(frames[0], "WEBP", save_all=True, append_images=[frames[1]] * 3, lossless=True, method=0, duration=n)


def large_webp(side: int = SIDE) -> bytes:
    return saved(Image.new("RGBA", (side, side), (1, 2, 3, 4)), "WEBP", lossless=True, method=0)


def tiff_in_a_circle() -> bytes:
    return tiff(_grey(8, 8, bits=8, at=200, length=64), following=8, tail=b"\0" * 300)


def tiff_of_directories(n: int = 200_000) -> bytes:
    """Pages that have nothing but the way to the next."""
    first = tiff(_grey(8, 8, bits=8, at=0, length=64))
    pages = [first[:-4] + struct.pack("<I", len(first))]
    pages += [struct.pack("<HHHIII", 1, 256, 3, 1, 8, len(first) + 18 * (k + 1)) for k in range(n)]
    return b"".join(pages)


def _grey(width: int, height: int, *, bits: int, at: int, length: int, **more: int) -> list[tuple[int, int, int, int]]:
    """The entries of a grey TIFF of one strip; `more` by name."""
    tags = {"compression": 259, "samples": 277, "tile_width": 322, "tile_length": 323, "sample_format": 339}
    entries = {256: width, 257: height, 258: bits, 259: 1, 262: 1, 273: at, 277: 1, 278: height, 279: length}
    entries |= {tags[name]: value for name, value in more.items()}
    return [(tag, 4, 1, value) for tag, value in entries.items()]


def tiff_of_size(side: int = 0x7FFFFFFF) -> bytes:
    return tiff(_grey(side, side, bits=8, at=200, length=64), tail=b"\0" * 300)


def tiff_of_huge_strip() -> bytes:
    return tiff(_grey(SIDE, SIDE, bits=8, at=200, length=0xFFFFFFF0), tail=b"\0" * 300)


def tiff_deflated(**more: int) -> bytes:
    packed = zeros(SIDE * SIDE * 4)
    return tiff(_grey(SIDE, SIDE, at=200, length=len(packed), compression=8, **more), tail=b"\0" * 78 + packed)


def tiff_of_floats() -> bytes:
    return tiff_deflated(bits=32, sample_format=3)


def tiff_of_samples() -> bytes:
    return tiff_deflated(bits=8, samples=60_000)


def tiff_of_huge_tiles() -> bytes:
    packed = zlib.compress(bytes(1000), LEVEL)
    tiles = _grey(64, 64, bits=8, at=0, length=0, compression=8, tile_width=0x7FFFFFF0, tile_length=0x7FFFFFF0)
    entries = {entry[0]: entry for entry in tiles}
    for strips in (273, 278, 279):
        del entries[strips]
    entries |= {324: (324, 4, 1, 300), 325: (325, 4, 1, len(packed))}
    return tiff(entries.values(), tail=b"\0" * 200 + packed)


def tiff_of_one_value(n: int = 0x10000000) -> bytes:
    """A tag whose value is said to be a gigabyte."""
    return tiff([*_grey(8, 8, bits=8, at=200, length=64), (700, 1, n, 8)], tail=b"\0" * 300)


def bmp_of_size(width: int = 0x7FFFFFFF, height: int = 0x7FFFFFFF) -> bytes:
    return (
        b"BM"
        + struct.pack("<IHHI", 54, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 1, 1, 0, 0)
    )


def bmp_of_runs(side: int = SIDE) -> bytes:
    """Runs of nothing: each byte promises 255 pixels."""
    header = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, 0, 1, 1, 256, 0)
    return (
        b"BM" + struct.pack("<IHHI", 54, 0, 0, 54 + 1024) + header + b"\0" * 1024 + b"\xff\0" * (side * side // 255 + 1)
    )


def large_avif(side: int = 5000) -> bytes:
    return saved(Image.new("RGB", (side, side)), "AVIF", speed=10)


def avif_of_size() -> bytes:
    small = saved(Image.new("RGB", (64, 64)), "AVIF", speed=10)
    at = small.index(b"ispe") + 8
    return small[:at] + struct.pack(">II", 65_000, 65_000) + small[at + 8 :]


def heic() -> bytes:
    return struct.pack(">I", 24) + b"ftypheic" + b"\0\0\0\0mif1heic" + b"\0" * 100


def postscript() -> bytes:
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100000 100000\n{} loop\n"


def vector_graphics() -> bytes:
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(10))
    return f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a0 "a">{entities}]><svg>&a10;</svg>'.encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "PNG of 1,600 Mpx": lambda: png(40_000, 40_000, colour=0, data=zeros(1000)),
    "PNG of 2^31 x 1": lambda: png(0x7FFFFFFF, 1, colour=0, data=zeros(1000)),
    "PNG, 50 Mpx RGBA": lambda: black_png(SIDE, colour=6),
    "PNG, 50 Mpx RGBA 16 bit": lambda: black_png(SIDE, colour=6, depth=16),
    "PNG, 50 Mpx grey 16 bit": lambda: black_png(SIDE, colour=0, depth=16),
    "PNG, 50 Mpx, palette": png_with_palette,
    "PNG, 50 Mpx, interlaced": png_interlaced,
    "PNG, noise of 49 MB": noisy_png,
    "PNG of 2,000 texts": png_of_texts,
    "PNG, profile of 64 MB": png_with_inflated_profile,
    "PNG of 3 M chunks": png_of_chunks,
    "PNG of 2^31 frames": png_of_frames,
    "JPEG of 20,000 scans": jpeg_of_scans,
    "JPEG of 65,500 x 65,500": lambda: jpeg_of_size(65_500, 65_500),
    "JPEG, 50 Mpx, of few bytes": lambda: jpeg_of_size(SIDE, SIDE),
    "JPEG, 50 Mpx, progressive": lambda: jpeg_of_size(SIDE, SIDE, progressive=True),
    "JPEG, 50 Mpx, CMYK": cmyk_jpeg,
    "JPEG of 200,000 segments": jpeg_of_segments,
    "JPEG, EXIF in a circle": jpeg_with_looping_exif,
    "JPEG, one of 16 M pictures": mpo_of_many,
    "JPEG, profile that lies": jpeg_with_foreign_profile,
    "JPEG of noise": noise_as_jpeg,
    "GIF of 65,535 x 65,535": gif_of_size,
    "GIF of 200,000 frames": gif_of_frames,
    "GIF, 50 Mpx of one colour": gif_of_one_code,
    "WebP of 34 bytes, extended": extended_webp,
    "WebP, lossless header": lossless_webp,
    "WebP, lossy header": lossy_webp,
    "WebP, 50 Mpx": lambda: lossless_webp(SIDE),
    "WebP, animated": webp_of_frames,
    "WebP, 50 Mpx of one colour": large_webp,
    "TIFF in a circle": tiff_in_a_circle,
    "TIFF of 200,000 pages": tiff_of_directories,
    "TIFF of 2^31 x 2^31": tiff_of_size,
    "TIFF, strip of 4 GB": tiff_of_huge_strip,
    "TIFF, 50 Mpx of floats": tiff_of_floats,
    "TIFF of 60,000 samples": tiff_of_samples,
    "TIFF, tiles of 2^31": tiff_of_huge_tiles,
    "TIFF, a value of 256 MB": tiff_of_one_value,
    "BMP of 2^31 x 2^31": bmp_of_size,
    "BMP, 50 Mpx of runs": bmp_of_runs,
    "AVIF, 25 Mpx": large_avif,
    "AVIF of 65,000 x 65,000": avif_of_size,
    "HEIC": heic,
    "PostScript": postscript,
    "SVG of a billion laughs": vector_graphics,
    "nothing": bytes,
}
