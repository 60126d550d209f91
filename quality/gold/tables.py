"""Gold from a table of task, answer and maybe explanation, for tasks that are there already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from crowd.batches import batches
from crowd.people.models import User, audit
from crowd.projects.answer_kinds import Answer, InvalidAnswer, kind_of, made_to_fit
from crowd.projects.models import Project
from quality.formats.registry import FORMATS
from quality.formats.table_format import Row
from quality.gold.giving import Origin, receive_gold, stored_gold
from quality.labels.requests import wake_refresh
from quality.models import GoldAnswer
from tasks.intake.fitting import subjects_called
from tasks.intake.records import Gold
from tasks.intake.tables import Faults, fail, need_columns, read_rows
from tasks.models import Task

COLUMNS = ("task", "answer", "explanation")
MAX_ROWS = 100_000
MAX_EXPLANATION = 5_000


@dataclass(frozen=True, slots=True)
class GoldRow:
    line: int
    task: str
    answer: Answer
    explanation: str | None  # None where the table says nothing of explanations: what there is stays


@dataclass(frozen=True, slots=True)
class Imported:
    created: int
    changed: int
    unchanged: int


def read_gold(file: IO[bytes], project: Project) -> list[GoldRow]:
    """Every row of a CSV file, checked against the project's classes. Raises InvalidFile, naming
    the lines at fault."""
    faults = Faults()
    rows: dict[str, GoldRow] = {}
    for table_row in read_rows(file, FORMATS["csv"], COLUMNS):
        row = _row(table_row, project, faults)
        if row is None:
            continue
        earlier = rows.setdefault(row.task, row)
        if (earlier.answer, earlier.explanation) != (row.answer, row.explanation):
            message = _("Task {task} has another answer or explanation on line {line}.")
            faults.add(row.line, message.format(task=row.task, line=earlier.line), "repeated")
        if len(rows) > MAX_ROWS:
            fail(row.line, _("At most {n} tasks at once.").format(n=MAX_ROWS), "too_many")
    faults.raise_any()
    if not rows:
        fail(1, _("There are no answers in the file: its first line names the columns, task and answer."), "empty")
    return list(rows.values())


def _row(table_row: Row, project: Project, faults: Faults) -> GoldRow | None:
    line, cells = table_row
    need_columns(cells, [("task",), ("answer",)])
    explanation = cells.get("explanation")
    if explanation is not None and len(explanation) > MAX_EXPLANATION:
        message = _("An explanation has at most {n} characters.").format(n=MAX_EXPLANATION)
        faults.add(line, message, "too_long", field="explanation")
        return None
    try:
        return GoldRow(line, cells["task"], kind_of(project).parse(cells["answer"], project), explanation)
    except InvalidAnswer as error:
        faults.add(line, error.detail, InvalidAnswer.code, field="answer")
        return None


@transaction.atomic
def import_gold(project: Project, actor: User, rows: Sequence[GoldRow]) -> Imported:
    """Make these tasks gold, all or none. What is in training stays there. The same table again
    changes nothing.

    Raises InvalidFile, naming the lines of tasks that are not there, or that the answer is none to.
    """
    task_ids = _task_ids(project, rows)
    rows = _fitting(project, rows)
    stored = stored_gold(task_ids.values())
    answers = {task_ids[row.task]: _gold(row, stored.get(task_ids[row.task])) for row in rows}
    touched = receive_gold(answers=answers, origin=Origin.GIVEN)
    changed = len(touched & stored.keys())
    if touched:
        audit(actor, "gold.imported", project.slug, created=len(touched) - changed, changed=changed)
        transaction.on_commit(lambda: wake_refresh(project.pk))
    return Imported(created=len(touched) - changed, changed=changed, unchanged=len(rows) - len(touched))


def _gold(row: GoldRow, stored: GoldAnswer | None) -> Gold:
    kept = stored.explanation if stored else ""
    return Gold(
        row.answer, kept if row.explanation is None else row.explanation, stored is not None and stored.training
    )


def _task_ids(project: Project, rows: Sequence[GoldRow]) -> dict[str, int]:
    names = [row.task for row in rows]
    found: dict[str, int] = {}
    for batch in batches(names):
        known = Task.objects.for_project(project).filter(external_id__in=batch)
        found.update(known.values_list("external_id", "pk"))
    faults = Faults()
    for row in rows:
        if row.task not in found:
            faults.add(row.line, _("There is no task {task} in this project.").format(task=row.task[:100]), "no_task")
    faults.raise_any()
    return found


def _fitting(project: Project, rows: Sequence[GoldRow]) -> list[GoldRow]:
    """The rows, whose answers are made to fit their tasks."""
    faults, fitted = Faults(), list[GoldRow]()
    for batch in batches(rows):
        tasks = subjects_called(project, [row.task for row in batch])
        for row in batch:
            try:
                task = tasks.get(row.task)
                fitted.append(replace(row, answer=made_to_fit(row.answer, project, task)) if task else row)
            except InvalidAnswer as error:
                faults.add(row.line, error.detail, error.code, field="answer")
    faults.raise_any()
    return fitted
