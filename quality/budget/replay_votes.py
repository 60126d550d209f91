"""What a replay plays: the answers of a project, or a table of answers that were gathered
elsewhere."""

import io
from typing import IO, Any

import numpy as np
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crowd.errors import CrowdError
from crowd.projects.answer_kinds import Answer, InvalidAnswer, kind_of
from crowd.projects.models import Project
from quality.aggregation import NO_LABEL, Votes
from quality.answers.matrix import read_matrix
from quality.budget.rehearsals import Recording
from quality.formats.faults import Unreadable
from quality.formats.registry import FORMATS
from quality.formats.table_format import Row
from quality.formats.text_lines import text_lines
from tasks.errors import InvalidFile
from tasks.intake.tables import Faults, fail, need_columns, read_rows, sentence

MAX_VOTES = 2_000_000
ANSWER_COLUMNS = ("answer", "label")
COLUMNS = ("task", "worker", *ANSWER_COLUMNS, "truth")
LONGEST_NAME = 300


class TooManyVotes(CrowdError):
    status, code = 400, "too_many_votes"


class NothingToReplay(CrowdError):
    status, code = 400, "nothing_to_replay"


def table_text(file: IO[bytes]) -> str:
    """A table that was sent as a file. Raises InvalidFile."""
    try:
        return "".join(text_lines(file))
    except Unreadable as error:
        raise InvalidFile(_("Line {line}: {problem}").format(line=error.line, problem=sentence(error))) from error


def own_recording(project: Project) -> Recording:
    """The people's answers of the project. All gold scores; of what was drawn as gold half is told
    when it is played, as only that teaches how far workers can be believed. No gold counts as work.
    A model's votes cost nothing, and are left out.

    Raises NothingToReplay, TooManyVotes.
    """
    codes_of(project)
    matrix = read_matrix(project)
    people = matrix.response > 0
    if not people.any():
        raise NothingToReplay(_("This project has no answers yet. Send a table of answers to be replayed."))
    _check_size(int(people.sum()))
    votes = Votes.from_codes(
        matrix.task[people],
        matrix.worker[people],
        matrix.answer[people],
        n_tasks=len(matrix.task_ids),
        n_workers=len(matrix.worker_ids),
        n_classes=matrix.n_classes,
    )
    return Recording(votes, matrix.gold, work=matrix.gold == NO_LABEL, tellable=matrix.drawn)


def codes_of(project: Project) -> dict[Answer, int]:
    """The place of each answer there can be. Raises NothingToReplay where these can't be counted
    up."""
    codes = kind_of(project).codes(project.schema)
    if codes is None:
        raise NothingToReplay(_("Only answers that are chosen from a list can be replayed."))
    return {answer: place for place, answer in enumerate(codes)}


def _check_size(n: int) -> None:
    if n > MAX_VOTES:
        raise TooManyVotes(_("At most {n} answers can be replayed.").format(n=number_format(MAX_VOTES)))


def read_recording(text: str, project: Project) -> Recording:
    """A CSV of task, worker and answer, and of truth if it has that column: empty where it is not
    known. A worker's later answer to the same task replaces the earlier one, as in an import.

    Raises InvalidFile, naming up to twenty lines at fault, and TooManyVotes.
    """
    reading = _Reading(project)
    for row in read_rows(io.BytesIO(text.encode()), FORMATS["csv"], COLUMNS):
        reading.read(row)
    return reading.recording()


class _Reading:
    """A table, as far as it was read: numbers stand for names."""

    def __init__(self, project: Project) -> None:
        self.project, self.parse = project, kind_of(project).parse
        self.faults = Faults()
        self.codes = codes_of(project)
        self.seen: dict[Any, int] = {}
        self.tasks: dict[str, int] = {}
        self.workers: dict[str, int] = {}
        self.answers: dict[tuple[int, int], int] = {}
        self.truth: dict[int, int] = {}

    def read(self, row: Row) -> None:
        line, cells = row
        column = next((name for name in ANSWER_COLUMNS if name in cells), "answer")
        need_columns(cells, [("task",), ("worker",), ANSWER_COLUMNS])
        if not all(0 < len(cells[name].strip()) <= LONGEST_NAME for name in ("task", "worker")):
            message = _("Task and worker must be named, in at most {n} characters.").format(n=LONGEST_NAME)
            self.faults.add(line, message, "no_name")
            return
        task = self.tasks.setdefault(cells["task"].strip(), len(self.tasks))
        worker = self.workers.setdefault(cells["worker"].strip(), len(self.workers))
        answer = self._code(line, column, cells[column])
        truth = self._code(line, "truth", cells["truth"]) if cells.get("truth", "").strip() else NO_LABEL
        self.answers[task, worker] = answer
        if truth != NO_LABEL and self.truth.setdefault(task, truth) != truth:
            self.faults.add(line, _("An earlier line gives another truth for this task."), "contradiction")
        _check_size(len(self.answers))

    def _code(self, line: int, column: str, value: Any) -> int:
        if (code := self.seen.get(value)) is not None:
            return code
        try:
            self.seen[value] = self.codes[self.parse(value, self.project)]
            return self.seen[value]
        except InvalidAnswer as error:
            self.faults.add(line, error.detail, InvalidAnswer.code, field=column)
            return NO_LABEL

    def recording(self) -> Recording:
        self.faults.raise_any()
        if not self.answers:
            fail(1, _("There are no votes in the file."), "empty")
        rows = np.array([(*pair, answer) for pair, answer in self.answers.items()], dtype=np.int64)
        truth = np.full(len(self.tasks), NO_LABEL, dtype=np.int64)
        truth[list(self.truth)] = list(self.truth.values())
        sizes = {"n_workers": len(self.workers), "n_classes": len(self.codes)}
        every = np.ones(len(truth), dtype=bool)
        return Recording(Votes.from_codes(*rows.T, n_tasks=len(truth), **sizes), truth, work=every, tellable=every)
