"""What is believed of tasks whose answers are classes: a label each, and the probability of every
class."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from quality.aggregation import Fit
from quality.kinds.matrix import PARTS, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class ClassBeliefs:
    """labels: (tasks,) places of classes. parts: (tasks, classes) probabilities in `PARTS`.
    numbers: (classes,) the permanent number of each, rising."""

    labels: Ints
    parts: Ints
    numbers: Sequence[int]

    @classmethod
    def of(cls, fit: Fit, numbers: Sequence[int]) -> Self:
        parts = np.rint(np.clip(fit.posterior, 0.0, 1.0) * PARTS).astype(np.int64)
        return cls(np.asarray(fit.labels, dtype=np.int64), parts, numbers)

    @property
    def confidence(self) -> Floats:
        """(tasks,) the probability of the label."""
        return self.parts[np.arange(len(self.labels)), self.labels] / PARTS

    def some(self, places: Any) -> "ClassBeliefs":
        return ClassBeliefs(self.labels[places], self.parts[places], self.numbers)

    def documents(self) -> Iterator[tuple[str, str]]:
        """The number of the label's class, and the probabilities of the classes, of which the one
        with number n stands at place n."""
        shares = json.dumps((self._by_number() / PARTS).tolist())[2:-2].split("], [")  # at once: much faster
        labels = (str(self.numbers[place]) for place in self.labels.tolist())
        return zip(labels, (f"[{row}]" for row in shares), strict=len(self.labels) > 0)

    def _by_number(self) -> Ints:
        if self.numbers[-1] == len(self.numbers) - 1:
            return self.parts
        table = np.zeros((len(self.parts), self.numbers[-1] + 1), dtype=np.int64)
        table[:, list(self.numbers)] = self.parts
        return table
