"""Rows that each hold one of many drawings on a task, boxes or spans; empty ones say that there is
nothing to draw."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from quality.aggregation import Coded
from quality.aggregation.codes import Codes
from quality.tables.cells import Floats, is_blank, probabilities
from quality.tables.columns import Columns, Table, Values
from quality.tables.kind import Ballots
from quality.tables.matching import Rows, among, nothing_shared, vocabulary

Indices = npt.NDArray[np.int64]

NO_CLASS = ""
"""Stands for the class in a row without a drawing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one drawing stands in a row: numbers in some columns, of which some are below others.

    parse: (rows,) the numbers of a column. below: for a column, the one that must hold more.
    """

    cells: Sequence[str]
    parse: Callable[[Table, str], Floats]
    below: Mapping[str, str]

    def columns(self, *names: str, confidence: bool = False) -> Columns:
        optional = ("label", "confidence") if confidence else ("label",)
        return Columns((*names, *self.cells), optional, (*self.cells, "confidence"), (*self.cells, *optional))


@dataclass(frozen=True, slots=True)
class Drawings:
    """The drawings in a table.

    rows: (drawings,) the row of each. cells: (drawings, cells) its numbers. labels: (drawings,) its
    class; None if the table tells none.
    """

    table: Table
    rows: Rows
    cells: Floats
    labels: Coded | None

    @classmethod
    def of(cls, table: Table, shape: Shape) -> Self:
        """BadFile for a row that is empty in part, or has its numbers the wrong way round, or no
        class if others do."""
        blank = np.stack([is_blank(table, column) for column in shape.cells], axis=1)
        for row in np.flatnonzero(blank.any(axis=1) & ~blank.all(axis=1))[:1].tolist():
            raise table.fault(row, f"the {shape.cells[int(blank[row].argmax())]} is empty, but not the whole row")
        numbers = {column: shape.parse(table, column) for column in shape.cells}
        for low, high in shape.below.items():
            for row in np.flatnonzero(numbers[low] >= numbers[high])[:1].tolist():
                raise table.fault(row, f"{low} {numbers[low][row]:g} is not below {high} {numbers[high][row]:g}")
        rows = np.flatnonzero(~blank[:, 0])
        return cls(table, rows, np.stack(list(numbers.values()), axis=1)[rows], _labels(table, rows))

    def codes(self, column: str, names: Sequence[str]) -> Codes:
        """(drawings,) the codes of the names in a column."""
        return self.table.columns[column].within(names)[self.rows]

    def classes(self, names: Sequence[str]) -> Codes:
        """(drawings,) the codes of the classes; all 0 if there are no names, which leaves classes
        aside."""
        if not names or self.labels is None:
            return np.zeros(len(self.rows), dtype=np.int32)
        return self.labels.within(names)

    @property
    def scores(self) -> Floats:
        """(drawings,) how sure each is; 1 where the table doesn't tell."""
        if "confidence" not in self.table.columns:
            return np.ones(len(self.rows))
        found = probabilities(self.table, "confidence")[self.rows]
        return np.where(np.isnan(found), 1.0, found)


def _labels(table: Table, rows: Rows) -> Coded | None:
    if "label" not in table.columns:
        return None
    unnamed = is_blank(table, "label")[rows]
    if unnamed.all():
        return None
    if unnamed.any():
        raise table.fault(int(rows[unnamed.argmax()]), "the label is empty, but not on every row")
    return table.where(rows).columns["label"]


def classes_of(*drawn: Drawings) -> tuple[str, ...]:
    """All classes, sorted, if every one of the tables tells them and has any drawing; none
    otherwise."""
    told = [each.labels for each in drawn if len(each.rows)]
    return vocabulary(*(labels for labels in told if labels)) if all(labels is not None for labels in told) else ()


