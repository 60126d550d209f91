"""Simulated crowds of known mixes, whose answers and truths are drawn from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL, Votes
from quality.kinds.simulated import matrix_of

GOLD = 0.1
"""The share of the tasks whose answers are known, and of the answers that are given to these."""


@dataclass(frozen=True)
class Mix:
    """Who works, in shares, and how many tasks are hard: there, everybody falls for one wrong class
    as often as not.

    Poisoners all give the same wrong class.
    """

    name: str
    kinds: dict[str, float]
    hard: float = 0.0


MIXES = (
    Mix("all good", {"expert": 0.2, "good": 0.8}),
    Mix("30% sloppy", {"expert": 0.1, "good": 0.6, "sloppy": 0.3}),
    Mix("20% spammers", {"expert": 0.1, "good": 0.7, "spammer": 0.2}),
    Mix("40% biased", {"expert": 0.1, "good": 0.5, "biased": 0.4}),
    Mix("20% poisoners, 10% hard tasks", {"expert": 0.1, "good": 0.7, "poisoner": 0.2}, hard=0.1),
)

HALF_SLOPPY = Mix("50% sloppy", {"good": 0.5, "sloppy": 0.5})
"""So many answers are wrong that five for every task are too few: a sure label takes more, and is
better for it."""


@dataclass(frozen=True)
class Drawn:
    """votes: with the gold told; truth: (tasks,); ordinary: (tasks,) whether a task is not gold."""

    votes: Votes
    truth: npt.NDArray[np.int64]
    ordinary: npt.NDArray[np.bool_]


def draw(
    mix: Mix, rng: np.random.Generator, *, tasks: int = 1000, workers: int = 30, classes: int = 4, each: int = 7
) -> Drawn:
    """A crowd's answers: `each` on every ordinary task, by different workers of whom some do more
    than others."""
    confusion = confusions(mix, workers, classes)
    gold = round(tasks * GOLD / (1 - GOLD))
    truth = rng.integers(classes, size=tasks + gold)
    hard = rng.random(tasks + gold) < mix.hard
    pace = rng.gamma(2.0, size=workers)
    a_gold = max(1, round(tasks * each * GOLD / (1 - GOLD) / gold))
    chosen = [rng.choice(workers, n, replace=False, p=pace / pace.sum()) for n in [each] * tasks + [a_gold] * gold]
    task = np.repeat(np.arange(tasks + gold), [len(some) for some in chosen])
    worker = np.concatenate(chosen)
    label = (rng.random((len(task), 1)) > confusion[worker, truth[task]].cumsum(axis=1)).sum(axis=1)
    label = np.minimum(label, classes - 1)
    fooled = hard[task] & (rng.random(len(task)) < 0.5) & (confusion[worker, truth[task], truth[task]] > 0)
    label = np.where(fooled, (truth[task] + 1) % classes, label)
    ordinary = np.arange(tasks + gold) < tasks
    known = np.where(ordinary, NO_LABEL, truth)
    sizes = {"n_tasks": tasks + gold, "n_workers": workers, "n_classes": classes}
    return Drawn(Votes.from_codes(task, worker, label, known=known, **sizes), truth, ordinary)


def confusions(mix: Mix, workers: int, classes: int) -> npt.NDArray[np.float64]:
    """(workers, classes, classes) [worker, truth, answer] of as many of each kind as the mix
    says."""
    kinds = kinds_of(mix, workers)
    poison = np.roll(np.eye(classes), 1, axis=1)
    return np.stack([poison if kind == "poisoner" else matrix_of(kind, classes) for kind in kinds])


def kinds_of(mix: Mix, workers: int) -> Sequence[str]:
    edges = np.round(np.cumsum(list(mix.kinds.values())) * workers).astype(int)
    return np.repeat(list(mix.kinds), np.diff(edges, prepend=0)).tolist()
