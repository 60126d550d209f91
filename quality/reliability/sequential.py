"""Is a worker good enough? Decided from answers to gold tasks, as soon as they allow it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.evaluation.accuracy import Floats, checked_counts

ROUNDING = 1e-9

BAD, GOOD = 0.2, 0.6
"""Of the answers that guessing gets wrong, the share that a worker knows who is not, or is, good
enough."""


class Verdict(IntEnum):
    """What is known about a worker."""

    UNRELIABLE = -1
    UNKNOWN = 0
    RELIABLE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What the test says about each worker.

    verdict: (workers,) values of `Verdict`.
    log_likelihood_ratio: (workers,) nats of evidence for a good worker against a bad one.
    right_to_pass, wrong_to_fail: (workers,) how many right answers in a row would make the verdict
        "reliable", and how many wrong ones "unreliable"; 0 for those who have that verdict.
    """

    verdict: npt.NDArray[np.int8]
    log_likelihood_ratio: Floats
    right_to_pass: npt.NDArray[np.int64]
    wrong_to_fail: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SequentialTest:
    """A. Wald (1945), Sequential tests of statistical hypotheses, section 5.3: the test for a
    proportion.

    p_bad, p_good: the accuracy of a worker who is not good enough, and of one who is; those between
        may get either verdict.
    alpha: how often a bad worker may be called reliable; beta: how often a good one may be called
        unreliable. Wald's boundaries promise at most alpha / (1 - beta) and beta / (1 - alpha).

    A verdict is about the answers so far: who acts on it stops testing, because later answers may
    take it back. Raises ValueError unless 0 < p_bad < p_good < 1, and alpha and beta are above 0
    and below one half.
    """

    p_bad: float
    p_good: float
    alpha: float = 0.05
    beta: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.p_bad < self.p_good < 1:
            raise ValueError(f"0 < p_bad < p_good < 1 must hold, got p_bad {self.p_bad} and p_good {self.p_good}")
        for name, rate in (("alpha", self.alpha), ("beta", self.beta)):
            if not 0 < rate < 0.5:
                raise ValueError(f"{name} must be above 0 and below one half, got {rate}")

    @classmethod
    def for_classes(cls, n_classes: int, *, alpha: float = 0.05, beta: float = 0.05) -> Self:
        """A bad worker knows a fifth of the answers and a good one three fifths, and both guess the
        others.

        For two classes these are accuracies of 0.6 and 0.8, for four 0.4 and 0.7.
        """
        if n_classes < 2:
            raise ValueError(f"n_classes must be at least 2, got {n_classes}")
        return cls.for_chance(1 / n_classes, alpha=alpha, beta=beta)

    @classmethod
    def for_chance(cls, chance: float, *, alpha: float = 0.05, beta: float = 0.05) -> Self:
        """The same where a guess is right with this probability."""
        return cls(chance + BAD * (1 - chance), chance + GOOD * (1 - chance), alpha, beta)

    def judge(self, right: npt.ArrayLike, seen: npt.ArrayLike) -> Verdicts:
        """Verdicts on workers who were right on `right` of `seen` answers to gold tasks, both
        (workers,).

        Raises ValueError naming the entry where `right` is not between 0 and `seen`.
        """
        rights, totals = checked_counts(right, seen)
        gain = np.log(self.p_good / self.p_bad)
        loss = np.log((1 - self.p_bad) / (1 - self.p_good))
        upper, lower = np.log((1 - self.beta) / self.alpha), np.log(self.beta / (1 - self.alpha))
        ratio = rights * gain - (totals - rights) * loss
        right_to_pass, wrong_to_fail = _steps((upper - ratio) / gain), _steps((ratio - lower) / loss)
        verdict = np.where(right_to_pass == 0, Verdict.RELIABLE, Verdict.UNKNOWN)
        verdict = np.where(wrong_to_fail == 0, Verdict.UNRELIABLE, verdict).astype(np.int8)
        return Verdicts(verdict, ratio, right_to_pass, wrong_to_fail)


def _steps(distance: Floats) -> npt.NDArray[np.int64]:
    """Whole steps that cover a distance; none if it is covered already."""
    return np.maximum(np.ceil(distance - ROUNDING), 0).astype(np.int64)
