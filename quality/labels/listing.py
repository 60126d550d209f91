"""Reading labels: every task of a project with what is believed of it, as rows, a page or a whole
file at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from crowd.projects.models import Project
from quality.exports import ROWS_A_STEP, Export, Row, at_leisure, in_steps
from quality.formats.columns import CellType, Layout
from quality.kinds.protocol import consensus_kind
from quality.labels.data_columns import data_columns
from quality.models import Consensus
from tasks.models import Task, TaskQuerySet

LabelRow = dict[str, Any]


def labelled_tasks(
    project: Project,
    *,
    state: str | None = None,
    min_confidence: float | None = None,
    updated_since: datetime | None = None,
) -> TaskQuerySet:
    """The project's tasks with their consensus, narrowed down by what is given."""
    tasks = Task.objects.for_project(project).select_related("consensus").defer("data")
    if state in (Consensus.State.OPEN, Consensus.State.EXHAUSTED):
        undecided = Q(consensus=None) | Q(consensus__state=Consensus.State.OPEN)
        tasks = tasks.filter(undecided, is_exhausted=state == Consensus.State.EXHAUSTED)
    elif state is not None:
        tasks = tasks.filter(consensus__project=project, consensus__state=state)
    if min_confidence is not None:
        tasks = tasks.filter(consensus__confidence__gte=min_confidence)
    if updated_since is not None:
        changed = Consensus.objects.filter(project=project, updated_at__gte=updated_since).values("pk")
        exhausted = Task.objects.for_project(project).filter(is_exhausted=True, exhausted_at__gte=updated_since)
        tasks = tasks.filter(pk__in=changed.union(exhausted.values("pk")))
    return tasks


OF_TASK = ("external_id", "answers_counted", "is_exhausted", "exhausted_at")
STORED = ("label", "confidence", "detail", "responses", "state", "source", "updated_at")
READ = (*OF_TASK, *(f"consensus__{name}" for name in STORED))


class LabelRows:
    """The tasks of a project as rows. Label, confidence, detail and time are None until there is an
    answer; the detail is called what the kind of answer calls it."""

    def __init__(self, project: Project) -> None:
        kind = consensus_kind(project)
        self._shown, self._detail = kind.shown(project.schema), kind.detail(project.schema)
        self.detail_name = kind.detail_name

    def of(self, task: Task) -> LabelRow:
        consensus = getattr(task, "consensus", None)
        of_task = [getattr(task, name) for name in OF_TASK]
        return self.of_values([*of_task, *(getattr(consensus, name, None) for name in STORED)])

    def of_values(self, values: Sequence[Any]) -> LabelRow:
        """From what `READ` names."""
        task, answers, exhausted, since, label, confidence, detail, responses, state, source, updated_at = values
        if exhausted and state in (None, Consensus.State.OPEN):
            state, updated_at = Consensus.State.EXHAUSTED, max(since, updated_at or since)
        return {
            "task": task,
            "label": None if label is None else self._shown(label),
            "confidence": confidence,
            self.detail_name: None if detail is None else self._detail(detail),
            "responses": answers if responses is None else responses,
            "state": state or Consensus.State.OPEN,
            "source": source or Consensus.Source.CONSENSUS,
            "updated_at": updated_at,
        }


def export_labels(project: Project, tasks: TaskQuerySet, *, with_data: bool = False) -> Export:
    """These tasks with their labels, for a file; with the tasks' own columns, if wanted."""
    rows = LabelRows(project)
    types = _types(rows.detail_name)
    data = data_columns(project, types) if with_data else None

    def row(values: Sequence[Any]) -> Row:
        return {**rows.of_values(values[: len(READ)]), **(data.cells(values[-1]) if data else {})}

    read = tasks.order_by("pk").values_list(*READ, *(["data"] if data else []))
    steps = in_steps(read.iterator(chunk_size=ROWS_A_STEP))
    more: Mapping[str, CellType] = dict.fromkeys(data.names if data else (), "json")
    layout = Layout({**types, **more}, for_spreadsheets=True)
    return Export(layout, at_leisure([row(values) for values in step] for step in steps))


def _types(detail_name: str) -> dict[str, CellType]:
    return {
        "task": "text",
        "label": "json",
        "confidence": "number",
        detail_name: "shares" if detail_name == "distribution" else "json",
        "responses": "count",
        "state": "text",
        "source": "text",
        "updated_at": "time",
    }
