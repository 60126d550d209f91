"""The spans that workers marked: who marked which stretch of which text, and who looked without
marking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats, checked_codes, require_equal_lengths
from quality.aggregation.grouped import sums
from quality.aggregation.views import Seen, Views
from quality.evaluation.spans import Indices, Spans, checked_ends


@dataclass(frozen=True, eq=False)
class SpanVotes:
    """Spans in one canonical order: by task, worker, start, end and class. Build them with
    `from_codes`.

    tasks, workers, classes: (spans,) codes; starts, ends: (spans,) the first place and the one
    after the last, in characters or tokens. A place that a worker marks twice with one class counts
    once.
    seen_tasks, seen_workers: (views,) who saw which task, in that order and without repeats.
    known_tasks: the tasks whose true spans are known, sorted; known: those spans.
    """

    tasks: Codes
    workers: Codes
    starts: Indices
    ends: Indices
    classes: Codes
    seen_tasks: Codes
    seen_workers: Codes
    known_tasks: Codes
    known: Spans
    n_tasks: int
    n_workers: int
    n_classes: int

    @classmethod
    def from_codes(
        cls,
        tasks: npt.ArrayLike,
        workers: npt.ArrayLike,
        starts: npt.ArrayLike,
        ends: npt.ArrayLike,
        classes: npt.ArrayLike | None = None,
        *,
        n_tasks: int | None = None,
        n_workers: int | None = None,
        n_classes: int | None = None,
        seen: Seen | None = None,
        known: Spans | None = None,
        known_tasks: Sequence[int] | npt.NDArray[np.integer] | None = None,
    ) -> Self:
        """Spans from integer codes, one row a span; classes that are left out are all 0.

        `seen` lists tasks and workers who saw them, for those who may have marked nothing; a worker
        who marked a task has seen it in any case. `known_tasks` are the tasks whose true spans
        `known` lists, some of which may have none; left out, they are the tasks that occur in
        `known`. Raises ValueError naming the array and the row.
        """
        task, worker = checked_codes("tasks", tasks), checked_codes("workers", workers)
        start, end = checked_ends(starts, ends)
        kind = np.zeros(len(start), dtype=np.int32) if classes is None else checked_codes("classes", classes)
        require_equal_lengths(tasks=task, workers=worker, starts=start.astype(np.float64), classes=kind)
        truth = Spans.from_rows([], [], []) if known is None else known
        views = Views.of(
            task,
            worker,
            kind,
            seen=seen,
            known=(truth.tasks, truth.classes),
            known_tasks=known_tasks,
            sizes=(n_tasks, n_workers, n_classes),
        )
        order = np.lexsort((kind, end, start, worker, task))
        rows = task[order], worker[order], start[order], end[order], kind[order]
        for column in rows:
            column.flags.writeable = False
        sizes = views.n_tasks, views.n_workers, views.n_classes
        return cls(*rows, views.tasks, views.workers, views.known_tasks, truth, *sizes)

    @property
    def watchers(self) -> Floats:
        """(tasks,) how many workers saw each task."""
        return sums(self.seen_tasks, np.ones(len(self.seen_tasks)), self.n_tasks)
