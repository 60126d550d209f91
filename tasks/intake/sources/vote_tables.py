"""Votes gathered elsewhere, as a table: `POST …/responses/import` has large ones read here."""

from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File

from crowd.claims import Claim
from crowd.projects.models import Project
from quality.formats.registry import READ_BY_ROW
from quality.formats.table_format import TableFormat
from tasks.intake.fitting import fitting_votes
from tasks.intake.sources.source import Likeness
from tasks.intake.storing import ensure_workers, refuse_to_replace, steps_of, store_votes
from tasks.intake.turns import Turn
from tasks.intake.voted_tasks import on_their_tasks
from tasks.intake.votes import read_votes
from tasks.models import Import


@dataclass(frozen=True, slots=True)
class VoteTable:
    """Votes in one of the formats of tables; they have a route of their own, which says so."""

    form: TableFormat
    named: bool = False
    title: str = ""

    @property
    def name(self) -> str:
        return name_of(self.form)

    def likeness(self, start: bytes, file_name: str) -> Likeness:
        return Likeness.NONE

    def check(self, file: "File[bytes]", project: Project) -> None:
        """Every row is checked before the first is stored, all of them by the job."""

    def read(self, claim: Claim[Import], file: IO[bytes]) -> dict[str, Any]:
        project = claim.row.project
        read = read_votes(file, self.form, project)
        votes = fitting_votes(project, on_their_tasks(project, read.votes))
        turn = Turn(claim, {"created": 0, "unchanged": 0, "replaced": 0, "skipped": read.skipped})
        if claim.row.options.get("repeats") == "error" and not turn.done:
            refuse_to_replace(project, votes)
        turn.note_total(len(votes))
        workers = ensure_workers(project, [*{vote.worker for vote in votes}])
        stored = turn.done
        for step in steps_of(votes):
            if stored >= len(step):
                stored -= len(step)
                continue
            with turn.step(len(step)):
                turn.add(store_votes(project, step, workers))
        return turn.report


def name_of(form: TableFormat) -> str:
    """What an import of votes in this format is called."""
    return f"votes-{form.name}"


SOURCES = tuple(VoteTable(form) for form in READ_BY_ROW.values())
