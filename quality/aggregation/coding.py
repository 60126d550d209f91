"""Names to codes and back, for callers whose tasks, workers and classes have names."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from quality.aggregation.codes import Codes
from quality.aggregation.votes import NO_LABEL, Votes


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of names that stores each once: row i says `names[codes[i]]`. No two names are
    alike."""

    codes: Codes
    names: Sequence[str]

    @classmethod
    def of(cls, values: Iterable[str]) -> Self:
        """Coded in the order in which names first occur."""
        seen: dict[str, int] = {}
        codes = np.fromiter((seen.setdefault(value, len(seen)) for value in values), dtype=np.int32)
        return cls(codes, tuple(seen))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return self.names[self.codes[row]]

    def values(self) -> list[str]:
        return [self.names[code] for code in self.codes.tolist()]

    def within(self, vocabulary: Sequence[str]) -> Codes:
        """The codes that rows have in another vocabulary, which holds all the names."""
        if vocabulary == self.names:
            return self.codes
        code_of = {name: code for code, name in enumerate(vocabulary)}
        return np.array([code_of[name] for name in self.names], dtype=np.int32)[self.codes]


@dataclass(frozen=True, slots=True)
class Coding:
    """The names behind the codes: `tasks[3]` is the name of the task with code 3."""

    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    classes: tuple[str, ...]


def encode_votes(
    tasks: Sequence[str] | Coded,
    workers: Sequence[str] | Coded,
    labels: Sequence[str] | Coded,
    *,
    known: Mapping[str, str] | None = None,
    classes: Iterable[str] = (),
) -> tuple[Votes, Coding]:
    """Votes from names, one row a vote, and the names behind their codes.

    Names are coded in sorted order, so the order of the rows doesn't show in the result. `known`
    maps tasks to their known class; its tasks and classes, and `classes`, are coded even if nobody
    voted on them or for them. Raises ValueError if the columns differ in length.
    """
    known = known or {}
    task, worker, label = (each if isinstance(each, Coded) else Coded.of(each) for each in (tasks, workers, labels))
    coding = Coding(
        tasks=_in_order(task.names, known),
        workers=_in_order(worker.names),
        classes=_in_order(label.names, {*known.values(), *classes}),
    )
    votes = Votes.from_codes(
        task.within(coding.tasks),
        worker.within(coding.workers),
        label.within(coding.classes),
        n_classes=max(len(coding.classes), 1),
        known=_known_codes(coding, known),
    )
    return votes, coding


def _in_order(names: Sequence[str], more: Collection[str] = ()) -> tuple[str, ...]:
    """All names, sorted: next to no work if they are sorted already, as those of a Parquet file
    are."""
    return tuple(sorted([*names, *set(more).difference(names)] if more else names))


def _known_codes(coding: Coding, known: Mapping[str, str]) -> Codes:
    """(tasks,) the known class of each task, `NO_LABEL` where none is known."""
    codes = np.full(len(coding.tasks), NO_LABEL, dtype=np.int32)
    code_of = {name: code for code, name in enumerate(coding.classes)}
    for code, task in enumerate(coding.tasks) if known else ():
        if task in known:
            codes[code] = code_of[known[task]]
    return codes
