"""Items that tasks compare, by how good they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from quality.kinds.matrix import Floats, Ints

NORMAL = 1.959963984540054
"""Deviations from the middle of a normal distribution to the ends of its 95% interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """items: names.
    score: (items,) in log odds; low, high: its 95% interval.
    rank: (items,) from 1; items of equal score share the mean of theirs.
    compared: (items,) answers to tasks with the item.
    tasks: of each item the keys of a few tasks, those that are least sure first.
    """

    items: Sequence[str]
    score: Floats
    low: Floats
    high: Floats
    rank: Floats
    compared: Ints
    tasks: Sequence[Sequence[int]]
