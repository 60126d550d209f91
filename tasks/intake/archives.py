"""Zips of pictures. Names inside a zip are only ever text: nothing is unpacked to a path they choose."""

import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from crowd.errors import Fault, TooLarge
from crowd.projects.models import Project
from tasks.errors import InvalidFile
from tasks.imaging.pictures import MAX_BYTES

MAX_MEMBERS = 1_000_000
MAX_UNPACKED = 200 * 1024**3
MAX_ID = 300
EXTENSIONS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, NotImplementedError)
IGNORED_FOLDERS = {"__MACOSX"}


@dataclass(frozen=True, slots=True)
class Member:
    """A picture in a zip: its name there, and the folder it lies in (the class, in an ImageNet-style zip)."""

    name: str
    folder: str


def open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Raises InvalidFile for what is not a whole zip, TooLarge for one that would unpack to too much."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InvalidFile(_("This is not a zip file, or it is torn. Send a whole .zip of pictures.")) from error
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise TooLarge(_("The zip holds too much. Send it in parts."))
    return archive


def pictures(archive: zipfile.ZipFile) -> list[Member]:
    """The members that look like pictures, in the order of their names. Raises InvalidFile if there are none."""
    # A name that stands twice means the last of its members, as it does to every unzip.
    names = sorted({info.filename for info in archive.infolist() if _looks_like_picture(info.filename)})
    if not names:
        raise InvalidFile(_("There are no pictures in the zip (JPEG, PNG, WebP, GIF, BMP or TIFF)."))
    return [Member(name, PurePosixPath(name).parent.name) for name in names]


def _looks_like_picture(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or bool(IGNORED_FOLDERS & set(path.parts))
    return path.suffix.lower() in EXTENSIONS and not hidden and len(name) <= MAX_ID and "\0" not in name


def check_folders(members: list[Member], project: Project) -> None:
    """In an ImageNet-style zip every folder is a class. Raises InvalidFile, naming the folders that are none."""
    unknown = sorted({member.folder for member in members} - set(project.class_names))
    if unknown:
        faults: list[Fault] = [
            {"field": folder or "/", "code": "unknown_class", "detail": _("This folder is not a class of the project.")}
            for folder in unknown[:20]
        ]
        message = _("Folders must be named after classes; these are not: {folders}. Nothing was stored.")
        raise InvalidFile(message.format(folders=", ".join(folder or "/" for folder in unknown[:20])), errors=faults)


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one member, never more than a picture may have. Raises ValueError saying what is wrong."""
    try:
        with archive.open(name) as member:
            content = member.read(MAX_BYTES + 1)
    except UNREADABLE as error:
        raise ValueError("damaged or encrypted in the zip") from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 1024 // 1024} MB")
    return content
