"""python -m benchmarks.speed: seconds and memory of Dawid & Skene's model on a million votes, and of agreement."""

import argparse
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from quality.aggregation import DawidSkene, Votes, simulate_votes
from quality.agreement import measure

REPEATS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("votes", 1_000_000), ("tasks", 20_000), ("workers", 2_000), ("classes", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--iterations", type=int, default=20)
    options = parser.parse_args()
    columns = crowd(options)
    sizes = {"n_tasks": options.tasks, "n_workers": options.workers, "n_classes": options.classes}
    method = DawidSkene(max_iter=options.iterations, tol=-1.0)  # never converges, so every iteration is taken
    votes = Votes.from_codes(*columns, **sizes)
    report(f"votes and {options.iterations} iterations", lambda: method.fit(Votes.from_codes(*columns, **sizes)))
    report("agreement", lambda: measure(votes.counts(), np.random.default_rng(0)))


def crowd(options: argparse.Namespace) -> list[np.ndarray]:
    """Tasks, workers and labels of a simulated crowd, in no order."""
    rng = np.random.default_rng(0)
    votes, _ = simulate_votes(
        rng,
        n_tasks=options.tasks,
        n_workers=options.workers,
        n_classes=options.classes,
        votes_per_task=options.votes // options.tasks,
    )
    rows = rng.permutation(np.repeat(np.arange(len(votes.tasks)), votes.weights.astype(int)))
    return [column[rows] for column in (votes.tasks, votes.workers, votes.labels)]


def report(name: str, run: Callable[[], object]) -> None:
    """Print the best of some runs, and the memory that one takes beyond its arguments."""
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{name}: {min(seconds):.3f} s, {peak / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
