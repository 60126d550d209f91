"""What simulated workers answer: each kind of answer says what it is to look and to err, to guess,
and to be wrong together with others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from quality.kinds.chance import pick, pick_from

Answer = Any
Matrix = npt.NDArray[np.float64]

RIGHT: Mapping[str, float] = MappingProxyType({"expert": 0.97, "good": 0.88, "sloppy": 0.65, "biased": 0.70})
"""The probability of a right answer of those who mean well. The biased are wrong in a pattern."""

SLIPS = 0.05
"""How often the biased answer without looking."""

TARGETED = 1 / 3
"""The share of the truths that who poisons some is after."""


class SimulatedAnswers(Protocol):
    """Answers are stored ones, and functions of the truth and of `words`, on which chance
    depends."""

    def honest(self, truth: Answer, profile: str, *words: object) -> Answer:
        """What somebody gives who looks, and is right as often as `RIGHT` has it of the profile."""
        ...

    def blind(self, *words: object) -> Answer:
        """An answer without a look at the task."""
        ...

    def in_turn(self, number: int, *words: object) -> Answer:
        """Blind answers that come one after the other, of which this is the one with the number."""
        ...

    def wrong(self, truth: Answer, *words: object) -> Answer:
        """An answer that does not count as right."""
        ...

    def mistaken(self, truth: Answer) -> Answer | None:
        """What a third of the truths are always taken for; None where the truth is none of them."""
        ...


@dataclass(frozen=True, slots=True)
class Counted:
    """Answers that can be counted up: these codes."""

    codes: Sequence[int]

    def honest(self, truth: int, profile: str, *words: object) -> int:
        row = matrix_of(profile, len(self.codes))[self.codes.index(truth)]
        return self.codes[pick_from(row, *words)]

    def blind(self, *words: object) -> int:
        return self.codes[pick(len(self.codes), *words)]

    def in_turn(self, number: int, *words: object) -> int:
        return self._after(self.blind(*words), number)

    def wrong(self, truth: int, *words: object) -> int:
        return self._after(truth, 1 + pick(len(self.codes) - 1, *words))

    def mistaken(self, truth: int) -> int | None:
        """The first ones are taken for the ones after them."""
        is_target = self.codes.index(truth) < max(1, round(len(self.codes) * TARGETED))
        return self._after(truth, 1) if is_target else None

    def _after(self, code: int, steps: int) -> int:
        return self.codes[(self.codes.index(code) + steps) % len(self.codes)]


def matrix_of(profile: str, n: int) -> Matrix:
    """(answers, answers) [truth, answer] probabilities of who means well, and of who clicks at
    random."""
    if profile == "spammer":
        return np.full((n, n), 1 / n)
    right = RIGHT[profile]
    if profile == "biased":
        matrix = np.eye(n)
        for code in range(max(1, round(n * (1 - right)))):
            matrix[code] = np.roll(matrix[code], 1)
        return (1 - SLIPS) * matrix + SLIPS / n
    matrix = np.full((n, n), (1 - right) / (n - 1))
    np.fill_diagonal(matrix, right)
    return matrix
