"""What has been answered, as tables of numbers: read from the rows, or kept in blocks
(quality.answers.cache)."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from crowd.projects.answer_kinds import Answer, kind_of
from crowd.projects.classes import merged_numbers
from crowd.projects.models import Project
from quality.answers.model_voters import predictions
from quality.models import Adjudication
from tasks.models import Response, Task

Table = npt.NDArray[np.void]

TASKS = np.dtype([("task", "<i8"), ("revision", "<i8")])
ANSWERS = np.dtype([("task", "<i8"), ("worker", "<i8"), ("answer", "<i4"), ("response", "<i8"), ("seconds", "<f8")])
AT_ONCE = 20_000  # rows that are Python objects at once


def canonical(answer: Answer) -> str:
    """The JSON text of an answer, the same for equal ones."""
    return json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTable:
    """All answers that stand on some tasks, by the keys of their rows.

    tasks: of `TASKS`, in order; a task may have no answer. The revisions were read before the
        answers, so that an answer that comes in between makes its task stale again.
    answers: of `ANSWERS`, in order of task and worker; `answer` is the answer itself where the
        project's kind stores whole numbers, and else the place of its text in `values`.
        `response`, the row's key, rises with time. What a model predicts stands among the answers,
        as those of the worker that stands for the model, with a negative `response`.
    values: canonical texts, each once, in any order; none where answers are whole numbers.
    """

    tasks: Table
    answers: Table
    values: Sequence[str] = ()

    @classmethod
    def of(cls, tasks: Table, answers: Table, values: Sequence[str] = ()) -> Self:
        """From rows in any order. Answers to other tasks are left out."""
        tasks = tasks[np.argsort(tasks["task"], kind="stable")]
        answers = answers[among(answers["task"], tasks["task"])]
        return cls(tasks, answers[np.lexsort((answers["worker"], answers["task"]))], values)

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """All of them as one. Where several tell of a task the newest revision counts, and of equal
        ones the last."""
        tasks = np.concatenate([np.empty(0, TASKS), *(part.tasks for part in parts)])
        origin = np.repeat(np.arange(len(parts)), [len(part.tasks) for part in parts])
        order = np.lexsort((origin, tasks["revision"], tasks["task"]))
        newest = order[np.append(np.diff(tasks["task"][order]) != 0, True)] if len(order) else order
        answers, places = [np.empty(0, ANSWERS)], Places()
        for number, part in enumerate(parts):
            counting = np.sort(tasks["task"][newest[origin[newest] == number]])
            answers.append(places.moved(part.answers[among(part.answers["task"], counting)], part.values))
        return cls.of(tasks[newest], np.concatenate(answers), list(places))


def reclassed_table(table: AnswerTable, project: Project) -> AnswerTable:
    """The table by the classes that there are now, where some were merged: rows and blocks may be
    of before."""
    numbers = merged_numbers(project.schema)
    if not numbers:
        return table
    if not table.values:
        answers = table.answers.copy()
        for number, target in numbers.items():
            answers["answer"][table.answers["answer"] == number] = target
        return AnswerTable(table.tasks, answers)
    reclassed, places = kind_of(project).reclassed, Places()
    texts = [canonical(reclassed(json.loads(text), numbers)) for text in table.values]
    return AnswerTable(table.tasks, places.moved(table.answers, texts), list(places))


class Places(dict[str, int]):
    """The place of each text, in the order in which they were asked for."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]

    def moved(self, answers: Table, values: Sequence[str]) -> Table:
        """Answers whose values stood elsewhere, by their places here."""
        if not values:
            return answers
        moved = answers.copy()
        moved["answer"] = np.array([self[text] for text in values], dtype="<i4")[answers["answer"]]
        return moved


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
    places, are_numbers = Places(), kind_of(project).codes(project.schema) is not None
    code_of = int if are_numbers else places.__getitem__
    predicted = (
        (task, voter, answer if are_numbers else places[canonical(answer)], *rest)
        for task, voter, answer, *rest in predictions(project, task_ids)
    )
    packed = are_numbers and task_ids is None and connection.vendor == "postgresql"
    answers = _packed_answers(project) if packed else [_coded_answers(_standing(project, task_ids), code_of)]
    return AnswerTable.of(revisions, np.concatenate([*answers, np.fromiter(predicted, ANSWERS)]), list(places))


def _standing(project: Project, task_ids: Sequence[int] | None) -> QuerySet[Response]:
    standing = Response.objects.current().exclude(task__purpose=Task.Purpose.TRAINING)
    return standing.filter(task__project=project) if task_ids is None else standing.filter(task__in=task_ids)


def _coded_answers(standing: QuerySet[Response], code_of: Callable[[str], int]) -> Table:
    texts = _Texts(code_of)
    rows = standing.annotate(text=Cast("answer", TextField())).values_list(
        "task_id", "worker_id", "text", "pk", "seconds"
    )
    coded = (
        (task, worker, texts[text], response, np.nan if seconds is None else seconds)
        for task, worker, text, response, seconds in _streamed(rows)
    )
    return np.fromiter(coded, ANSWERS)


class _Texts(dict[str, int]):
    """The code of an answer as the database writes it."""

    def __init__(self, code_of: Callable[[str], int]) -> None:
        super().__init__()
        self._code_of = code_of

    def __missing__(self, text: str) -> int:
        self[text] = self._code_of(canonical(json.loads(text)))
        return self[text]


# All answers of a project, which are whole numbers, as the bytes of `ANSWERS`, in the byte order of
# the network: as rows they would be a million objects, which takes five times as long.
_PACKED = """
    SELECT STRING_AGG(INT8SEND(response.task_id) || INT8SEND(response.worker_id)
        || INT4SEND(CAST(response.answer AS INTEGER))
        || INT8SEND(response.id) || FLOAT8SEND(COALESCE(response.seconds, 'NaN')), ''::BYTEA)
    FROM tasks_response AS response JOIN tasks_task AS task ON task.id = response.task_id
    WHERE task.project_id = %(project)s AND task.purpose <> 'training'
        AND response.counted AND response.replaced_at IS NULL AND response.voided_at IS NULL
    GROUP BY response.task_id / 100000"""


def _packed_answers(project: Project) -> Iterator[Table]:
    with connection.cursor() as cursor:
        cursor.execute(_PACKED, {"project": project.pk})
        for (packed,) in cursor:
            yield np.frombuffer(packed, ANSWERS.newbyteorder(">")).astype(ANSWERS)


def _streamed(rows: QuerySet[Any, Any]) -> Iterable[tuple[Any, ...]]:
    return rows.order_by().iterator(chunk_size=AT_ONCE)
