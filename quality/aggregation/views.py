"""Who looked at which task, where an answer may be to draw or mark nothing: boxes and spans."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, checked_codes, checked_size, require_equal_lengths

Seen = tuple[npt.ArrayLike, npt.ArrayLike]
"""Tasks and the workers who saw them, one entry a view."""


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """Views in the order of task and worker, and the sizes that all codes together ask for.

    tasks, workers: (views,) who saw which task, without repeats.
    known_tasks: the tasks whose truth is known, sorted.
    """

    tasks: Codes
    workers: Codes
    known_tasks: Codes
    n_tasks: int
    n_workers: int
    n_classes: int

    @classmethod
    def of(
        cls,
        tasks: Codes,
        workers: Codes,
        classes: Codes,
        *,
        seen: Seen | None,
        known: tuple[npt.ArrayLike, npt.ArrayLike],
        known_tasks: Sequence[int] | npt.NDArray[np.integer] | None,
        sizes: tuple[int | None, int | None, int | None],
    ) -> Self:
        """From the tasks, workers and classes of answers, each of whose workers has seen the task,
        and other views.

        known: the tasks and classes of true answers. known_tasks: left out, the tasks that occur
            there.
        sizes: tasks, workers and classes; None is read off the codes. Raises ValueError naming the
            array and the row.
        """
        none: Seen = ([], [])
        seen_task, seen_worker = (checked_codes(f"seen[{i}]", codes) for i, codes in enumerate(seen or none))
        require_equal_lengths(seen_tasks=seen_task, seen_workers=seen_worker)
        answered = _answered(known[0], known_tasks)
        n_tasks = checked_size("n_tasks", sizes[0], tasks=tasks, seen_tasks=seen_task, known_tasks=answered)
        n_workers = checked_size("n_workers", sizes[1], workers=workers, seen_workers=seen_worker)
        true_classes = checked_codes("known.classes", known[1])
        n_classes = checked_size("n_classes", sizes[2], at_least=1, classes=classes, known_classes=true_classes)
        views = np.unique(np.stack([np.append(tasks, seen_task), np.append(workers, seen_worker)]), axis=1)
        for column in (views, answered):
            column.flags.writeable = False
        return cls(views[0], views[1], answered, n_tasks, n_workers, n_classes)


def _answered(known: npt.ArrayLike, tasks: Sequence[int] | npt.NDArray[np.integer] | None) -> Codes:
    """The sorted codes of tasks whose truth is known; ValueError if a true answer is to another
    task."""
    given = checked_codes("known.tasks", known)
    answered = given if tasks is None else checked_codes("known_tasks", tasks)
    stray = np.flatnonzero(~np.isin(given, answered))
    if stray.size:
        raise ValueError(f"known.tasks[{stray[0]}] is {given[stray[0]]}, which known_tasks leaves out")
    return np.unique(answered)
