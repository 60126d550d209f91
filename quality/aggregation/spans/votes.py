"""The spans that workers marked: who marked which stretch of which text, and who looked without marking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats, checked_codes, checked_size, require_equal_lengths
from quality.aggregation.grouped import sums
from quality.evaluation.spans import Indices, Spans, checked_ends


@dataclass(frozen=True, eq=False)
class SpanVotes:
    """Spans in one canonical order: by task, worker, start, end and class. Build them with `from_codes`.

    tasks, workers, classes: (spans,) codes; starts, ends: (spans,) the first place and the one after the last, in
    characters or tokens. A place that a worker marks twice with one class counts once.
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
        seen: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
        known: Spans | None = None,
        known_tasks: Sequence[int] | npt.NDArray[np.integer] | None = None,
    ) -> Self:
        """Spans from integer codes, one row a span; classes that are left out are all 0.

        `seen` lists tasks and workers who saw them, for those who may have marked nothing; a worker who marked a task
        has seen it in any case. `known_tasks` are the tasks whose true spans `known` lists, some of which may have
        none; left out, they are the tasks that occur in `known`. Raises ValueError naming the array and the row.
        """
        task, worker = checked_codes("tasks", tasks), checked_codes("workers", workers)
        start, end = checked_ends(starts, ends)
        kind = np.zeros(len(start), dtype=np.int32) if classes is None else checked_codes("classes", classes)
        require_equal_lengths(tasks=task, workers=worker, starts=start.astype(np.float64), classes=kind)
        no_views: tuple[npt.ArrayLike, npt.ArrayLike] = ([], [])
        seen_task, seen_worker = (checked_codes(f"seen[{i}]", codes) for i, codes in enumerate(seen or no_views))
        require_equal_lengths(seen_tasks=seen_task, seen_workers=seen_worker)
        truth = Spans.from_rows([], [], []) if known is None else known
        answered = _known_tasks(truth, known_tasks)
        n_tasks = checked_size("n_tasks", n_tasks, tasks=task, seen_tasks=seen_task, known_tasks=answered)
        n_workers = checked_size("n_workers", n_workers, workers=worker, seen_workers=seen_worker)
        true_kinds = checked_codes("known.classes", truth.classes)
        n_classes = checked_size("n_classes", n_classes, at_least=1, classes=kind, known_classes=true_kinds)
        order = np.lexsort((kind, end, start, worker, task))
        views = np.unique(np.stack([np.append(task, seen_task), np.append(worker, seen_worker)]), axis=1)
        rows = task[order], worker[order], start[order], end[order], kind[order]
        for column in (*rows, views, answered):
            column.flags.writeable = False
        return cls(*rows, views[0], views[1], answered, truth, n_tasks, n_workers, n_classes)

    @property
    def watchers(self) -> Floats:
        """(tasks,) how many workers saw each task."""
        return sums(self.seen_tasks, np.ones(len(self.seen_tasks)), self.n_tasks)


def _known_tasks(known: Spans, tasks: Sequence[int] | npt.NDArray[np.integer] | None) -> Codes:
    """The sorted codes of tasks whose spans are known; ValueError if a known span is on another task."""
    marked = checked_codes("known.tasks", known.tasks)
    answered = marked if tasks is None else checked_codes("known_tasks", tasks)
    stray = np.flatnonzero(~np.isin(marked, answered))
    if stray.size:
        raise ValueError(f"known.tasks[{stray[0]}] is {marked[stray[0]]}, which known_tasks leaves out")
    return np.unique(answered)
