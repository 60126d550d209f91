"""Simulated workers: what each kind answers, given what is true."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

# Kind → the probability of a right answer. A biased worker is right about as often as a sloppy one, but wrong in a
# pattern: some classes are always taken for their neighbour. A spammer answers without looking.
KINDS = {"expert": 0.97, "good": 0.88, "sloppy": 0.65, "biased": 0.70, "spammer": 0.0}
DEFAULT_CROWD = ("expert", "good", "good", "good", "sloppy", "sloppy", "biased", "spammer")


@dataclass(frozen=True, slots=True)
class SimulatedWorker:
    """Answers class b where a is true with probability `confusion[a, b]`."""

    name: str
    kind: str
    confusion: npt.NDArray[np.float64]  # (classes, classes), rows add up to 1

    @classmethod
    def of_kind(cls, name: str, kind: str, n_classes: int) -> Self:
        return cls(name=name, kind=kind, confusion=_confusion(kind, n_classes))

    @property
    def accuracy(self) -> float:
        """The share of right answers when every class is equally frequent."""
        return float(np.mean(np.diag(self.confusion)))

    def answer(self, truth: int, rng: np.random.Generator) -> int:
        return int(rng.choice(len(self.confusion), p=self.confusion[truth]))


def _confusion(kind: str, n: int) -> npt.NDArray[np.float64]:
    if kind == "spammer":
        return np.full((n, n), 1 / n)
    right = KINDS[kind]
    if kind == "biased":
        confused = max(1, round(n * (1 - right)))
        matrix = np.eye(n)
        for a in range(confused):
            matrix[a] = np.roll(matrix[a], 1)
        return 0.95 * matrix + 0.05 / n
    matrix = np.full((n, n), (1 - right) / (n - 1))
    np.fill_diagonal(matrix, right)
    return matrix


def crowd(kinds: Sequence[str], n_classes: int) -> list[SimulatedWorker]:
    """One worker for each kind named, numbered within the kind. Raises KeyError for an unknown kind."""
    numbers = [kinds[: index + 1].count(kind) for index, kind in enumerate(kinds)]
    return [
        SimulatedWorker.of_kind(f"{kind}-{number}", kind, n_classes)
        for kind, number in zip(kinds, numbers, strict=True)
    ]
