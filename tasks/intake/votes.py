"""Votes gathered elsewhere: a table of task, worker and answer becomes responses. So does a table
of answers as the service sends them, but for those that do not count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from crowd.json_values import same_json
from crowd.projects.answer_kinds import Answer, InvalidAnswer, InvalidData, kind_of
from crowd.projects.models import Project
from quality.formats.table_format import Row, TableFormat
from tasks.errors import RepeatedVotes
from tasks.intake.tables import Faults, fail, need_columns, read_rows
from tasks.intake.task_fields import is_one_line

ANSWER_COLUMNS = ("answer", "label")
VOIDED, COUNTED = "voided", "counted"
COLUMNS = ("task", "worker", *ANSWER_COLUMNS, VOIDED, COUNTED)
TRUTHS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
MAX_TASK_ID = 300
MAX_WORKER_NAME = 200


@dataclass(frozen=True, slots=True)
class Vote:
    line: int
    task: str
    worker: str
    answer: Answer
    data: Mapping[str, Any] | None = None  # what the task is made of, where the row says so


@dataclass(frozen=True, slots=True)
class Imported:
    """`created` counts every response stored, of which `replaced` took the place of the worker's
    earlier answer; `skipped` the rows that were left out."""

    created: int = 0
    unchanged: int = 0
    replaced: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class VotesRead:
    """The votes of a file, and how many of its rows are left out as voided or not counted."""

    votes: list[Vote]
    skipped: int


def read_votes(file: IO[bytes], form: TableFormat, project: Project) -> VotesRead:
    """Every vote of the file, checked. Raises InvalidFile, naming up to twenty lines at fault."""
    faults, votes, skipped = Faults(), list[Vote](), 0
    for row in read_rows(file, form, (*COLUMNS, *kind_of(project).vote_columns)):
        if _counts(row, faults):
            votes += [vote] if (vote := _vote(row, form, project, faults)) else []
        else:
            skipped += 1
    faults.raise_any()
    if not votes and not skipped:
        fail(1, _("There are no votes in the file."), "empty")
    return VotesRead(votes, skipped)


def _counts(row: Row, faults: Faults) -> bool:
    """Whether it is neither called voided nor not counted; where the table says nothing of that, it
    is."""
    line, cells = row
    return not _truth(line, cells, VOIDED, False, faults) and _truth(line, cells, COUNTED, True, faults)


def _truth(line: int, cells: dict[str, Any], name: str, unsaid: bool, faults: Faults) -> bool:
    value = cells.get(name)
    said = str(value).strip().casefold()
    if value is None or not said:
        return unsaid
    if said not in TRUTHS:
        message = _("{name} is {value}, which is neither true nor false.")
        faults.add(line, message.format(name=name, value=str(value)[:100]), "no_truth", field=name)
    return TRUTHS.get(said, unsaid)


def _vote(row: Row, form: TableFormat, project: Project, faults: Faults) -> Vote | None:
    line, _cells = row
    try:
        voted_on = kind_of(project).voted_on(row[1])
    except InvalidData as error:
        faults.add(line, error.detail, error.code, field=error.errors[0]["field"].partition(".")[2])
        return None
    cells = dict(voted_on.cells) if voted_on else row[1]
    missing = [name for name in ("task", "worker") if name not in cells]
    answer_column = next((name for name in ANSWER_COLUMNS if name in cells), None)
    if missing or answer_column is None:
        if form.has_header:  # no line has what the first one does not name
            need_columns(cells, [("task",), ("worker",), ANSWER_COLUMNS])
        wanted = [*missing, *(["answer"] if answer_column is None else [])]
        message = _("Task, worker and answer are needed; missing: {names}.").format(names=", ".join(wanted))
        faults.add(line, message, "required", field=wanted[0])
        return None
    task, worker = _name(cells["task"], MAX_TASK_ID), _name(cells["worker"], MAX_WORKER_NAME)
    if task is None or worker is None:
        message = _("Task and worker must be named on one line, in at most {t} and {w} characters.")
        faults.add(line, message.format(t=MAX_TASK_ID, w=MAX_WORKER_NAME), "no_name")
        return None
    try:
        answer = kind_of(project).parse(cells[answer_column], project)
        return Vote(line, task, worker, answer, voted_on.data if voted_on else None)
    except InvalidAnswer as error:
        faults.add(line, error.detail, InvalidAnswer.code, field=answer_column)
        return None


def _name(value: Any, longest: int) -> str | None:
    """A name as text; None if it is none. Tables of numbered tasks and workers may give numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    name = str(value).strip()
    return name if 0 < len(name) <= longest and is_one_line(name) else None


def refuse_repeats(votes: Iterable[Vote]) -> None:
    """For `?repeats=error`. Raises RepeatedVotes at a second, different answer of one worker to one
    task."""
    first: dict[tuple[str, str], Vote] = {}
    for vote in votes:
        earlier = first.setdefault((vote.task, vote.worker), vote)
        if not same_json(earlier.answer, vote.answer):
            message = _("Line {line}: worker {worker} answered task {task} differently on line {earlier}.")
            detail = message.format(line=vote.line, worker=vote.worker, task=vote.task, earlier=earlier.line)
            raise RepeatedVotes(detail, errors=[{"line": vote.line, "code": "repeated", "detail": detail}])
