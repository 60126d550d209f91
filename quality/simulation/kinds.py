"""The kinds of simulated workers: what each answers to a task.

An answer is a function of the seed, the worker and the task, so that it is the same however the
work of many falls together in time. Only who alternates counts the own answers, because just that
is how such answers are recognised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from quality.simulation.chance import draw, pick, pick_from

Matrix = npt.NDArray[np.float64]

RIGHT: Mapping[str, float] = MappingProxyType({"expert": 0.97, "good": 0.88, "sloppy": 0.65, "biased": 0.70})
"""The probability of a right answer of those who mean well. The biased are wrong in a pattern."""

SLIPS = 0.05
"""How often the biased answer without looking."""

RING_SHARE = 0.5
"""The share of the tasks on which colluders give the ring's answer; on the others they hide behind
good ones."""

FOLLOWED = 0.7
"""The share of the predictions shown that a follower takes without a look of its own."""

TARGETED = 1 / 3
"""The share of the classes, the first ones of the schema, that who poisons some classes is
after."""


@dataclass(frozen=True, slots=True)
class Question:
    """A task that a worker is asked about. `given` is how many answers the worker gave before,
    `suggested` the class that a model predicts, if the worker is shown one."""

    seed: int
    worker: str
    task: str
    truth: int
    n_classes: int
    given: int = 0
    suggested: int | None = None


Conduct = Callable[[Question], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of worker is, in a few words, how it answers, and whether it means well."""

    meaning: str
    conduct: Conduct
    honest: bool = False
    fast: bool = False


def matrix_of(kind: str, n: int) -> Matrix:
    """(classes, classes) [truth, answer] probabilities of who means well, and of who clicks at
    random."""
    if kind == "spammer":
        return np.full((n, n), 1 / n)
    right = RIGHT[kind]
    if kind == "biased":
        matrix = np.eye(n)
        for code in range(max(1, round(n * (1 - right)))):
            matrix[code] = np.roll(matrix[code], 1)
        return (1 - SLIPS) * matrix + SLIPS / n
    matrix = np.full((n, n), (1 - right) / (n - 1))
    np.fill_diagonal(matrix, right)
    return matrix


def by_matrix(kind: str) -> Conduct:
    def answer(asked: Question) -> int:
        row = matrix_of(kind, asked.n_classes)[asked.truth]
        return pick_from(row, asked.seed, asked.worker, asked.task)

    return answer


good = by_matrix("good")


def constant(asked: Question) -> int:
    return pick(asked.n_classes, asked.seed, asked.worker)


def alternating(asked: Question) -> int:
    """One class after the other, in turns."""
    return (constant(asked) + asked.given) % asked.n_classes


def wrong_together(asked: Question) -> int:
    """A wrong class, the same for everybody who is in it together."""
    return (asked.truth + 1 + pick(asked.n_classes - 1, asked.seed, "ring", asked.task)) % asked.n_classes


def colluder(asked: Question) -> int:
    in_it = draw(asked.seed, "ring's task", asked.task) < RING_SHARE
    return wrong_together(asked) if in_it else good(asked)


def follower(asked: Question) -> int:
    follows = draw(asked.seed, asked.worker, asked.task, "follows") < FOLLOWED
    return asked.suggested if follows and asked.suggested is not None else good(asked)


def targeted(asked: Question) -> int:
    """The first classes of the schema are taken for the ones after them."""
    is_target = asked.truth < max(1, round(asked.n_classes * TARGETED))
    return (asked.truth + 1) % asked.n_classes if is_target else good(asked)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "expert": Kind("right 97 times of 100", by_matrix("expert"), honest=True),
        "good": Kind("right 88 times of 100", good, honest=True),
        "sloppy": Kind("right 65 times of 100", by_matrix("sloppy"), honest=True),
        "biased": Kind("takes three classes of ten for the next ones", by_matrix("biased"), honest=True),
        "follower": Kind("is good, but takes a model's prediction that is shown 7 times of 10", follower, honest=True),
        "spammer": Kind("clicks at random", by_matrix("spammer")),
        "constant": Kind("always gives one class", constant),
        "alternating": Kind("gives one class after the other", alternating),
        "fast": Kind("clicks at random within half a second", by_matrix("spammer"), fast=True),
        "copier": Kind("gives what another worker of the crowd gives, mistakes and all", by_matrix("sloppy")),
        "colluder": Kind("is good, but on half of the tasks gives the ring's wrong answer", colluder),
        "poisoner": Kind("always gives the poisoners' wrong answer", wrong_together),
        "targeted": Kind("is good, but gives a third of the classes for others", targeted),
    }
)
