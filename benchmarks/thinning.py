"""python -m benchmarks.thinning --data DIR: from how many votes on the ensemble beats majority
vote.

Draws few tasks and few votes a task from public sets (see benchmarks.accuracy), many times over,
and prints the mean gain in accuracy by votes a worker and class: the figure that `auto` decides by.
"""

import argparse
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy import SETS, read_set
from quality.aggregation import NO_LABEL, Votes, create

N_TASKS = (10, 30, 100, 300, 1000)
VOTES_A_TASK = (2, 3, 5, 8)
EDGES = (0, 0.5, 1, 1.5, 2, 3, 5, 10, np.inf)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--draws", type=int, default=8)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    results = []
    for name in SETS.split():
        votes, truth = read_set(options.data / name)
        for n_tasks, a_task, _ in product(N_TASKS, VOTES_A_TASK, range(options.draws)):
            results.append(gain(*thinned(votes, truth, n_tasks, a_task, rng)))
    density, gains = np.array(results).T
    print("| votes a worker and class | draws | mean gain | losing 5 points or more |\n|---|---:|---:|---:|")
    for low, high in pairwise(EDGES):
        inside = gains[(density >= low) & (density < high)]
        print(f"| {low:g} to {high:g} | {inside.size} | {inside.mean():+.3f} | {(inside <= -0.05).mean():.0%} |")


def thinned(
    votes: Votes, truth: npt.NDArray[np.int64], n_tasks: int, a_task: int, rng: np.random.Generator
) -> tuple[Votes, npt.NDArray[np.int64]]:
    """At most `a_task` votes, drawn at random, on each of `n_tasks` tasks with a known answer; and
    their truth."""
    known = np.flatnonzero(truth != NO_LABEL)
    tasks = rng.choice(known, min(n_tasks, len(known)), replace=False)
    rows = rng.permutation(np.flatnonzero(np.isin(votes.tasks, tasks)))
    rows = rows[np.argsort(votes.tasks[rows], kind="stable")]
    place = np.arange(len(rows)) - np.searchsorted(votes.tasks[rows], votes.tasks[rows])
    rows = rows[place < a_task]
    kept, codes = np.unique(votes.tasks[rows], return_inverse=True)
    return Votes.from_codes(codes, votes.workers[rows], votes.labels[rows], n_classes=votes.n_classes), truth[kept]


def gain(votes: Votes, truth: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Votes a worker and class, and how much more accurate the model is than majority vote."""
    density = votes.total / np.count_nonzero(votes.per_worker) / votes.n_classes
    model, majority = (np.mean(create(name).fit(votes).labels == truth) for name in ("ensemble", "majority"))
    return float(density), float(model - majority)


if __name__ == "__main__":
    main()
