"""What is believed of tasks whose answers are sets of classes: a set each, and the probability of
every class by itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from quality.aggregation import NO_LABEL
from quality.aggregation.sets import SetFit, Sets
from quality.kinds.choices.votes import kinds_of, sets_of
from quality.kinds.matrix import PARTS, AnswerMatrix, Floats, Ints

FEW_CLASSES = 100
"""With so many, a label tells the probability of each; with more, of those that somebody ticked."""

DIGITS = 6
LEAST = 10**-DIGITS


@dataclass(frozen=True, slots=True, eq=False)
class SetBeliefs:
    """labels: the set of each task, of places of `numbers`. begins, kind, probability: the classes
    of each task with a probability of their own, one task after the other; `begins` has one entry
    more. missed: (tasks,) what the shares of the classes are multiplied by for the others.

    confidence: (tasks,). shares: (classes,). numbers: (classes,) permanent ones, rising.
    """

    labels: Sets
    begins: Ints
    kind: Ints
    probability: Floats
    missed: Floats
    confidence: Floats
    shares: Floats
    numbers: Ints

    @classmethod
    def of(cls, matrix: AnswerMatrix, fit: SetFit) -> Self:
        cells, known = fit.cells, matrix.known
        decided = known != NO_LABEL
        open_cells = ~decided[cells.task]
        task, kind, share = cells.task[open_cells], cells.kind[open_cells], fit.probability[open_cells]
        taken = fit.taken[open_cells]
        told, told_kind = sets_of(matrix).members(known[decided])
        right = np.flatnonzero(decided)[told]
        return cls(
            labels=_grouped(np.append(task[taken], right), np.append(kind[taken], told_kind), len(known)),
            **_own(
                np.append(task, right), np.append(kind, told_kind), np.append(share, np.ones(len(right))), len(known)
            ),
            missed=np.where(decided, 0.0, fit.missed),
            confidence=np.where(decided, 1.0, np.rint(np.clip(fit.confidence, 0.0, 1.0) * PARTS) / PARTS),
            shares=fit.judge.rates.shares,
            numbers=kinds_of(matrix),
        )

    def some(self, places: Any) -> "SetBeliefs":
        chosen = np.arange(len(self.confidence))[places]
        own = Sets(self.begins, np.arange(len(self.kind)))
        task, entry = own.members(chosen)
        label, member = self.labels.members(chosen)
        return SetBeliefs(
            _grouped(label, member, len(chosen)),
            _begins(task, len(chosen)),
            self.kind[entry],
            self.probability[entry],
            self.missed[chosen],
            self.confidence[chosen],
            self.shares,
            self.numbers,
        )

    def documents(self) -> Iterator[tuple[str, str]]:
        """The numbers of the label's classes, and number → probability of the classes that have
        one."""
        numbers = self.numbers.tolist()
        ends, members = self.labels.begins.tolist(), self.labels.classes.tolist()
        for task, (begin, end) in enumerate(pairwise(ends)):
            label = [numbers[kind] for kind in members[begin:end]]
            yield json.dumps(label), json.dumps(self._detail(task))

    def _detail(self, task: int) -> dict[int, float]:
        own = slice(int(self.begins[task]), int(self.begins[task + 1]))
        if len(self.numbers) > FEW_CLASSES:
            return _told(self.numbers[self.kind[own]], self.probability[own])
        whole = self.missed[task] * self.shares
        whole[self.kind[own]] = self.probability[own]
        return _told(self.numbers, whole)


def _told(numbers: Ints, probability: Floats) -> dict[int, float]:
    """Those that are not next to nothing."""
    rounded = np.round(probability, DIGITS)
    kept = rounded >= LEAST
    return dict(zip(numbers[kept].tolist(), rounded[kept].tolist(), strict=True))


def _begins(task: Ints, n: int) -> Ints:
    return np.append(0, np.cumsum(np.bincount(task, minlength=n))).astype(np.int64)


def _grouped(task: Ints, kind: Ints, n: int) -> Sets:
    order = np.lexsort((kind, task))
    return Sets(_begins(task, n), kind[order])


def _own(task: Ints, kind: Ints, probability: Floats, n: int) -> dict[str, Any]:
    order = np.lexsort((kind, task))
    return {"begins": _begins(task, n), "kind": kind[order], "probability": probability[order]}
