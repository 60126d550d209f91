"""The answers of a project in blocks of numbers, so that a fit need not read a row for each.

A step of the live labels appends what now stands on the tasks that it judged; nothing is changed. A fit reads all
blocks, in which the newest revision of a task counts, and puts them together when there are many. Everything in them
can be read from the rows again at any time.
"""

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import transaction

from crowd.batches import batches
from crowd.projects.models import Project
from quality.answers.table import ANSWERS, TASKS, Recorded, read_recorded
from quality.models import Summary, VoteBlock
from tasks.models import Task

LARGEST = 250_000  # tasks in a block
MANY = 64  # blocks, from which on they are put together
MUCH = 20_000  # tasks with something new, beyond which reading all rows is quicker than asking for these
HEADER = np.dtype([("tasks", "<i8"), ("answers", "<i8")])


class BrokenBlock(ValueError):
    """A block does not hold what it should."""


def append_block(project: Project, recorded: Recorded) -> None:
    """Add what stands on some tasks now."""
    VoteBlock.objects.create(project=project, votes=packed(recorded))


def read_blocks(project: Project) -> Recorded:
    """All that stands on a project's tasks: from the blocks, and from the rows what is in none yet. Everything comes
    from the rows where that is much, or the blocks are not complete."""
    new = list(Task.objects.for_project(project).stale().order_by("pk").values_list("pk", flat=True)[: MUCH + 1])
    complete = Summary.objects.filter(project=project, blocks_complete=True).exists()
    if not complete or len(new) > MUCH:
        return rebuild_blocks(project)
    try:
        return Recorded.merged([_read(project), *(read_recorded(project, batch) for batch in batches(new))])
    except BrokenBlock:
        return rebuild_blocks(project)


def rebuild_blocks(project: Project) -> Recorded:
    """Read the rows, and put them in the place of all blocks there are; those that come meanwhile stand above."""
    before = _keys(project)
    recorded = read_recorded(project)
    _replace(project, before, recorded)
    Summary.objects.filter(project=project).update(blocks_complete=True)
    return recorded


def _read(project: Project) -> Recorded:
    keys, parts = [], []
    for key, votes in VoteBlock.objects.filter(project=project).order_by("pk").values_list("pk", "votes").iterator(8):
        keys.append(key)
        parts.append(unpacked(bytes(votes)))
    recorded = Recorded.merged(parts)
    if len(keys) > MANY + len(recorded.tasks) // LARGEST:
        _replace(project, keys, recorded)
    return recorded


def _keys(project: Project) -> list[int]:
    return list(VoteBlock.objects.filter(project=project).values_list("pk", flat=True))


@transaction.atomic
def _replace(project: Project, keys: list[int], recorded: Recorded) -> None:
    """One or a few blocks instead of these. Revisions tell them apart from others that came meanwhile."""
    VoteBlock.objects.filter(project=project, pk__in=keys).delete()
    VoteBlock.objects.bulk_create((VoteBlock(project=project, votes=packed(p)) for p in _parts(recorded)), batch_size=1)


def _parts(recorded: Recorded) -> Iterator[Recorded]:
    for start in range(0, len(recorded.tasks), LARGEST):
        tasks = recorded.tasks[start : start + LARGEST]
        first, last = np.searchsorted(recorded.answers["task"], [tasks["task"][0], tasks["task"][-1] + 1])
        yield Recorded(tasks, recorded.answers[first:last])


def packed(recorded: Recorded) -> bytes:
    """A header, and both tables a column after the other, which can be made smaller that way."""
    header = np.array([(len(recorded.tasks), len(recorded.answers))], HEADER)
    return zlib.compress(b"".join([header.tobytes(), *_columns(recorded.tasks), *_columns(recorded.answers)]), level=1)


def unpacked(votes: bytes) -> Recorded:
    """Raises BrokenBlock."""
    try:
        content = zlib.decompress(votes)
        n_tasks, n_answers = np.frombuffer(content, HEADER, 1)[0].tolist()
        tasks, place = _table(content, HEADER.itemsize, TASKS, n_tasks)
        answers, place = _table(content, place, ANSWERS, n_answers)
    except (zlib.error, ValueError) as error:
        raise BrokenBlock(str(error)) from error
    return Recorded(tasks, answers)


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
