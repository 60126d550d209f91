"""Who found which of two items better."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats, checked_codes, checked_size, require_equal_lengths
from quality.aggregation.grouped import sums
from quality.aggregation.votes import Votes

LEFT, RIGHT, EQUAL = 0, 1, 2
"""The answers to a comparison: which item is better."""

LEFT_SHARE = np.array([1.0, 0.0, 0.5])
"""How far each answer is a win for the left item; a tie is half a win for either."""


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Votes on pairs of items. A task is one pair; its classes are `LEFT`, `RIGHT` and `EQUAL`.

    votes: the ordinary votes, in their canonical order.
    left, right: (tasks,) the codes of the two items of each pair.
    groups: (items,) the topic, or any other group, within which items are compared and ranked.
    """

    votes: Votes
    left: Codes
    right: Codes
    groups: Codes

    @classmethod
    def from_codes(
        cls,
        tasks: npt.ArrayLike,
        workers: npt.ArrayLike,
        labels: npt.ArrayLike,
        *,
        left: npt.ArrayLike,
        right: npt.ArrayLike,
        n_items: int | None = None,
        n_workers: int | None = None,
        groups: npt.ArrayLike | None = None,
        known: npt.ArrayLike | None = None,
    ) -> Self:
        """Comparisons from integer codes, one row a vote; a vote that is given twice counts twice.

        `left` and `right` have one entry a task, `groups` one an item: without it, all items are
        one group. `known` has one entry a task: its answer, or `NO_LABEL`. Raises ValueError naming
        the array and the entry at fault, such as a pair of an item with itself or with one of
        another group.
        """
        one, other = checked_codes("left", left), checked_codes("right", right)
        require_equal_lengths(left=one, right=other)
        group = _checked_groups(groups, n_items, one, other)
        _require_pairs(one, other, group)
        votes = Votes.from_codes(
            tasks, workers, labels, n_tasks=len(one), n_workers=n_workers, n_classes=len(LEFT_SHARE), known=known
        )
        for column in (one, other, group):
            column.flags.writeable = False
        return cls(votes, one, other, group)

    @classmethod
    def from_rows(
        cls,
        left: npt.ArrayLike,
        right: npt.ArrayLike,
        workers: npt.ArrayLike,
        labels: npt.ArrayLike,
        *,
        n_items: int | None = None,
        n_workers: int | None = None,
        groups: npt.ArrayLike | None = None,
    ) -> Self:
        """Comparisons from rows that name both items; each distinct (left, right) becomes a task,
        in that order."""
        one, other = checked_codes("left", left), checked_codes("right", right)
        require_equal_lengths(left=one, right=other)
        size = int(other.max(initial=0)) + 1
        pairs, tasks = np.unique(one.astype(np.int64) * size + other, return_inverse=True)
        one, other = (codes.astype(np.int32) for codes in (pairs // size, pairs % size))
        return cls.from_codes(
            tasks, workers, labels, left=one, right=other, n_items=n_items, n_workers=n_workers, groups=groups
        )

    @property
    def n_items(self) -> int:
        return len(self.groups)

    @property
    def n_workers(self) -> int:
        return self.votes.n_workers

    def by_item(self, of_left: Floats, of_right: Floats) -> Floats:
        """(items,) sums over each item's tasks of what each task has for its left and its right
        item."""
        return sums(self.left, of_left, self.n_items) + sums(self.right, of_right, self.n_items)


def _checked_groups(groups: npt.ArrayLike | None, n_items: int | None, left: Codes, right: Codes) -> Codes:
    """(items,) the group of every item; one for all if there are none."""
    if groups is None:
        return np.zeros(checked_size("n_items", n_items, left=left, right=right), dtype=np.int32)
    group = checked_codes("groups", groups)
    if n_items not in {None, len(group)}:
        raise ValueError(f"groups has {len(group)} entries, but n_items is {n_items}")
    checked_size("the number of groups", len(group), left=left, right=right)
    return group


def _require_pairs(left: Codes, right: Codes, groups: Codes) -> None:
    same = np.flatnonzero(left == right)
    if same.size:
        raise ValueError(f"left[{same[0]}] and right[{same[0]}] are the same item, {left[same[0]]}")
    apart = np.flatnonzero(groups[left] != groups[right])
    if apart.size:
        task = apart[0]
        raise ValueError(
            f"left[{task}] is an item of group {groups[left[task]]}, but right[{task}] of {groups[right[task]]}"
        )
