"""The boxes that workers drew: who drew which box on which task, and who looked without drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats, checked_codes, checked_size, require_equal_lengths
from quality.evaluation.boxes import Boxes
from quality.evaluation.geometry import checked_boxes


@dataclass(frozen=True, eq=False)
class BoxVotes:
    """Boxes in one canonical order: by task, worker, corners and class. Build them with `from_codes`.

    tasks, workers, classes: (boxes,) codes; corners: (boxes, 4) x1, y1, x2, y2 in any unit of length.
    seen_tasks, seen_workers: (views,) who saw which task, in that order and without repeats.
    known_tasks: the tasks whose true boxes are known, sorted; known: those boxes.
    """

    tasks: Codes
    workers: Codes
    corners: Floats
    classes: Codes
    seen_tasks: Codes
    seen_workers: Codes
    known_tasks: Codes
    known: Boxes
    n_tasks: int
    n_workers: int
    n_classes: int

    @classmethod
    def from_codes(
        cls,
        tasks: npt.ArrayLike,
        workers: npt.ArrayLike,
        corners: npt.ArrayLike,
        classes: npt.ArrayLike | None = None,
        *,
        n_tasks: int | None = None,
        n_workers: int | None = None,
        n_classes: int | None = None,
        seen: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
        known: Boxes | None = None,
        known_tasks: Sequence[int] | npt.NDArray[np.integer] | None = None,
    ) -> Self:
        """Boxes from integer codes, one row a box; classes that are left out are all 0.

        `seen` lists tasks and workers who saw them, for those who may have drawn nothing; a worker who drew on a task
        has seen it in any case. `known_tasks` are the tasks whose true boxes `known` lists, some of which may have
        none; left out, they are the tasks that occur in `known`. Raises ValueError naming the array and the row.
        """
        task, worker = checked_codes("tasks", tasks), checked_codes("workers", workers)
        box = checked_boxes("corners", corners)
        kind = np.zeros(len(box), dtype=np.int32) if classes is None else checked_codes("classes", classes)
        require_equal_lengths(tasks=task, workers=worker, corners=box, classes=kind)
        no_views: tuple[npt.ArrayLike, npt.ArrayLike] = ([], [])
        seen_task, seen_worker = (checked_codes(f"seen[{i}]", codes) for i, codes in enumerate(seen or no_views))
        require_equal_lengths(seen_tasks=seen_task, seen_workers=seen_worker)
        truth = Boxes.from_rows([], []) if known is None else known
        answered = _known_tasks(truth, known_tasks)
        n_tasks = checked_size("n_tasks", n_tasks, tasks=task, seen_tasks=seen_task, known_tasks=answered)
        n_workers = checked_size("n_workers", n_workers, workers=worker, seen_workers=seen_worker)
        true_kinds = checked_codes("known.classes", truth.classes)
        n_classes = checked_size("n_classes", n_classes, at_least=1, classes=kind, known_classes=true_kinds)
        order = np.lexsort((kind, *box.T[::-1], worker, task))
        views = np.unique(np.stack([np.append(task, seen_task), np.append(worker, seen_worker)]), axis=1)
        rows = task[order], worker[order], box[order], kind[order]
        for column in (*rows, views, answered):
            column.flags.writeable = False
        return cls(*rows, views[0], views[1], answered, truth, n_tasks, n_workers, n_classes)

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """(tasks + 1,) where the boxes of each task begin; the last entry is where they end."""
        return np.searchsorted(self.tasks, np.arange(self.n_tasks + 1))


def _known_tasks(known: Boxes, tasks: Sequence[int] | npt.NDArray[np.integer] | None) -> Codes:
    """The sorted codes of tasks whose boxes are known; ValueError if a known box is on another task."""
    drawn = checked_codes("known.tasks", known.tasks)
    answered = drawn if tasks is None else checked_codes("known_tasks", tasks)
    stray = np.flatnonzero(~np.isin(drawn, answered))
    if stray.size:
        raise ValueError(f"known.tasks[{stray[0]}] is {drawn[stray[0]]}, which known_tasks leaves out")
    return np.unique(answered)
