"""Zips that hold a table of tasks whose cells name pictures beside it."""

import time
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from crowd.claims import Claim
from crowd.projects.models import Project
from quality.formats.registry import READ_BY_ROW
from quality.formats.table_format import TableFormat
from tasks.imaging import CostlyImage
from tasks.intake.archives import SUFFIXES, Contents, Member, Told, read_member
from tasks.intake.images import store_and_note
from tasks.intake.picture_zips import MAX_COSTLY, SECONDS_A_STEP, Tally, named, why
from tasks.intake.records import TaskRecord, add_tasks
from tasks.intake.sources.task_tables import CHECKED_AT_ONCE, read_lines
from tasks.intake.turns import Turn
from tasks.models import Image, Import
from tasks.models.picture_fields import PICTURE

NAME = "tasks-zip"
TABLE = "tasks"  # what it is called, before its ending
TASKS_A_STEP = 100
COUNTS = ("created", "updated", "unchanged")


@dataclass(frozen=True, slots=True)
class ToldOfLine(Told):
    """What there is to say of a line, and which file it is about."""

    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a zip: its cells name what lies in its own folder, or below."""

    member: Member
    form: TableFormat

    pictures: Mapping[str, Member]

    def named(self, value: Any) -> Member | None:
        """The file that a cell names."""
        name = _name_in(value)
        return None if name is None else self.pictures.get(_plain(name))

    def read(self, archive: zipfile.ZipFile, project: Project) -> dict[int, TaskRecord]:
        """Its tasks by line. Raises InvalidFile."""
        with archive.open(self.member.info) as file:
            return read_lines(file, self.form, project, beside=self.pictures)


def table_of(contents: Contents) -> Table | None:
    """The table of a zip, if it has one: `tasks.csv`, say, in no folder or in one that holds all of
    the zip."""
    tops = {member.name.partition("/")[0] for member in contents.members}
    for member in contents.members:
        folder, _slash, name = member.name.rpartition("/")
        stem, ending = PurePosixPath(name).stem, PurePosixPath(name).suffix.lower()
        form = next((form for form in READ_BY_ROW.values() if ending in form.endings), None)
        if form and stem.lower() == TABLE and (not folder or (len(tops) == 1 and "/" not in folder)):
            here = member.name.removesuffix(name)
            return Table(member, form, {each.name.removeprefix(here): each for each in contents.members})
    return None


def check_table(archive: zipfile.ZipFile, table: Table, project: Project) -> None:
    """What can be said while somebody waits. Raises InvalidFile."""
    if table.member.info.file_size <= CHECKED_AT_ONCE:
        table.read(archive, project)


def read_table_zip(claim: Claim[Import], archive: zipfile.ZipFile, contents: Contents, table: Table) -> dict[str, Any]:
    """The report on all that was stored. Raises InvalidFile, ClaimLost."""
    lines = list(table.read(archive, claim.row.project).items())
    turn = Turn(claim, {})
    reading = _Reading(turn, archive, contents, table, [record.data for _line, record in lines])
    turn.note_total(len(lines))
    while turn.done < len(lines):
        reading.read(lines[turn.done : turn.done + TASKS_A_STEP])
    return reading.report()


class _Reading:
    """A zip, as far as it was read: what the report says so far is where it goes on from."""

    def __init__(
        self,
        turn: Turn,
        archive: zipfile.ZipFile,
        contents: Contents,
        table: Table,
        rows: Sequence[Mapping[str, Any]],
    ) -> None:
        before = turn.report
        self.turn, self.archive, self.contents, self.table = turn, archive, contents, table
        self.columns = {name for row in rows for name, value in row.items() if table.named(value)}
        self.counts = {name: before.get(name, 0) for name in COUNTS}
        self.rejected = Tally(before.get("rejected", 0), before.get("rejections", []))
        self.noted = Tally(before.get("noted", 0), before.get("notes", []))
        self.costly = before.get("costly", 0)
        self.unnamed = self._unnamed(rows)

    def _unnamed(self, rows: Sequence[Mapping[str, Any]]) -> list[Told]:
        used = {member.name for row in rows for value in row.values() if (member := self.table.named(value))}
        used.add(self.table.member.name)
        why_not = _("no line of {table} names it").format(table=self.table.member.name)
        return [Told(each.name, why_not) for each in self.contents.members if each.name not in used]

    def read(self, lines: Sequence[tuple[int, TaskRecord]]) -> None:
        """Store some tasks with their pictures: these, or the first of them if that takes long."""
        records: list[TaskRecord] = []
        read, ends = 0, time.monotonic() + SECONDS_A_STEP
        while read < len(lines) and (read == 0 or time.monotonic() < ends):
            if record := self._record(*lines[read]):
                records.append(record)
            read += 1
        with self.turn.step(read):
            outcome = add_tasks(self.turn.job.project, records)
            for name in COUNTS:
                self.counts[name] += getattr(outcome, name)
            self.turn.report = self.report() | {"costly": self.costly}

    def _record(self, line: int, record: TaskRecord) -> TaskRecord | None:
        """The task with the pictures that its cells name; None, and why in the report, if one is
        none."""
        data, pictures = dict(record.data), dict[str, Image]()
        for field, value in record.data.items():
            try:
                image = record.pictures.get(field) or self._image(field, value, line)
            except ValueError as error:  # BadImage, or a member that is not there or can't be read
                self.costly += isinstance(error, CostlyImage)
                name = _name_in(value) or field
                self.rejected.add(ToldOfLine(name, why(error, name), line))
                return None
            if image and field not in record.pictures:
                data[field] = {**(value if isinstance(value, dict) else {}), PICTURE: image.sha256}
            pictures |= {field: image} if image else {}
        return replace(record, data=data, pictures=pictures)

    def _image(self, field: str, value: Any, line: int) -> Image | None:
        """The picture that a cell names, if it names one. Raises ValueError."""
        member, name = self.table.named(value), _name_in(value)
        if member is None:
            if name is not None and (field in self.columns or name.lower().endswith(SUFFIXES)):
                raise ValueError(_("it is not in the zip"))
            return None
        if self.costly >= MAX_COSTLY:
            raise ValueError(_("not decoded: pictures before it took more than decoding may take"))
        image, notes = store_and_note(self.turn.job.project, read_member(self.archive, member))
        for note in notes:
            self.noted.add(ToldOfLine(member.name, _(note), line))
        return image

    def report(self) -> dict[str, Any]:
        left_out = [*self.contents.left_out, *self.contents.unnameable, *self.unnamed]
        return {
            "format": NAME,
            "because": _("it holds {table}").format(table=self.table.member.name),
            **self.counts,
            "rejected": self.rejected.count,
            "rejections": self.rejected.named,
            "left_out": len(left_out),
            "omissions": named(left_out),
            "noted": self.noted.count,
            "notes": self.noted.named,
        }


def _name_in(value: Any) -> str | None:
    """What may be the name of a picture: a text, the picture of an item, or the id of one of which
    nothing else is said."""
    if isinstance(value, dict):
        value = value.get(PICTURE, value.get("id") if value.keys() == {"id"} else None)
    return value if isinstance(value, str) else None


def _plain(cell: str) -> str:
    """A cell as members are called: with slashes, in NFC."""
    return unicodedata.normalize("NFC", cell.strip().replace("\\", "/")).removeprefix("./")
