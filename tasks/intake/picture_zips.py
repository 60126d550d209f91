"""Zips of pictures into tasks: one a picture, with a report in which every file of the zip is
accounted for."""

import time
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from crowd.batches import batches
from crowd.claims import Claim
from crowd.projects.answer_kinds import kind_of
from crowd.projects.models import Project
from tasks.imaging import REASONS, BadImage, CostlyImage
from tasks.intake.archives import (
    Contents,
    Member,
    Told,
    classes_by_folder,
    read_member,
)
from tasks.intake.images import store_and_note
from tasks.intake.prelabels import mark_predicted_stale
from tasks.intake.records import Gold, TaskRecord, add_tasks
from tasks.intake.turns import Turn
from tasks.models import IMAGE, Import, PreLabel, Task

PICTURES_A_STEP = 100
SECONDS_A_STEP = 2.0  # after which the pictures that were read so far are stored
MAX_TOLD = 1000  # files of each kind that a report names; it counts all
MAX_COSTLY = 10  # pictures whose decoding was given up, after which the rest of their zip is not decoded
FOLDER_MODEL = "folder"  # the name under which folders of an ImageNet-style zip appear as pre-labels
ADVISED = ("heic", "avif")  # reasons that say so themselves
HEIC = (".heic", ".heif", ".hif", ".avif", ".avifs")


@dataclass(frozen=True, slots=True)
class TakenFor:
    """What kind of zip it is; why, where that was left to us; whether its folders are classes."""

    name: str
    why: str = ""
    by_class: bool = False


def read_pictures(
    claim: Claim[Import], archive: zipfile.ZipFile, contents: Contents, taken_for: TakenFor
) -> dict[str, Any]:
    """The report on all that was stored. Raises ClaimLost."""
    turn = Turn(claim, {})
    reading = _Reading(turn, archive, contents, taken_for)
    turn.note_total(len(contents.members))
    while turn.done < len(contents.members):
        reading.read(contents.members[turn.done : turn.done + PICTURES_A_STEP])
    return reading.report()


@dataclass(slots=True)
class Tally:
    """How many files there is something to say of, and what, of the first of them."""

    count: int
    named: list[dict[str, str]]

    def add(self, told: Told) -> None:
        self.count += 1
        if len(self.named) < MAX_TOLD:
            self.named.append(asdict(told))


class _Reading:
    """A zip, as far as it was read: what the report says so far is where it goes on from."""

    def __init__(self, turn: Turn, archive: zipfile.ZipFile, contents: Contents, taken_for: TakenFor) -> None:
        job, before = turn.job, turn.report
        self.turn, self.archive, self.contents = turn, archive, contents
        self.taken_for = taken_for
        self.folders = job.options.get("folders") if taken_for.by_class else None
        self.classes, self.parse = classes_by_folder(job.project), kind_of(job.project).parse
        self.counts = {name: before.get(name, 0) for name in ("created", "updated", "unchanged")}
        self.rejected = Tally(before.get("rejected", 0), before.get("rejections", []))
        self.noted = Tally(before.get("noted", 0), before.get("notes", []))
        self.costly = before.get("costly", 0)
        self.first_names = _first_names(job.project, contents.members[: turn.done])
        if not turn.done:
            for told in contents.unnameable:
                self.rejected.add(told)

    def read(self, members: Sequence[Member]) -> None:
        """Store some pictures and their tasks: these, or the first of them if that takes long."""
        project = self.turn.job.project
        records: list[TaskRecord] = []
        read, ends = 0, time.monotonic() + SECONDS_A_STEP
        while read < len(members) and (read == 0 or time.monotonic() < ends):
            if record := self._record(project, members[read]):
                records.append(record)
            read += 1
        with self.turn.step(read):
            outcome = add_tasks(project, records)
            if self.folders == "prelabel":
                _prelabel(project, {each.external_id: self._class_of(each.external_id) for each in records})
            for name in self.counts:
                self.counts[name] += getattr(outcome, name)
            self.turn.report = self.report() | {"costly": self.costly}

    def _record(self, project: Project, member: Member) -> TaskRecord | None:
        """The task of a picture; None, and why in the report, if it is none."""
        try:
            self._refuse_unread(member)
            image, notes = store_and_note(project, read_member(self.archive, member))
        except ValueError as error:  # BadImage, or a member that can't be read
            self.costly += isinstance(error, CostlyImage)
            self.rejected.add(Told(member.name, why(error, member.name)))
            return None
        for note in notes:
            self.noted.add(Told(member.name, _(note)))
        first = self.first_names.setdefault(image.pk, member.name)
        if first != member.name:
            self.noted.add(Told(member.name, _("the same picture as {name}").format(name=first)))
        gold = Gold(self.parse(self.classes[member.folder], project)) if self.folders == "gold" else None
        return TaskRecord(external_id=member.name, pictures={IMAGE: image}, gold=gold)

    def _refuse_unread(self, member: Member) -> None:
        """Raises ValueError for what is not even decoded."""
        if self.costly >= MAX_COSTLY:
            raise ValueError(
                _("not decoded: {n} pictures before it took more than decoding may take").format(n=MAX_COSTLY)
            )
        if self.folders and member.folder not in self.classes:
            raise ValueError(_("its folder is not a class of the project"))

    def _class_of(self, name: str) -> str:
        return self.classes[PurePosixPath(name).parent.name]

    def report(self) -> dict[str, Any]:
        return {
            "format": self.taken_for.name,
            "because": self.taken_for.why,
            **self.counts,
            "rejected": self.rejected.count,
            "rejections": self.rejected.named,
            "left_out": len(self.contents.left_out),
            "omissions": named(self.contents.left_out),
            "noted": self.noted.count,
            "notes": self.noted.named,
        }


def _first_names(project: Project, members: Sequence[Member]) -> dict[int, str]:
    """Of each picture that was read before, the name under which it came first."""
    found: dict[int, str] = {}
    for batch in batches([member.name for member in members]):
        tasks = Task.objects.for_project(project).filter(external_id__in=batch, image__isnull=False)
        pictures = dict(tasks.values_list("external_id", "image_id"))
        for name in batch:
            if name in pictures:
                found.setdefault(pictures[name], name)
    return found


def named(told: Iterable[Told]) -> list[dict[str, str]]:
    return [asdict(each) for each in islice(told, MAX_TOLD)]


def why(error: ValueError, name: str) -> str:
    """Why a picture did not come in, and how those of phones do that can't be decoded here."""
    refused = error.reason if isinstance(error, BadImage) else ""
    text, values = REASONS.get(refused, ("", {}))
    reason = _(text).format(**values) if text else str(error)
    kind = PurePosixPath(name).suffix.lower()
    if kind in HEIC and refused not in ADVISED:
        return _("{reason}; convert {kind} pictures to JPEG or PNG").format(reason=reason, kind=kind[1:].upper())
    return reason


def _prelabel(project: Project, classes: dict[str, str]) -> None:
    """Predict the class of each task, by its id."""
    tasks = list(Task.objects.for_project(project).filter(external_id__in=list(classes)))
    kind = kind_of(project)
    predicted = {name: kind.prediction({"answer": name}, project) for name in set(classes.values())}
    PreLabel.objects.bulk_create(
        (PreLabel(task=task, model=FOLDER_MODEL, prediction=predicted[classes[task.external_id]]) for task in tasks),
        update_conflicts=True,
        unique_fields=["task", "model"],
        update_fields=["prediction"],
    )
    mark_predicted_stale([task.pk for task in tasks])
