"""Votes gathered elsewhere: a table of task, worker and answer becomes responses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from crowd.json_values import same_json
from crowd.projects.answer_kinds import Answer, InvalidAnswer, kind_of
from crowd.projects.models import Project
from quality.formats.table_format import Row, TableFormat
from tasks.errors import RepeatedVotes
from tasks.intake.tables import Faults, fail, need_columns, read_rows
from tasks.intake.task_fields import is_one_line

ANSWER_COLUMNS = ("answer", "label")
COLUMNS = ("task", "worker", *ANSWER_COLUMNS)
MAX_TASK_ID = 300
MAX_WORKER_NAME = 200


@dataclass(frozen=True, slots=True)
class Vote:
    line: int
    task: str
    worker: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Imported:
    """`created` counts every response stored, of which `replaced` took the place of the worker's
    earlier answer."""

    created: int
    unchanged: int
    replaced: int


def read_votes(file: IO[bytes], form: TableFormat, project: Project) -> list[Vote]:
    """Every vote of the file, checked. Raises InvalidFile, naming up to twenty lines at fault."""
    faults = Faults()
    votes = [vote for row in read_rows(file, form, COLUMNS) if (vote := _vote(row, form, project, faults))]
    faults.raise_any()
    if not votes:
        fail(1, _("There are no votes in the file."), "empty")
    return votes


def _vote(row: Row, form: TableFormat, project: Project, faults: Faults) -> Vote | None:
    line, cells = row
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
        return Vote(line, task, worker, kind_of(project).parse(cells[answer_column], project))
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
