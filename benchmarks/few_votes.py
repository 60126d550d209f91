"""python -m benchmarks.few_votes --data DIR: how far confidence can be believed where tasks have
one or two votes.

Thins the sets of benchmarks.accuracy to so many votes a task, and prints the expected calibration
error of `auto` in 15 bins: pooled over the tasks of all sets, and on average over sets; blind, and
told the answers of 30 tasks drawn at random, of which the others are scored.
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy import SETS, read_set
from benchmarks.thinning import thinned
from quality.aggregation import NO_LABEL, Votes, create
from quality.evaluation import expected_calibration_error

GOLD = 30
PUBLIC = tuple(SETS.split())

Truth = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Errors:
    """Expected calibration errors, pooled over all sets, and each set's own, without and with known
    answers."""

    blind: float
    told: float
    of_sets: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    confidence: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, votes: Votes, truth: Truth) -> "Scored":
        """`auto` on the tasks whose answer it is not told."""
        rest = votes.known == NO_LABEL
        fit = create("auto").fit(votes)
        return cls(fit.confidence[rest], (fit.labels == truth)[rest])

    @classmethod
    def pooled(cls, parts: Sequence["Scored"]) -> "Scored":
        columns = (np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__)
        return cls(*columns)

    @property
    def error(self) -> float:
        return expected_calibration_error(self.confidence, self.right)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print("| votes a task | set | error | error with 30 known |\n|---:|---|---:|---:|")
    for a_task in (1, 2):
        errors = pooled_errors(options.data, PUBLIC, a_task, range(options.seeds))
        for name, (blind, told) in errors.of_sets.items():
            print(f"| {a_task} | {name} | {blind:.4f} | {told:.4f} |")
        means = np.mean(list(errors.of_sets.values()), axis=0)
        print(f"| {a_task} | **mean of sets** | {means[0]:.4f} | {means[1]:.4f} |")
        print(f"| {a_task} | **pooled** | {errors.blind:.4f} | {errors.told:.4f} |", flush=True)


def pooled_errors(data: Path, sets: Iterable[str], a_task: int, seeds: Sequence[int]) -> Errors:
    of_sets, blind, told = {}, [], []
    for name in sets:
        runs = [runs_of(*read_set(data / name), a_task, seed) for seed in seeds]
        blind += [run[0] for run in runs]
        told += [run[1] for run in runs]
        of_sets[name] = tuple(np.mean([[each.error for each in run] for run in runs], axis=0).tolist())
    return Errors(Scored.pooled(blind).error, Scored.pooled(told).error, of_sets)


def runs_of(votes: Votes, truth: Truth, a_task: int, seed: int) -> tuple[Scored, Scored]:
    """Blind, and told the answers of `GOLD` tasks."""
    rng = np.random.default_rng(seed)
    few, right = thinned(votes, truth, len(truth), a_task, rng)
    gold = rng.choice(few.n_tasks, GOLD, replace=False)
    known = np.full(few.n_tasks, NO_LABEL, dtype=np.int32)
    known[gold] = right[gold]
    return Scored.of(few, right), Scored.of(replace(few, known=known), right)


if __name__ == "__main__":
    main()
