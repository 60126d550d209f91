"""Tables of tasks: a row a task, one column its id, and the rest what the worker is shown."""

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import IO, Any

from django.core.files import File
from django.utils.translation import gettext as _

from crowd.batches import batches
from crowd.claims import Claim
from crowd.projects.answer_kinds import InvalidAnswer, InvalidData, kind_of
from crowd.projects.models import Project
from quality.formats.registry import READ_BY_ROW
from quality.formats.table_format import Row, TableFormat
from tasks.intake.named_pictures import UNKNOWN, find_pictures, pictures_of, unknown_picture
from tasks.intake.records import TaskRecord, add_tasks
from tasks.intake.sources.source import Likeness
from tasks.intake.tables import Faults, fail, need_columns, read_rows
from tasks.intake.task_fields import TaskSerializer
from tasks.intake.turns import Turn
from tasks.models import Import
from tasks.models.picture_fields import PICTURE

CHECKED_AT_ONCE = 8 * 1024 * 1024  # bytes of a table that are parsed before the upload is answered
TASKS_A_STEP = 2000
ID_COLUMNS = ("external_id", "id", "task")
RESERVED = (*ID_COLUMNS, "priority", "gold", "explanation", "training", "data")
EMPTY = ("", None)
UNTRUE = ("", "none", "false", "no", "0", "n", "f", "off")


@dataclass(frozen=True, slots=True)
class TaskTable:
    """Tasks in one of the formats of tables. A table with a header may be anything that nobody else
    knows."""

    form: TableFormat
    named: bool = True

    @property
    def name(self) -> str:
        return self.form.name

    @property
    def title(self) -> str:
        return self.form.title

    def likeness(self, start: bytes, file_name: str) -> Likeness:
        if self.form.opening and start.lstrip().startswith(self.form.opening):
            return Likeness.SURE
        if file_name.endswith(self.form.endings):
            return Likeness.BY_NAME
        return Likeness.POSSIBLE if self.form.has_header else Likeness.NONE

    def check(self, file: "File[bytes]", project: Project) -> None:
        if file.size <= CHECKED_AT_ONCE:
            read_tasks(file, self.form, project)

    def read(self, claim: Claim[Import], file: IO[bytes]) -> dict[str, Any]:
        turn = Turn(claim, {"created": 0, "updated": 0, "unchanged": 0})
        records = read_tasks(file, self.form, claim.row.project)
        turn.note_total(len(records))
        for step in batches(records[turn.done :], TASKS_A_STEP):
            with turn.step(len(step)):
                turn.add(add_tasks(claim.row.project, step))
        return turn.report


def read_tasks(file: IO[bytes], form: TableFormat, project: Project) -> list[TaskRecord]:
    """Every task of the file, checked. Raises InvalidFile, naming up to twenty lines at fault."""
    return list(read_lines(file, form, project).values())


def read_lines(
    file: IO[bytes], form: TableFormat, project: Project, beside: Container[str] = ()
) -> dict[int, TaskRecord]:
    """The same, by line. `beside`: names of pictures that come with the table."""
    faults = Faults()
    records: dict[int, TaskRecord] = {}
    names: set[str] = set()
    for row in read_rows(file, form, RESERVED):
        if form.has_header:
            need_columns(row[1], [ID_COLUMNS])
        record = _record(row, project, faults)
        if record is None:
            continue
        if record.external_id in names:
            faults.add(row[0], _("Another line has the id {id}.").format(id=record.external_id), "repeated")
        names.add(record.external_id)
        records[row[0]] = record
    records = _with_pictures(records, project, beside, faults)
    faults.raise_any()
    if not records:
        fail(1, _("There are no tasks in the file."), "empty")
    return records


def _with_pictures(
    records: dict[int, TaskRecord], project: Project, beside: Container[str], faults: Faults
) -> dict[int, TaskRecord]:
    """The tasks with the pictures that their data name by hash."""
    known = find_pictures(project, [record.data for record in records.values()])
    made = dict(records)
    for line, record in records.items():
        pictures, unknown = pictures_of(record.data, known)
        for field in unknown:
            named = record.data[field][PICTURE]
            if not (isinstance(named, str) and named in beside):
                faults.add(line, unknown_picture(), UNKNOWN, field=field)
        if pictures:
            made[line] = replace(record, pictures=pictures)
    return made


def _record(row: Row, project: Project, faults: Faults) -> TaskRecord | None:
    """The row as a task, held to the same rules as a task that comes by the API."""
    line, cells = row
    body = TaskSerializer(data=_as_task(cells))
    if not body.is_valid():
        for field, errors in body.errors.items():
            message = _("{field}: {detail}").format(field=field, detail=_first(errors))
            faults.add(line, message, "invalid", field=field)
        return None
    task = body.validated_data
    try:
        task["data"] = dict(kind_of(project).checked_data(task["data"]))
        return TaskRecord.checked(project, **task)
    except InvalidData as error:
        faults.add(line, error.detail, error.code, field=error.errors[0]["field"])
        return None
    except InvalidAnswer as error:
        faults.add(line, error.detail, error.code, field="gold")
        return None


def _as_task(cells: dict[str, Any]) -> dict[str, Any]:
    """The cells in the form of the API: what is neither id, priority nor about gold is shown to the
    worker."""
    id_column = next((name for name in ID_COLUMNS if name in cells), "external_id")
    shown = {name: value for name, value in cells.items() if name not in RESERVED and value not in EMPTY}
    task = {"external_id": cells.get(id_column), "data": cells.get("data", shown)}
    if cells.get("priority") not in EMPTY:
        task["priority"] = cells["priority"]
    if gold := _as_gold(cells):
        task["gold"] = gold
    return task


def _as_gold(cells: dict[str, Any]) -> dict[str, Any] | None:
    """The right answer in the form of the API. A task to train on without one has an empty one,
    which is at fault."""
    gold, training = cells.get("gold"), cells.get("training")
    if isinstance(gold, dict):
        return gold
    if gold in EMPTY and str(training).lower() in UNTRUE:
        return None
    flag = {} if training in EMPTY else {"training": training}
    return {"answer": "" if gold is None else gold, "explanation": cells.get("explanation") or "", **flag}


def _first(errors: Any) -> str:
    """The first text in the framework's lists and dictionaries of errors."""
    while not isinstance(errors, str):
        errors = next(iter(errors.values() if isinstance(errors, dict) else errors))
    return errors


SOURCES = tuple(TaskTable(form) for form in READ_BY_ROW.values())
