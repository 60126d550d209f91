"""What has been answered, as tables of numbers: read from the rows, or kept in blocks
(quality.answers.cache)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from crowd.projects.models import Project
from quality.answers.model_voters import predictions
from quality.models import Adjudication
from tasks.models import Response, Task

Table = npt.NDArray[np.void]

TASKS = np.dtype([("task", "<i8"), ("revision", "<i8")])
ANSWERS = np.dtype([("task", "<i8"), ("worker", "<i8"), ("label", "<i4"), ("response", "<i8"), ("seconds", "<f8")])
AT_ONCE = 20_000  # rows that are Python objects at once


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTable:
    """All answers that stand on some tasks, by the keys of their rows.

    tasks: of `TASKS`, in order; a task may have no answer. The revisions were read before the
        answers, so that an answer that comes in between makes its task stale again.
    answers: of `ANSWERS`, in order of task and worker; `label` is the place of the class in the
        project's schema, and `response`, the row's key, rises with time. What a model predicts
        stands among the answers, as those of the worker that stands for the model, with a negative
        `response`.
    """

    tasks: Table
    answers: Table

    @classmethod
    def of(cls, tasks: Table, answers: Table) -> Self:
        """From rows in any order. Answers to other tasks are left out."""
        tasks = tasks[np.argsort(tasks["task"], kind="stable")]
        answers = answers[among(answers["task"], tasks["task"])]
        return cls(tasks, answers[np.lexsort((answers["worker"], answers["task"]))])

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """All of them as one. Where several tell of a task the newest revision counts, and of equal
        ones the last."""
        tasks = np.concatenate([np.empty(0, TASKS), *(part.tasks for part in parts)])
        origin = np.repeat(np.arange(len(parts)), [len(part.tasks) for part in parts])
        order = np.lexsort((origin, tasks["revision"], tasks["task"]))
        newest = order[np.append(np.diff(tasks["task"][order]) != 0, True)] if len(order) else order
        answers = [np.empty(0, ANSWERS)]
        for place, part in enumerate(parts):
            counting = np.sort(tasks["task"][newest[origin[newest] == place]])
            answers.append(part.answers[among(part.answers["task"], counting)])
        return cls.of(tasks[newest], np.concatenate(answers))


def among(keys: npt.NDArray[np.int64], ordered: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of the keys are among these, which are in order."""
    places = np.searchsorted(ordered, keys)
    return np.append(ordered, -1)[places] == keys


def read_table(project: Project, task_ids: Sequence[int] | None = None) -> AnswerTable:
    """From the rows: of these tasks, or else of all that have answers or a known one. Answers given
    in training say nothing about the task, and are left out."""
    if task_ids is None:
        decided = Adjudication.objects.filter(task__project=project).values("task")
        tasks = Task.objects.for_project(project).filter(
            Q(answers_counted__gt=0) | ~Q(purpose=Task.Purpose.WORK) | Q(pk__in=decided)
        )
    else:
        tasks = Task.objects.filter(pk__in=task_ids)
    revisions = np.fromiter(_streamed(tasks.values_list("pk", "revision")), TASKS)
    predicted = np.fromiter(predictions(project, task_ids), ANSWERS)
    return AnswerTable.of(revisions, np.concatenate([*_answers(project, task_ids), predicted]))


def _answers(project: Project, task_ids: Sequence[int] | None) -> Iterator[Table]:
    if task_ids is None and connection.vendor == "postgresql":
        return _packed_answers(project)
    standing = Response.objects.current().exclude(task__purpose=Task.Purpose.TRAINING)
    wanted = standing.filter(task__project=project) if task_ids is None else standing.filter(task__in=task_ids)
    return iter([np.fromiter(_coded_answers(project, wanted), ANSWERS)])


def _coded_answers(project: Project, wanted: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    code_of = _Codes(project)
    texts = wanted.annotate(text=Cast("answer", TextField()))
    for task, worker, text, response, seconds in _streamed(
        texts.values_list("task_id", "worker_id", "text", "pk", "seconds")
    ):
        yield task, worker, code_of[text], response, np.nan if seconds is None else seconds


# All answers of a project as the bytes of `ANSWERS`, in the byte order of the network: as rows they
# would be a million objects, which takes five times as long.
_PACKED = """
    SELECT STRING_AGG(INT8SEND(response.task_id) || INT8SEND(response.worker_id)
        || INT4SEND(CAST(CAST(%(codes)s AS JSONB) ->> (response.answer #>> '{}') AS INTEGER))
        || INT8SEND(response.id) || FLOAT8SEND(COALESCE(response.seconds, 'NaN')), ''::BYTEA)
    FROM tasks_response AS response JOIN tasks_task AS task ON task.id = response.task_id
    WHERE task.project_id = %(project)s AND task.purpose <> 'training'
        AND response.counted AND response.replaced_at IS NULL AND response.voided_at IS NULL
    GROUP BY response.task_id / 100000"""


def _packed_answers(project: Project) -> Iterator[Table]:
    codes = json.dumps({name: place for place, name in enumerate(project.class_names)})
    with connection.cursor() as cursor:
        cursor.execute(_PACKED, {"codes": codes, "project": project.pk})
        for (packed,) in cursor:
            yield np.frombuffer(packed, ANSWERS.newbyteorder(">")).astype(ANSWERS)


class _Codes(dict[str, int]):
    """The place of the class that an answer, written as JSON, names."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self._places = {name: place for place, name in enumerate(project.class_names)}

    def __missing__(self, text: str) -> int:
        self[text] = self._places[json.loads(text)]
        return self[text]


def _streamed(rows: QuerySet[Any, Any]) -> Iterable[tuple[Any, ...]]:
    return rows.order_by().iterator(chunk_size=AT_ONCE)
