"""Reading labels: every task of a project with what is believed of it, as rows, a page or a whole
file at a time."""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Q

from crowd.projects.models import Project
from quality.formats.columns import CellType, Chunk, Layout
from quality.kinds.protocol import consensus_kind
from quality.models import Consensus
from tasks.models import Task, TaskQuerySet

ROWS_A_STEP = 500
LONGEST_REST = 0.05  # seconds; a reader may be slow, and is not waited for twice

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
    answer; the detail is called what the kind of answer calls it. `layout` is that of their
    files."""

    def __init__(self, project: Project) -> None:
        kind = consensus_kind(project)
        self._shown, self._detail = kind.shown(project.schema), kind.detail(project.schema)
        self.detail_name = kind.detail_name
        types: dict[str, CellType] = {
            "task": "text",
            "label": "json",
            "confidence": "number",
            kind.detail_name: "shares" if kind.detail_name == "distribution" else "json",
            "responses": "count",
            "state": "text",
            "source": "text",
            "updated_at": "time",
        }
        self.layout = Layout(types, for_spreadsheets=True)

    def of(self, task: Task) -> LabelRow:
        consensus = getattr(task, "consensus", None)
        of_task = [getattr(task, name) for name in OF_TASK]
        return self._row([*of_task, *(getattr(consensus, name, None) for name in STORED)])

    def all(self, tasks: TaskQuerySet) -> Iterator[LabelRow]:
        """Every row, read a step at a time, so that memory does not grow with the project. After
        each step as long is spent doing nothing: whoever else is served by this process goes
        first."""
        rows = tasks.order_by("pk").values_list(*READ).iterator(chunk_size=ROWS_A_STEP)
        while True:
            started = time.perf_counter()
            step = [self._row(values) for values in islice(rows, ROWS_A_STEP)]
            if not step:
                return
            yield from step
            time.sleep(min(time.perf_counter() - started, LONGEST_REST))

    def _row(self, values: Sequence[Any]) -> LabelRow:
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


def chunks_of(rows: Iterable[LabelRow], layout: Layout) -> Iterator[Chunk]:
    """The rows for a file of this layout, some at a time."""
    rows = iter(rows)
    while step := list(islice(rows, ROWS_A_STEP)):
        yield [[row[name] for row in step] for name in layout.types]
