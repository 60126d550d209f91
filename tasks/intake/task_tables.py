"""Tables of tasks: a row a task, one column its id, and the rest what the worker is shown."""

from typing import IO, Any

from django.utils.translation import gettext as _

from crowd.projects.models import Project
from tasks.answers import answer_type
from tasks.errors import InvalidAnswer
from tasks.intake.records import TaskRecord
from tasks.intake.tables import Faults, Row, fail, read_rows

ID_COLUMNS = ("external_id", "id", "task")
RESERVED = (*ID_COLUMNS, "priority", "gold", "explanation", "image")


def read_tasks(file: IO[bytes], table_format: str, project: Project) -> list[TaskRecord]:
    """Every task of the file, checked. Raises InvalidFile, naming up to twenty lines at fault."""
    faults = Faults()
    records: dict[str, TaskRecord] = {}
    for row in read_rows(file, table_format):
        record = _record(row, project, faults)
        if record is None:
            continue
        if record.external_id in records:
            faults.add(row[0], _("Another line has the id {id}.").format(id=record.external_id), "repeated")
        records[record.external_id] = record
    faults.raise_any()
    if not records:
        fail(1, _("There are no tasks in the file."), "empty")
    return list(records.values())


def _record(row: Row, project: Project, faults: Faults) -> TaskRecord | None:
    line, cells = row
    external_id = next((str(cells[name]).strip() for name in ID_COLUMNS if name in cells), "")
    if not 0 < len(external_id) <= 300:
        faults.add(line, _("A column named external_id must hold an id of at most 300 characters."), "no_id")
        return None
    given = cells.get("data")
    shown = {name: value for name, value in cells.items() if name not in RESERVED and value not in ("", None)}
    data = given if isinstance(given, dict) else shown
    if not data:
        faults.add(line, _("There is nothing to show a worker: add a column named text."), "no_data")
        return None
    try:
        gold, priority = _gold(cells, project), int(cells.get("priority") or 0)
    except InvalidAnswer as error:
        faults.add(line, error.detail, error.code, field="gold")
    except (TypeError, ValueError):
        faults.add(line, _("The priority is not a whole number."), "invalid", field="priority")
    else:
        return TaskRecord(external_id=external_id, data=data, priority=priority, gold=gold)
    return None


def _gold(cells: dict[str, Any], project: Project) -> tuple[Any, str] | None:
    answer: Any = cells.get("gold")
    if answer in ("", None):
        return None
    explanation = cells.get("explanation") or ""
    if isinstance(answer, dict):
        answer, explanation = answer.get("answer"), answer.get("explanation") or ""
    return answer_type(project).parse(answer, project), str(explanation)