def shared_tasks(labels: Table, truth: Table) -> tuple[tuple[str, ...], dict[str, int]]:
    """The tasks of both tables, sorted, and how many those are, and how many of the truth have no
    label."""
    true = set(truth.columns["task"].names)
    shared = sorted(true & set(labels.columns["task"].names))
    if not shared:
        raise nothing_shared(labels, truth, len(true))
    return tuple(shared), {"tasks": len(shared), "unlabelled": len(true) - len(shared)}


def on_tasks(table: Table, tasks: Sequence[str]) -> Table:
    """The rows of these tasks."""
    column = table.columns["task"]
    return table.where(np.flatnonzero(among(column.names, tasks)[column.codes]))


@dataclass(frozen=True, slots=True)
class Reading:
    """What votes and known answers say, in terms of their sorted names.

    classes: none if the votes don't tell them. known_tasks: codes of those whose drawings are
        known, maybe to be none.
    """

    drawn: Drawings
    known: Drawings | None
    tasks: Sequence[str]
    workers: Sequence[str]
    classes: Sequence[str]
    known_tasks: Codes

    @classmethod
    def of(cls, votes: Table, known: Table | None, shape: Shape) -> Self:
        """BadFile also if the votes tell classes and the known answers don't."""
        drawn, true = Drawings.of(votes, shape), Drawings.of(known, shape) if known else None
        if true and drawn.labels and len(true.rows) and not true.labels:
            raise true.table.fault(int(true.rows[0]), "the label is empty, but votes have one")
        tasks, workers = (vocabulary(votes.columns[column]) for column in ("task", "worker"))
        codes = np.unique(known.columns["task"].within(tasks)) if known else np.empty(0, dtype=np.int32)
        classes = classes_of(drawn, *([true] if true else []))
        return cls(drawn, true, tasks, workers, classes, codes)

    @property
    def seen(self) -> tuple[Codes, Codes]:
        """(rows,) the tasks and the workers who saw them, drawing or not."""
        columns = self.drawn.table.columns
        return columns["task"].within(self.tasks), columns["worker"].within(self.workers)

    @property
    def sizes(self) -> dict[str, int]:
        sizes = {"n_tasks": len(self.tasks), "n_workers": len(self.workers)}
        return {**sizes, "n_classes": max(len(self.classes), 1)}


def drawn_columns(
    ballots: Ballots, tasks: Indices, cells: Mapping[str, npt.NDArray[Any]], classes: Indices, scores: Floats
) -> dict[str, Values]:
    """A row a drawing, by task, and a row with empty cells for each task without any.

    tasks, classes: (drawings,) codes; cells: (drawings,) what stands in each column.
    """
    empty = np.setdiff1d(np.arange(ballots.n_tasks), tasks)
    owner = np.concatenate([tasks, empty])
    order = np.argsort(owner, kind="stable")
    drawing = np.concatenate([np.arange(len(tasks)), np.full(len(empty), -1)])[order]

    def column(values: npt.NDArray[Any]) -> list[Any]:
        listed = [*values.tolist(), None]
        return [listed[row] for row in drawing.tolist()]

    columns: dict[str, Values] = {"task": Coded(owner[order].astype(np.int32), ballots.names)}
    columns |= {name: column(values) for name, values in cells.items()}
    if ballots.classes:
        columns["label"] = Coded(np.append(classes, len(ballots.classes))[drawing], (*ballots.classes, NO_CLASS))
    return {**columns, "confidence": np.append(scores, np.nan)[drawing]}


def by_view(tasks: Codes, workers: Codes, cells: Floats, seen: tuple[Codes, Codes]) -> list[tuple[Any, ...]]:
    """(views,) what each worker drew on each task seen: tuples of cells, by task and worker as all
    arguments are."""
    width = int(seen[1].max(initial=0)) + 1
    drawn, views = (task.astype(np.int64) * width + worker for task, worker in ((tasks, workers), seen))
    starts, ends = (np.searchsorted(drawn, views, side).tolist() for side in ("left", "right"))
    listed = list(map(tuple, cells.tolist()))
    return [tuple(listed[start:end]) for start, end in zip(starts, ends, strict=True)]
