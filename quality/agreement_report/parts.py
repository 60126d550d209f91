"""What the agreement of a project is made of: each class, classes that are given for each other,
and pairs of workers.

A fit stores this, so all of it is bounded: time and memory follow the answers, whatever their
number of tasks, workers and classes, and what is stored stays small. It is the same in whatever
order the answers came. Models have no part.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from quality.aggregation import Fit
from quality.agreement import Interval, fleiss_kappa, krippendorff_alpha, pairwise_kappas
from quality.agreement.resampling import RESAMPLES, Units
from quality.agreement.totals import Totals
from quality.kinds.matrix import AnswerMatrix, Ints

Floats = npt.NDArray[np.float64]

CLASS_PAIRS = 500
"""Pairs of classes that are kept at most: those that most answers disagree by."""

WORKERS = 50
"""Workers who are compared with each other at most: those who share most tasks with anybody."""

COMPARED = 1_000_000
"""Pairs of their answers that are looked at, at most; where there are more, those on tasks drawn at
random."""

CLASSES_AT_ONCE = 200
PAIR_DIGITS = 4


def measure_parts(matrix: AnswerMatrix, fit: Fit) -> dict[str, Any]:
    """Agreement in parts, as JSON.

    classes: figures of each class, in the order of the schema's.
    disagreements: rows of (class, class, pairs of answers to one task, tasks).
    workers: the keys of those who were compared.
    pairs: rows of (worker, worker, tasks in common, share of equal answers, Cohen's kappa, its low
        and high end).
    compared: the share of pairs of their answers that was looked at.
    """
    cells = Cells.of(matrix)
    return {"classes": _classes(cells, fit), "disagreements": _disagreements(cells), **_pairs(matrix)}


@dataclass(frozen=True, eq=False)
class Cells:
    """People's answers, counted by task and class: only tasks with an answer have a number here.

    task, label, count: (cells,). task_rows: (tasks,) the place of each task in the matrix. sizes:
        (tasks,) answers.
    """

    task: Ints
    label: Ints
    count: Ints
    task_rows: Ints
    sizes: Ints
    n_classes: int

    @classmethod
    def of(cls, matrix: AnswerMatrix) -> Self:
        people = matrix.response > 0
        keys = matrix.task[people] * matrix.n_classes + matrix.answer[people]
        keys, count = np.unique(keys, return_counts=True)
        rows, label = np.divmod(keys, matrix.n_classes)
        task_rows, task = np.unique(rows, return_inverse=True)
        sizes = np.bincount(task, count, len(task_rows)).astype(np.int64)
        return cls(task, label, count, task_rows, sizes, matrix.n_classes)

    @cached_property
    def meetings(self) -> tuple[Ints, Ints]:
        """(classes, classes) pairs of answers to one task, those of two different classes and, on
        the diagonal, twice those of one; and the number of tasks that got both."""
        shape = (len(self.sizes), self.n_classes)
        counts = csr_array((self.count, (self.task, self.label)), shape=shape)
        given = csr_array((np.ones_like(self.count), (self.task, self.label)), shape=shape)
        pairs, tasks = ((each.T @ each).toarray() for each in (counts, given))
        pairs[np.diag_indices(self.n_classes)] -= self.per_class
        return pairs, tasks

    @cached_property
    def per_class(self) -> Ints:
        """(classes,) answers."""
        return np.bincount(self.label, self.count, self.n_classes).astype(np.int64)


def _classes(cells: Cells, fit: Fit) -> list[dict[str, Any]]:
    pairs, _tasks = cells.meetings
    same = np.diag(pairs) // 2
    labels = fit.labels[cells.task_rows]
    labelled = np.bincount(labels, minlength=cells.n_classes)
    given = np.bincount(labels, cells.sizes, cells.n_classes).astype(int)
    agrees = labels[cells.task] == cells.label
    right = np.bincount(cells.label[agrees], cells.count[agrees], cells.n_classes).astype(int)
    shared = np.bincount(cells.label[cells.sizes[cells.task] > 1], minlength=cells.n_classes)
    counts = {
        "answers": cells.per_class,
        "tasks": shared,  # with two answers or more, of which one is of this class
        "agreeing_pairs": same,
        "disagreeing_pairs": pairs.sum(axis=1) - np.diag(pairs),
        "labelled": labelled,
        "answers_to_labelled": given,
        "right_to_labelled": right,
    }
    measured = _class_intervals(cells)
    return [
        {**intervals, **{name: int(column[code]) for name, column in counts.items()}}
        for code, intervals in enumerate(measured)
    ]


def _class_intervals(cells: Cells) -> Iterable[dict[str, Any]]:
    """Fleiss' kappa (1971) and Krippendorff's alpha of each class against all the others, by one
    bootstrap over tasks for all classes."""
    units = Units.of(len(cells.sizes), np.random.default_rng(0), RESAMPLES)
    for first in range(0, cells.n_classes, CLASSES_AT_ONCE):
        sums = AgainstOthers.of(cells, units, np.arange(first, min(first + CLASSES_AT_ONCE, cells.n_classes)))
        whole, samples = sums.totals(units.once), sums.totals(units.times)
        figures = {
            name: (np.atleast_1d(measure(whole)), measure(samples))
            for name, measure in (("fleiss_kappa", fleiss_kappa), ("krippendorff_alpha", krippendorff_alpha))
        }
        for place in range(sums.shares.shape[1]):
            yield {
                name: _told(Interval.of(values[place], drawn[:, place])) for name, (values, drawn) in figures.items()
            }


@dataclass(frozen=True, slots=True, eq=False)
class AgainstOthers:
    """What the measures add up, of each unit of tasks, for some classes each against all others
    together.

    rated, paired, values: (units,) tasks, those with two answers or more, and answers to these.
    shares, own, apart_share, apart: (units, classes) each task's share of the class; its answers on
        paired tasks; the share of a paired task's pairs in which one is of the class and one is
        not, and that times its answers.
    """

    rated: Floats
    paired: Floats
    values: Floats
    shares: Floats
    own: Floats
    apart_share: Floats
    apart: Floats

    @classmethod
    def of(cls, cells: Cells, units: Units, classes: Ints) -> Self:
        some = (cells.label >= classes[0]) & (cells.label <= classes[-1])
        task, count = cells.task[some], cells.count[some].astype(np.float64)
        sizes = cells.sizes[task]
        place = units.of_task[task] * len(classes) + cells.label[some] - classes[0]
        apart = 2 * count * (sizes - count) / np.maximum(sizes - 1, 1)

        def summed(figures: Floats) -> Floats:
            table = np.bincount(place, figures, len(units) * len(classes))
            return table.reshape(len(units), len(classes)).astype(np.float64, copy=False)

        every, paired = np.arange(len(cells.sizes)), (cells.sizes > 1).astype(np.float64)
        return cls(
            rated=units.sums(every, np.ones(len(every))),
            paired=units.sums(every, paired),
            values=units.sums(every, paired * cells.sizes),
            shares=summed(count / sizes),
            own=summed(count * (sizes > 1)),
            apart_share=summed(apart / sizes),
            apart=summed(apart),
        )

    def totals(self, times: Floats) -> Totals:
        """The sums of (…, classes) tables of two classes, if units occur `times` (…, units)."""
        rated, paired, values = ((times @ each)[..., None] for each in (self.rated, self.paired, self.values))
        shares, own = times @ self.shares, times @ self.own
        return Totals(
            rated=rated,
            shares=np.stack([shares, rated - shares], axis=-1),
            paired=paired,
            agreeing=paired - times @ self.apart_share,
            values=np.stack([own, values - own], axis=-1),
            coinciding=values - times @ self.apart,
        )


def _disagreements(cells: Cells) -> list[list[int]]:
    pairs, tasks = cells.meetings
    one, other = np.nonzero(np.triu(pairs, 1))
    most = np.lexsort((other, one, -pairs[one, other]))[:CLASS_PAIRS]
    one, other = one[most], other[most]
    rows: list[list[int]] = np.stack([one, other, pairs[one, other], tasks[one, other]], axis=1).tolist()
    return rows


def _pairs(matrix: AnswerMatrix) -> dict[str, Any]:
    people = np.flatnonzero(matrix.response > 0)
    task, worker, label = matrix.task[people], matrix.worker[people], matrix.answer[people]
    sharing = _sharing_most(task, worker, matrix.worker_ids)
    among = np.zeros(len(matrix.worker_ids), dtype=bool)
    among[sharing] = True
    kept = among[worker]
    task, worker, label = task[kept], worker[kept], label[kept]
    looked_at, share = _looked_at(np.bincount(task, minlength=len(matrix.task_ids)))
    kept = looked_at[task]
    found = pairwise_kappas(task[kept], worker[kept], label[kept], n_classes=matrix.n_classes)
    keys = matrix.worker_ids
    columns = (found.percent_agreement.value, *(getattr(found.cohen_kappa, end) for end in ("value", "low", "high")))
    figures = zip(*(column.tolist() for column in columns), strict=True)
    heads = np.stack([keys[found.first], keys[found.second], found.common], axis=1).tolist()
    rows = [[*head, *(_short(figure) for figure in row)] for head, row in zip(heads, figures, strict=True)]
    return {"workers": keys[sharing].tolist(), "pairs": rows, "compared": share}


def _sharing_most(task: Ints, worker: Ints, worker_ids: Ints) -> Ints:
    """The workers with most tasks that others have answered as well, the most first."""
    shared = np.bincount(task)[task] > 1 if len(task) else np.zeros(0, dtype=bool)
    tasks = np.bincount(worker[shared], minlength=len(worker_ids))
    order = np.lexsort((worker_ids, -tasks))
    return order[: min(WORKERS, np.count_nonzero(tasks))]


def _looked_at(sizes: Ints) -> tuple[npt.NDArray[np.bool_], float]:
    """(tasks,) those on which answers are compared, and the share of all pairs of answers that they
    hold."""
    pairs = sizes * (sizes - 1) // 2
    total = int(pairs.sum())
    if total <= COMPARED:
        return np.ones(len(sizes), dtype=bool), 1.0
    order = np.random.default_rng(0).permutation(len(sizes))
    looked_at = np.zeros(len(sizes), dtype=bool)
    looked_at[order[np.cumsum(pairs[order]) <= COMPARED]] = True
    return looked_at, float(pairs[looked_at].sum()) / total


def _told(interval: Interval) -> dict[str, float | None]:
    return {part: _finite(getattr(interval, part)) for part in ("value", "low", "high")}


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _short(value: float) -> float | None:
    return round(value, PAIR_DIGITS) if math.isfinite(value) else None
