"""Simulated workers: a crowd of named kinds, and what each answers, how fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from quality.simulation.chance import draw, seed_of
from quality.simulation.kinds import KINDS, Kind, Question, matrix_of

DEFAULT_CROWD = ("expert", "good", "good", "good", "sloppy", "sloppy", "biased", "spammer")

MOST_WORKERS = 1_000

WORTH_COPYING = ("sloppy", "good", "biased", "expert")
"""Whom copiers copy: the first of these kinds that is there."""

BY_HAND = 4.0
"""Seconds an answer is said to have taken, on average, where the simulation does not wait at
all."""

SHAPE = 4.0  # of the gamma distribution of seconds
FASTEST, SLOWEST_FAST = 0.15, 0.5  # seconds of who answers too fast


@dataclass(frozen=True, slots=True)
class SimulatedWorker:
    """A worker of a kind, in a crowd of one seed. A copier answers what `source` would."""

    name: str
    kind: str
    n_classes: int
    seed: int = 0
    source: Self | None = None

    @property
    def honest(self) -> bool:
        return self._kind.honest

    @property
    def _kind(self) -> Kind:
        return KINDS[self.kind]

    @property
    def confusion(self) -> npt.NDArray[np.float64]:
        """(classes, classes) [truth, answer] probabilities; for kinds that have them
        (`kinds.matrix_of`)."""
        return matrix_of(self.kind, self.n_classes)

    def answer(self, task: str, truth: int, given: int = 0, suggested: int | None = None) -> int:
        """The class this worker gives to a task, as the answer after `given` others, with a
        prediction in view or none."""
        if self.source is not None:
            return self.source.answer(task, truth, given)
        # Copiers without anybody to copy copy somebody who is not there.
        voice = "unseen" if self.kind == "copier" else self.name
        return self._kind.conduct(Question(self.seed, voice, task, truth, self.n_classes, given, suggested))

    def seconds(self, task: str, pace: float) -> float:
        """How long this worker says to have taken for a task, if an answer takes `pace` seconds on
        average."""
        if self._kind.fast:
            return FASTEST + (SLOWEST_FAST - FASTEST) * draw(self.seed, self.name, task, "seconds")
        rng = np.random.default_rng(seed_of(self.seed, self.name, task, "seconds"))
        return float(rng.gamma(SHAPE, (pace or BY_HAND) / SHAPE))


def crowd(kinds: Sequence[str], n_classes: int, seed: int = 0) -> list[SimulatedWorker]:
    """One worker for each kind named, numbered within the kind. Raises KeyError for an unknown
    kind."""
    numbers = [kinds[: index + 1].count(kind) for index, kind in enumerate(kinds)]
    if unknown := set(kinds) - set(KINDS):
        raise KeyError(*sorted(unknown))
    names = [f"{kind}-{number}" for kind, number in zip(kinds, numbers, strict=True)]
    source = next((f"{kind}-1" for kind in WORTH_COPYING if kind in kinds), None)
    copied = SimulatedWorker(source, source.partition("-")[0], n_classes, seed) if source else None
    return [
        SimulatedWorker(name, kind, n_classes, seed, copied if kind == "copier" else None)
        for name, kind in zip(names, kinds, strict=True)
    ]


def counted_kinds(words: Sequence[str]) -> list[str]:
    """The kinds that words such as `good:8` or `poisoner` ask for, each as often as it says. Raises
    ValueError."""
    kinds: list[str] = []
    for word in words:
        kind, _colon, count = word.partition(":")
        if kind not in KINDS:
            raise ValueError(f"there is no kind {kind}; there are {', '.join(KINDS)}")
        if _colon and not (count.isdecimal() and int(count) > 0):
            raise ValueError(f"{word} does not say how many: write {kind}:3")
        kinds += [kind] * min(int(count or 1), MOST_WORKERS + 1)
        if len(kinds) > MOST_WORKERS:
            raise ValueError(f"at most {MOST_WORKERS} workers can be simulated at once")
    return kinds
