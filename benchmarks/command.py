"""python -m benchmarks.command: seconds and memory of `python -m quality aggregate` on ten million
votes in Parquet.

The votes are of a simulated crowd, in no order and with names of text. Each method runs in a fresh
process, whose time and peak memory are taken as a whole: loading Python, reading, fitting and
writing labels.csv.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from quality.aggregation import simulate_votes

ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS, MOST_GIGABYTES = 60, 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--method", nargs="+", default=["auto", "dawid-skene", "majority"])
    for name, default in (("tasks", 2_000_000), ("votes", 5), ("workers", 20_000), ("classes", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write_votes(options.write, options)
        return
    with TemporaryDirectory() as folder:
        votes = Path(folder) / "votes.parquet"
        # In a process of its own: a child's peak memory is at least that of the process it was
        # forked from.
        subprocess.run([sys.executable, "-m", "benchmarks.command", *sys.argv[1:], "--write", votes], check=True)
        print(f"{votes.stat().st_size / 1e6:.0f} MB of Parquet; load {os.getloadavg()[0]:.1f}")
        for method in options.method:
            seconds, gigabytes = measured(votes, Path(folder) / "labels.csv", method)
            print(f"{method}: {seconds:.1f} s (at most {MOST_SECONDS}), {gigabytes:.2f} GB (at most {MOST_GIGABYTES})")


def measured(votes: Path, labels: Path, method: str) -> tuple[float, float]:
    """The seconds that the command takes, and the gigabytes at its peak."""
    started = time.perf_counter()
    arguments: list[str | Path] = ["aggregate", votes, "--out", labels, "--method", method]
    process = subprocess.Popen([sys.executable, "-m", "quality", *arguments], cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0
    return time.perf_counter() - started, usage.ru_maxrss / 1e6


def write_votes(path: Path, options: argparse.Namespace) -> None:
    """task-0001234, worker-00042 and class-3, not as dictionaries."""
    rng = np.random.default_rng(0)
    sizes = {"n_tasks": options.tasks, "n_workers": options.workers, "n_classes": options.classes}
    votes, _ = simulate_votes(rng, votes_per_task=options.votes, **sizes)
    rows = rng.permutation(np.repeat(np.arange(len(votes.tasks)), votes.weights.astype(int)))
    columns = {
        "task": _named("task-{:07d}", options.tasks, votes.tasks[rows]),
        "worker": _named("worker-{:05d}", options.workers, votes.workers[rows]),
        "label": _named("class-{}", options.classes, votes.labels[rows]),
    }
    pq.write_table(pa.table(columns), path)


def _named(form: str, size: int, codes: np.ndarray) -> pa.Array:
    return pa.array([form.format(code) for code in range(size)]).take(pa.array(codes))


if __name__ == "__main__":
    main()
