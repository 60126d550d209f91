"""Names to codes and back, for callers whose tasks, workers and classes have names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Codes
from quality.aggregation.votes import NO_LABEL, Votes


@dataclass(frozen=True, slots=True)
class Coding:
    """The names behind the codes: `tasks[3]` is the name of the task with code 3."""

    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    classes: tuple[str, ...]


def encode_votes(
    tasks: Sequence[str],
    workers: Sequence[str],
    labels: Sequence[str],
    *,
    known: Mapping[str, str] | None = None,
    classes: Iterable[str] = (),
) -> tuple[Votes, Coding]:
    """Votes from names, one row a vote, and the names behind their codes.

    Names are coded in sorted order, so the order of the rows doesn't show in the result. `known` maps tasks to their
    known class; its tasks and classes, and `classes`, are coded even if nobody voted on them or for them. Raises
    ValueError if the columns differ in length.
    """
    known = known or {}
    coding = Coding(
        tasks=tuple(sorted({*tasks, *known})),
        workers=tuple(sorted(set(workers))),
        classes=tuple(sorted({*labels, *known.values(), *classes})),
    )
    votes = Votes.from_codes(
        _encoded(tasks, coding.tasks),
        _encoded(workers, coding.workers),
        _encoded(labels, coding.classes),
        n_classes=max(len(coding.classes), 1),
        known=_encoded((known.get(task) for task in coding.tasks), (*coding.classes, None)),
    )
    return votes, coding


def _encoded(names: Iterable[str | None], vocabulary: Sequence[str | None]) -> Codes:
    codes = {name: NO_LABEL if name is None else code for code, name in enumerate(vocabulary)}
    return np.fromiter(map(codes.__getitem__, names), dtype=np.int32)
