"""Which two items each task compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from quality.kinds.matrix import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """items: names, in the order of the alphabet. one, other: (tasks,) the places of the items `a`
    and `b` of each task."""

    items: Sequence[str]
    one: Ints
    other: Ints

    @classmethod
    def of(cls, one: Sequence[str], other: Sequence[str]) -> Self:
        """From the names of both items of each task."""
        items = sorted({*one, *other})
        places = {name: place for place, name in enumerate(items)}
        codes = (np.array([places[name] for name in side], dtype=np.int64) for side in (one, other))
        return cls(items, *codes)

    def some(self, tasks: Ints) -> "Pairs":
        """Those of these tasks, with only their items."""
        one, other = self.one[tasks], self.other[tasks]
        kept, places = np.unique(np.concatenate([one, other]), return_inverse=True)
        return Pairs([self.items[code] for code in kept], places[: len(one)], places[len(one) :])
