"""The answers of a project in blocks of numbers, so that a fit need not read a row for each.

A step of the live labels appends what now stands on the tasks that it judged; nothing is changed. A
fit reads all blocks, in which the newest revision of a task counts, and puts them together when
there are many. Everything in them can be read from the rows again at any time.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from django.db import transaction

from crowd.batches import batches
from crowd.projects.models import Project
from quality.answers.table import ANSWERS, TASKS, AnswerTable, read_table
from quality.models import Summary, VoteBlock
from tasks.models import Task

LARGEST = 250_000  # tasks in a block
MANY = 64  # blocks, from which on they are put together
MUCH = 20_000  # tasks with something new, beyond which reading all rows is quicker than asking for these
GONE = 2**62  # a revision that no task comes to
HEADER = np.dtype([("tasks", "<i8"), ("answers", "<i8")])


class BrokenBlock(ValueError):
    """A block does not hold what it should."""


def append_to_cache(project: Project, table: AnswerTable) -> None:
    """Add what stands on some tasks now."""
    VoteBlock.objects.create(project=project, votes=packed(table))


def forget_in_cache(project: Project, task_ids: Sequence[int]) -> None:
    """Have these tasks, which are deleted, without answers for good: whatever else the blocks hold
    of them, or will, is older."""
    gone = np.array([(task_id, GONE) for task_id in sorted(task_ids)], TASKS)
    append_to_cache(project, AnswerTable(gone, np.empty(0, ANSWERS)))


def read_cache(project: Project) -> AnswerTable:
    """All that stands on a project's tasks: from the blocks, and from the rows what is in none yet.
    Everything comes from the rows where that is much, or the blocks are not complete."""
    new = list(Task.objects.for_project(project).stale().order_by("pk").values_list("pk", flat=True)[: MUCH + 1])
    complete = Summary.objects.filter(project=project, blocks_complete=True).exists()
    if not complete or len(new) > MUCH:
        return rebuild_cache(project)
    try:
        return AnswerTable.merged([_read(project), *(read_table(project, batch) for batch in batches(new))])
    except BrokenBlock:
        return rebuild_cache(project)


def rebuild_cache(project: Project) -> AnswerTable:
    """Read the rows, and put them in the place of all blocks there are; those that come meanwhile
    stand above."""
    before = _keys(project)
    table = read_table(project)
    _replace(project, before, table)
    Summary.objects.filter(project=project).update(blocks_complete=True)
    return table


def _read(project: Project) -> AnswerTable:
    keys, parts = [], []
    for key, votes in VoteBlock.objects.filter(project=project).order_by("pk").values_list("pk", "votes").iterator(8):
        keys.append(key)
        parts.append(unpacked(bytes(votes)))
    table = AnswerTable.merged(parts)
    if len(keys) > MANY + len(table.tasks) // LARGEST:
        _replace(project, keys, table)
    return table


def _keys(project: Project) -> list[int]:
    return list(VoteBlock.objects.filter(project=project).values_list("pk", flat=True))


@transaction.atomic
def _replace(project: Project, keys: list[int], table: AnswerTable) -> None:
    """One or a few blocks instead of these. Revisions tell them apart from others that came
    meanwhile."""
    VoteBlock.objects.filter(project=project, pk__in=keys).delete()
    VoteBlock.objects.bulk_create((VoteBlock(project=project, votes=packed(p)) for p in _parts(table)), batch_size=1)


def _parts(table: AnswerTable) -> Iterator[AnswerTable]:
    for start in range(0, len(table.tasks), LARGEST):
        tasks = table.tasks[start : start + LARGEST]
        first, last = np.searchsorted(table.answers["task"], [tasks["task"][0], tasks["task"][-1] + 1])
        yield AnswerTable(tasks, table.answers[first:last], table.values)


def packed(table: AnswerTable) -> bytes:
    """A header, both tables a column after the other, which can be made smaller that way, and the
    values as JSON if there are any."""
    header = np.array([(len(table.tasks), len(table.answers))], HEADER)
    values = [json.dumps(list(table.values)).encode()] if table.values else []
    content = [header.tobytes(), *_columns(table.tasks), *_columns(table.answers), *values]
    return zlib.compress(b"".join(content), level=1)


def unpacked(votes: bytes) -> AnswerTable:
    """Raises BrokenBlock."""
    try:
        content = zlib.decompress(votes)
        n_tasks, n_answers = np.frombuffer(content, HEADER, 1)[0].tolist()
        tasks, place = _table(content, HEADER.itemsize, TASKS, n_tasks)
        answers, place = _table(content, place, ANSWERS, n_answers)
        values = json.loads(content[place:] or b"[]")
    except (zlib.error, ValueError) as error:
        raise BrokenBlock(str(error)) from error
    return AnswerTable(tasks, answers, values)


def _columns(table: Any) -> Iterator[bytes]:
    for name in table.dtype.names:
        yield np.ascontiguousarray(table[name]).tobytes()


def _table(content: bytes, place: int, kind: np.dtype[np.void], rows: int) -> tuple[Any, int]:
    """The table that stands at a place, and the place behind it. Raises ValueError."""
    table = np.empty(rows, kind)
    for name in kind.names or ():
        column = np.frombuffer(content, kind[name], rows, place)
        table[name] = column
        place += column.nbytes
    return table, place
