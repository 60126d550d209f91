"""Rows of two tables that are about the same task."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from quality.aggregation import Coded
from quality.aggregation.codes import Codes
from quality.tables.columns import Table
from quality.tables.errors import BadFile
from quality.tables.writing import print_note

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Matched:
    """labels, truth: (shared,) the rows that are of one task, in the order of the truth.
    unlabelled: rows of the truth without a label."""

    labels: Rows
    truth: Rows
    unlabelled: int

    @classmethod
    def of(cls, labels: Table, truth: Table, column: str = "task") -> Self:
        """BadFile if nothing is shared, or if one of the tables has a task twice."""
        label_rows, true_rows = labels.rows_of(column), truth.rows_of(column)
        shared = [name for name in true_rows if name in label_rows]
        if not shared:
            raise nothing_shared(labels, truth, len(true_rows), column)
        given, true = (np.array([rows[name] for name in shared], dtype=np.intp) for rows in (label_rows, true_rows))
        return cls(given, true, len(true_rows) - len(shared))

    def counts(self, unit: str = "tasks") -> dict[str, int]:
        return {unit: len(self.truth), "unlabelled": self.unlabelled}


def nothing_shared(labels: Table, truth: Table, size: int, column: str = "task") -> BadFile:
    return BadFile(truth.name, f"none of its {size} {column}s has a label in {labels.name}")


def voted_on(known: Table | None, votes: Table) -> Table | None:
    """Known answers of tasks with votes. Others are left out with a note; if none is left, the file
    must be wrong."""
    if known is None:
        return None
    tasks = known.columns["task"]
    has_votes = among(tasks.names, votes.columns["task"].names)
    require_some(known, has_votes.any(), f"task {tasks[0]!r} has no votes" if len(known) else "")
    note_left_out(known, int(np.count_nonzero(~has_votes)), "tasks")
    return known.where(np.flatnonzero(has_votes[tasks.codes]))


def require_some(known: Table, any_left: bool | np.bool_, problem: str) -> None:
    """BadFile if there are known answers, none of which is of anything that was voted on."""
    if len(known) and not any_left:
        raise known.fault(0, f"{problem}, nor has any other")


def note_left_out(known: Table, left_out: int, unit: str) -> None:
    if left_out:
        print_note(f"{known.name}: {left_out} known answers are of {unit} without votes, and left out")


def among(names: Sequence[str], others: Sequence[str]) -> npt.NDArray[np.bool_]:
    """(names,) whether each is one of the others."""
    known = set(others)
    return np.array([name in known for name in names], dtype=bool)


def vocabulary(*columns: Coded) -> tuple[str, ...]:
    """All names that occur, sorted."""
    return tuple(sorted({name for column in columns for name in column.names}))


def numbered(n_names: int, names: Sequence[str]) -> Coded:
    """A column of the first names, one a row."""
    return Coded(np.arange(n_names, dtype=np.int32), names)


def places(known: Table, tasks: Sequence[str]) -> Codes:
    """(rows,) where the task of each row stands among the tasks. BadFile if a task has two rows."""
    known.rows_of()
    return known.columns["task"].within(tasks)


def by_task(known: Table | None, tasks: Sequence[str], values: npt.NDArray[Any], missing: float) -> npt.NDArray[Any]:
    """(tasks,) the value of each task that has a row in `known`, from its `values` (rows,);
    `missing` elsewhere."""
    found = np.full(len(tasks), missing, dtype=values.dtype)
    if known is not None:
        found[places(known, tasks)] = values
    return found
