"""Zips of pictures. Names inside a zip are only ever text: nothing is unpacked to a path they
choose."""

import lzma
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from crowd.errors import Fault, TooLarge
from crowd.projects.models import Project
from tasks.errors import InvalidFile
from tasks.imaging.pictures import MAX_BYTES
from tasks.intake.zip_directory import read_directory
from tasks.intake.zip_names import left_by_a_system, plain_names

MAX_MEMBERS = 500_000
MAX_DIRECTORY = 128 * 1024**2  # bytes of the list of members
MAX_UNPACKED = 200 * 1024**3
MAX_ID = 300
# What looks like a picture decides what a zip is; what decodes comes in, whatever it is called.
SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff"),
    *(".avif", ".avifs", ".heic", ".heif", ".hif"),
)
NO_PICTURES = (
    *(".txt", ".md", ".pdf", ".doc", ".docx", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".html", ".py", ".svg"),
    *(".zip", ".mp4", ".mov"),
)
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, NotImplementedError)
CONTROLS = ("Cc", "Cs", "Zl", "Zp")
FOLDERS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip, by its name in one spelling, and the folder it lies in (the class, in an
    ImageNet-style zip)."""

    name: str
    folder: str
    info: zipfile.ZipInfo

    @property
    def looks_like_a_picture(self) -> bool:
        return PurePosixPath(self.name).suffix.lower() in SUFFIXES


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say about a member, by name."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Every file of a zip: those to be decoded, in the order of their names; those whose names
    can't be an id; and those that nobody means by it."""

    members: list[Member] = field(default_factory=list)
    unnameable: list[Told] = field(default_factory=list)
    left_out: list[Told] = field(default_factory=list)

    @property
    def pictures(self) -> list[Member]:
        return [member for member in self.members if member.looks_like_a_picture]


def is_short(file: IO[bytes], *, members: int, size: int) -> bool:
    """Whether the list of members of a zip is so short that it may be read while somebody waits."""
    directory = read_directory(file, members)
    return directory is None or (directory.members <= members and directory.size <= size)


def open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Raises InvalidFile for what is not a whole zip, TooLarge for one that lists or would unpack
    to too much."""
    if not is_short(file, members=MAX_MEMBERS, size=MAX_DIRECTORY):  # `zipfile` would make a list of all of them
        raise TooLarge(_("The zip holds more than {n} files. Send it in parts.").format(n=f"{MAX_MEMBERS:,}"))
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InvalidFile(_("This is not a zip file, or it is torn. Send a whole .zip of pictures.")) from error
    if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
        raise TooLarge(_("The zip holds too much. Send it in parts."))
    return archive


def contents_of(archive: zipfile.ZipFile) -> Contents:
    """What a zip holds, but for its folders. Raises InvalidFile if nothing in it could be a
    picture."""
    contents, infos = Contents(), archive.infolist()
    # A name that stands twice means the last of its members, as it does to every unzip.
    names = plain_names(infos)
    last = dict(zip(names, infos, strict=True))
    for name, info in zip(names, infos, strict=True):
        if not name.endswith("/"):
            _sort_in(contents, name, info, is_last=last[name] is info)
    if all(PurePosixPath(member.name).suffix.lower() in NO_PICTURES for member in contents.members):
        raise InvalidFile(_("There are no pictures in the zip (JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF)."))
    contents.members.sort(key=lambda member: member.name)
    return contents


def _sort_in(contents: Contents, name: str, info: zipfile.ZipInfo, *, is_last: bool) -> None:
    if left_by_a_system(name):
        contents.left_out.append(Told(name, _("written by an operating system beside the pictures")))
    elif not is_last:
        contents.left_out.append(Told(name, _("a later file in the zip has the same name")))
    elif len(name) > MAX_ID:
        contents.unnameable.append(Told(name[:MAX_ID], _("its name has more than {n} characters").format(n=MAX_ID)))
    elif any(unicodedata.category(character) in CONTROLS for character in name):
        contents.unnameable.append(Told(repr(name)[1:-1], _("its name holds control characters")))
    else:
        contents.members.append(Member(name, PurePosixPath(name).parent.name, info))


def classes_by_folder(project: Project) -> dict[str, str]:
    """The classes by what a folder is called that holds their pictures."""
    return {unicodedata.normalize("NFC", name): name for name in project.class_names}


def foreign_folders(contents: Contents, project: Project) -> list[str]:
    """The folders of pictures that are not called after a class."""
    return sorted({member.folder for member in contents.pictures} - classes_by_folder(project).keys())


def check_folders(contents: Contents, project: Project) -> None:
    """In an ImageNet-style zip every folder is a class. Raises InvalidFile, naming the folders that
    are none."""
    if unknown := foreign_folders(contents, project)[:FOLDERS_SHOWN]:
        faults: list[Fault] = [
            {"field": folder or "/", "code": "unknown_class", "detail": _("This folder is not a class of the project.")}
            for folder in unknown
        ]
        message = _("Folders must be named after classes; these are not: {folders}. Nothing was stored.")
        raise InvalidFile(message.format(folders=", ".join(folder or "/" for folder in unknown)), errors=faults)


def read_member(archive: zipfile.ZipFile, member: Member) -> bytes:
    """The bytes of one member, never more than a picture may have. Raises ValueError saying what is
    wrong."""
    try:
        with archive.open(member.info) as file:
            content = file.read(MAX_BYTES + 1)
    except UNREADABLE as error:
        raise ValueError(_("damaged or encrypted in the zip")) from error
    if len(content) > MAX_BYTES:
        raise ValueError(_("larger than {n} MB").format(n=MAX_BYTES // 1024**2))
    return content
