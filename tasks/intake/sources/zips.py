"""Zips of pictures, perhaps in folders called after classes."""

from dataclasses import dataclass
from typing import IO, Any, ClassVar

from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowd.claims import Claim
from crowd.projects.models import Project
from tasks.errors import InvalidFile
from tasks.intake.archives import Contents, check_folders, contents_of, foreign_folders, is_short, open_archive
from tasks.intake.picture_zips import TakenFor, read_pictures
from tasks.intake.sources.source import Likeness
from tasks.intake.sources.table_zips import NAME, Table, check_table, read_table_zip, table_of
from tasks.models import Import

MEMBERS_AT_ONCE, LISTED_AT_ONCE = 10_000, 2 * 1024 * 1024  # of a zip: files, and bytes of the list of them
TABLES_IN_ZIPS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")  # the reader of tables says what to do with them


@dataclass(frozen=True, slots=True)
class ImagesZip:
    """A task for each picture, whatever the folders; or for each line of a table of tasks in the
    zip."""

    name: ClassVar[str] = "images-zip"
    named: ClassVar[bool] = True
    heeds_tables: ClassVar[bool] = True
    title: ClassVar[str | Promise] = gettext_lazy("zip of pictures")

    def likeness(self, start: bytes, file_name: str) -> Likeness:
        return Likeness.NONE

    def taken_for(self, contents: Contents, project: Project) -> TakenFor:
        """What is to be done with a zip. Raises InvalidFile."""
        return TakenFor(self.name)

    def check(self, file: "File[bytes]", project: Project) -> None:
        if not is_short(file, members=MEMBERS_AT_ONCE, size=LISTED_AT_ONCE):
            return
        archive = open_archive(file)
        contents = contents_of(archive)
        if table := self.table(contents):
            check_table(archive, table, project)
        else:
            self.taken_for(contents, project)

    def read(self, claim: Claim[Import], file: IO[bytes]) -> dict[str, Any]:
        archive = open_archive(file)
        contents = contents_of(archive)
        if table := self.table(contents):
            return read_table_zip(claim, archive, contents, table)
        return read_pictures(claim, archive, contents, self.taken_for(contents, claim.row.project))

    def table(self, contents: Contents) -> Table | None:
        """The table of tasks that says what the pictures are, if there is one."""
        return table_of(contents) if self.heeds_tables else None


@dataclass(frozen=True, slots=True)
class ImagenetZip(ImagesZip):
    """A folder for each class: what they say is gold, or a prediction."""

    name: ClassVar[str] = "imagenet-zip"
    heeds_tables: ClassVar[bool] = False
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


@dataclass(frozen=True, slots=True)
class TasksZip(ImagesZip):
    """A task for each line of the zip's table."""

    name: ClassVar[str] = NAME
    title: ClassVar[str | Promise] = gettext_lazy("zip of pictures with a table of tasks, tasks.csv or tasks.jsonl")

    def taken_for(self, contents: Contents, project: Project) -> TakenFor:
        raise InvalidFile(_("There is no table of tasks in the zip: name it tasks.csv or tasks.jsonl."))


SOURCES = (AnyZip(), ImagesZip(), ImagenetZip(), TasksZip())
