"""What the first bytes of a file say, read without a decoder."""

import struct

HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF = (b"avif", b"avis")


def heic_or_avif(content: bytes) -> str:
    """HEIC or AVIF, if that is what the file calls itself; else nothing."""
    if content[4:8] != b"ftyp":
        return ""
    brand = content[8:12]
    return "HEIC" if brand in HEIC else "AVIF" if brand in AVIF else ""


def size_of_webp(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels that the first chunk of a WebP promises, by the format's
    specification."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    kind, body = content[12:16], content[20:30]
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None
