"""Zips of pictures, perhaps in folders called after classes."""

from dataclasses import dataclass
from typing import IO, Any, ClassVar

from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.claims import Claim
from crowd.projects.models import Project
from tasks.intake.archives import Contents, check_folders, contents_of, foreign_folders, is_short, open_archive
from tasks.intake.picture_zips import TakenFor, read_pictures
from tasks.intake.sources.source import Likeness
from tasks.models import Import

MEMBERS_AT_ONCE, LISTED_AT_ONCE = 10_000, 2 * 1024 * 1024  # of a zip: files, and bytes of the list of them
TABLES_IN_ZIPS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")  # the reader of tables says what to do with them


@dataclass(frozen=True, slots=True)
class ImagesZip:
    """A task for each picture, whatever the folders."""

    name: ClassVar[str] = "images-zip"
    named: ClassVar[bool] = True
    title: ClassVar[str | Promise] = gettext_lazy("zip of pictures")

    def likeness(self, start: bytes, file_name: str) -> Likeness:
        return Likeness.NONE

    def taken_for(self, contents: Contents, project: Project) -> TakenFor:
        """What is to be done with a zip. Raises InvalidFile."""
        return TakenFor(self.name)

    def check(self, file: "File[bytes]", project: Project) -> None:
        if is_short(file, members=MEMBERS_AT_ONCE, size=LISTED_AT_ONCE):
            self.taken_for(contents_of(open_archive(file)), project)

    def read(self, claim: Claim[Import], file: IO[bytes]) -> dict[str, Any]:
        return read_pictures(claim, file, self.taken_for)


@dataclass(frozen=True, slots=True)
class ImagenetZip(ImagesZip):
    """A folder for each class: what they say is gold, or a prediction."""

    name: ClassVar[str] = "imagenet-zip"
    title: ClassVar[str | Promise] = gettext_lazy("zip with a folder of pictures for each class")

    def taken_for(self, contents: Contents, project: Project) -> TakenFor:
        check_folders(contents, project)
        return TakenFor(self.name, by_class=True)


@dataclass(frozen=True, slots=True)
class AnyZip(ImagesZip):
    """One of these, as its folders say."""

    name: ClassVar[str] = "auto-zip"
    named: ClassVar[bool] = False
    title: ClassVar[str | Promise] = ""

    def likeness(self, start: bytes, file_name: str) -> Likeness:
        is_zip = start.startswith(b"PK") or file_name.endswith(".zip")
        return Likeness.SURE if is_zip and not file_name.endswith(TABLES_IN_ZIPS) else Likeness.NONE

    def taken_for(self, contents: Contents, project: Project) -> TakenFor:
        foreign = foreign_folders(contents, project)
        if not foreign and contents.pictures:
            return TakenFor(ImagenetZip.name, _("every folder is called after a class"), by_class=True)
        if not any(foreign):
            return TakenFor(ImagesZip.name, _("not all of its pictures lie in folders"))
        why = _("not every folder is called after a class: {folder}").format(folder=next(filter(None, foreign)))
        return TakenFor(ImagesZip.name, why)


SOURCES = (AnyZip(), ImagesZip(), ImagenetZip())
