"""The boxes that workers drew: who drew which box on which task, and who looked without drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats, checked_codes, require_equal_lengths
from quality.aggregation.views import Seen, Views
from quality.evaluation.boxes import Boxes
from quality.evaluation.geometry import checked_boxes


@dataclass(frozen=True, eq=False)
class BoxVotes:
    """Boxes in one canonical order: by task, worker, corners and class. Build them with
    `from_codes`.

    tasks, workers, classes: (boxes,) codes; corners: (boxes, 4) x1, y1, x2, y2 in any unit of
        length.
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
        seen: Seen | None = None,
        known: Boxes | None = None,
        known_tasks: Sequence[int] | npt.NDArray[np.integer] | None = None,
    ) -> Self:
        """Boxes from integer codes, one row a box; classes that are left out are all 0.

        `seen` lists tasks and workers who saw them, for those who may have drawn nothing; a worker
        who drew on a task has seen it in any case. `known_tasks` are the tasks whose true boxes
        `known` lists, some of which may have none; left out, they are the tasks that occur in
        `known`. Raises ValueError naming the array and the row.
        """
        task, worker = checked_codes("tasks", tasks), checked_codes("workers", workers)
        box = checked_boxes("corners", corners)
        kind = np.zeros(len(box), dtype=np.int32) if classes is None else checked_codes("classes", classes)
        require_equal_lengths(tasks=task, workers=worker, corners=box, classes=kind)
        truth = Boxes.from_rows([], []) if known is None else known
        views = Views.of(
            task,
            worker,
            kind,
            seen=seen,
            known=(truth.tasks, truth.classes),
            known_tasks=known_tasks,
            sizes=(n_tasks, n_workers, n_classes),
        )
        order = np.lexsort((kind, *box.T[::-1], worker, task))
        rows = task[order], worker[order], box[order], kind[order]
        for column in rows:
            column.flags.writeable = False
        sizes = views.n_tasks, views.n_workers, views.n_classes
        return cls(*rows, views.tasks, views.workers, views.known_tasks, truth, *sizes)

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """(tasks + 1,) where the boxes of each task begin; the last entry is where they end."""
        return np.searchsorted(self.tasks, np.arange(self.n_tasks + 1))
