"""Names in zips, as Windows, macOS and phones write them, in one spelling."""

import unicodedata
import zipfile
from collections.abc import Sequence

UTF8 = 0x800  # the flag that says so
BY_SYSTEMS = {"thumbs.db", "desktop.ini"}
FOLDERS_BY_SYSTEMS = {"__macosx", "$recycle.bin", "system volume information"}
LETTERS_OF_DOS = {*range(0x80, 0xA6), 0xE1}  # in code page 437; the other bytes above 127 draw boxes and formulas


def plain_names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The names in NFC, with slashes between folders. Those whose encoding is not said are read
    alike in the whole zip: as UTF-8, else as Chinese, else as on DOS."""
    encoding = _encoding([info.orig_filename.encode("cp437") for info in infos if not info.flag_bits & UTF8])
    return [_plain(info, encoding) for info in infos]


def _plain(info: zipfile.ZipInfo, encoding: str) -> str:
    name = info.orig_filename  # `filename` ends at the first NUL
    text = name if info.flag_bits & UTF8 else name.encode("cp437").decode(encoding)
    return unicodedata.normalize("NFC", text.replace("\\", "/"))


def _encoding(names: Sequence[bytes]) -> str:
    text = b"\n".join(names)
    if _decodes(text, "utf-8"):
        return "utf-8"
    return "gbk" if _decodes(text, "gbk") and _looks_chinese(text) else "cp437"


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _looks_chinese(text: bytes) -> bool:
    """Whether most of the signs begin with a byte that would be no letter on DOS: nearly any bytes
    are some Chinese."""
    first = [sign.encode("gbk")[0] for sign in text.decode("gbk") if sign > "\x7f"]
    return 2 * sum(byte not in LETTERS_OF_DOS for byte in first) >= len(first)


def left_by_a_system(name: str) -> bool:
    """What an operating system puts beside pictures: hidden files, resource forks, thumbnails."""
    *folders, last = name.split("/")
    hidden = last.startswith(".") or last.lower() in BY_SYSTEMS
    return hidden or any(folder.lower() in FOLDERS_BY_SYSTEMS for folder in folders)
