"""Crowds of several sizes and qualities, and what a kind of answer needs for being tried on
them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Worker:
    """Who knows the answer with probability `knows`, and guesses otherwise; and overlooks a share
    `misses` of what is there, where answers are sets of things."""

    knows: float
    misses: float = 0.0


QUALITIES: Mapping[str, Sequence[Worker]] = {
    "good": [Worker(0.9)],
    "mixed": [Worker(0.95), Worker(0.8), Worker(0.6)],
    "poor": [Worker(0.6)],
    "one in three guesses": [Worker(0.9), Worker(0.9), Worker(0.0)],
    "overlooking": [Worker(0.95, 0.3)],
}
SIZES = (3, 4, 5, 7, 10)


def crowd(quality: str, size: int) -> list[Worker]:
    """As many workers, of the sorts that the quality names, in turns."""
    return list(islice(cycle(QUALITIES[quality]), size))


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of answer under trial.

    default, plain: what is taken unless something else is asked for, and what needs no statistics.
    answers: makes up the answers of workers, each of whom answers everything, and the truth behind
        them.
    score: of a fit against that truth; 1 is perfect.
    """

    default: Any
    plain: Any
    answers: Callable[[Sequence[Worker], np.random.Generator], tuple[Any, Any]]
    score: Callable[[Any, Any], float]


def scores(subject: Subject, quality: str, size: int, seeds: Sequence[int]) -> tuple[Floats, Floats]:
    """(seeds,) the scores of the default and of plain majority on the same crowds."""
    found = []
    for seed in seeds:
        votes, truth = subject.answers(crowd(quality, size), np.random.default_rng(seed))
        found.append([subject.score(each.fit(votes), truth) for each in (subject.default, subject.plain)])
    default, plain = np.array(found).T
    return default, plain
