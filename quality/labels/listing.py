"""Reading labels: every task of a project with what is believed of it, as rows, a page or a whole
file at a time."""

import csv
import io
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import IO, Any, TypedDict

from django.db.models import Q

from crowd.cells import guarded
from crowd.projects.models import Project
from quality.models import Consensus
from tasks.models import Task, TaskQuerySet

ROWS_A_STEP = 500
ROWS_A_GROUP = 10_000  # of a Parquet file
LONGEST_REST = 0.05  # seconds; a reader may be slow, and is not waited for twice
COLUMNS = ("task", "label", "confidence", "distribution", "responses", "state", "source", "updated_at")


class LabelRow(TypedDict):
    """One task of the labels list; label, confidence, distribution and time are None until there is
    an answer."""

    task: str
    label: Any
    confidence: float | None
    distribution: dict[str, float] | None
    responses: int
    state: str
    source: str
    updated_at: datetime | None


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


def label_row(task: Task, class_names: list[str]) -> LabelRow:
    consensus = getattr(task, "consensus", None)
    of_task = [getattr(task, name) for name in OF_TASK]
    return _row([*of_task, *(getattr(consensus, name, None) for name in STORED)], class_names)


OF_TASK = ("external_id", "answers_counted", "is_exhausted", "exhausted_at")
STORED = ("label", "confidence", "distribution", "responses", "state", "source", "updated_at")
READ = (*OF_TASK, *(f"consensus__{name}" for name in STORED))


def _row(values: Sequence[Any], class_names: list[str]) -> LabelRow:
    """From what `READ` names."""
    task, answers, exhausted, since, label, confidence, distribution, responses, state, source, updated_at = values
    if exhausted and state in (None, Consensus.State.OPEN):
        state, updated_at = Consensus.State.EXHAUSTED, max(since, updated_at or since)
    return LabelRow(
        task=task,
        label=label,
        confidence=confidence,
        distribution=None if distribution is None else dict(zip(class_names, distribution, strict=False)),
        responses=answers if responses is None else responses,
        state=state or Consensus.State.OPEN,
        source=source or Consensus.Source.CONSENSUS,
        updated_at=updated_at,
    )


def all_rows(project: Project, tasks: TaskQuerySet) -> Iterator[LabelRow]:
    """Every row, read a step at a time, so that memory does not grow with the project. After each
    step as long is spent doing nothing: whoever else is served by this process goes first."""
    names = project.class_names
    rows = tasks.order_by("pk").values_list(*READ).iterator(chunk_size=ROWS_A_STEP)
    while True:
        started = time.perf_counter()
        step = [_row(values, names) for values in islice(rows, ROWS_A_STEP)]
        if not step:
            return
        yield from step
        time.sleep(min(time.perf_counter() - started, LONGEST_REST))


def as_csv(rows: Iterable[LabelRow]) -> Iterator[str]:
    """A header and a line a row; the distribution is JSON in its cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = iter(rows)
    while True:
        for row in islice(rows, ROWS_A_STEP):
            writer.writerow([_cell(row[name]) for name in COLUMNS])  # type: ignore[literal-required]
        text = buffer.getvalue()
        if not text:
            return
        yield text
        buffer.seek(0)
        buffer.truncate()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")  # as JSON has it
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return guarded(value) if isinstance(value, str) else value


def as_json_lines(rows: Iterable[LabelRow]) -> Iterator[str]:
    rows = iter(rows)
    while step := list(islice(rows, ROWS_A_STEP)):
        yield "".join(
            json.dumps({**row, "updated_at": _cell(row["updated_at"])}, ensure_ascii=False) + "\n" for row in step
        )


def as_parquet(rows: Iterable[LabelRow]) -> IO[bytes]:
    """A Parquet file, written a row group at a time to a temporary file that vanishes when
    closed."""
    import pyarrow as pa  # noqa: PLC0415 (a large library that one route needs)
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema(
        [
            ("task", pa.string()),
            ("label", pa.string()),
            ("confidence", pa.float64()),
            ("distribution", pa.map_(pa.string(), pa.float64())),
            ("responses", pa.int32()),
            ("state", pa.string()),
            ("source", pa.string()),
            ("updated_at", pa.timestamp("us", tz="UTC")),
        ]
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response that streams it closes it)
    rows = iter(rows)
    with pq.ParquetWriter(file, schema) as writer:
        while step := list(islice(rows, ROWS_A_GROUP)):
            writer.write_table(pa.Table.from_pylist(step, schema=schema))
    file.seek(0)
    return file
