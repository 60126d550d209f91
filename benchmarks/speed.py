"""python -m benchmarks.speed: seconds and memory of Dawid & Skene's model on a million votes,
beside crowd-kit's.

The two libraries take turns, each time in a fresh process (see benchmarks.contender). crowd-kit is
installed into --peers when it isn't there.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.peers import peer_python
from quality.aggregation import Votes, simulate_votes
from quality.agreement import measure

SHAPES = {"20,000 tasks, 50 votes each": (20_000, 50), "200,000 tasks, 5 votes each": (200_000, 5)}
ROOT = Path(__file__).resolve().parents[1]
LEAST_SPEED, MOST_MEMORY = 45, 1 / 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peers", type=Path, default=ROOT / "var" / "peers", metavar="DIR")
    for name, default in (("workers", 2_000), ("classes", 5), ("iterations", 20), ("repeats", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    pythons = {"ours": Path(sys.executable), "crowd-kit": peer_python(options.peers.resolve())}
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    for title, (n_tasks, a_task) in SHAPES.items():
        columns = crowd(n_tasks, options.workers, options.classes, a_task)
        print(f"\n{title}: {len(columns['task']):,} votes, {options.workers} workers, {options.classes} classes")
        compare(columns, pythons, options.iterations, options.repeats)
        time_agreement(columns)


def crowd(n_tasks: int, n_workers: int, n_classes: int, a_task: int) -> dict[str, np.ndarray]:
    """Votes of a simulated crowd in no order. A worker votes on a task once, as crowd-kit takes for
    granted."""
    rng = np.random.default_rng(0)
    sizes: Any = {"n_tasks": n_tasks, "n_workers": n_workers, "n_classes": n_classes, "votes_per_task": a_task}
    votes, _ = simulate_votes(rng, **sizes)
    _, rows = np.unique(votes.tasks.astype(np.int64) * n_workers + votes.workers, return_index=True)
    rows = rng.permutation(rows)
    return {"task": votes.tasks[rows], "worker": votes.workers[rows], "label": votes.labels[rows]}


def compare(columns: dict[str, np.ndarray], pythons: dict[str, Path], iterations: int, repeats: int) -> None:
    """Print what the libraries took at best, how far one is ahead, and that they arrive at the
    same."""
    taken: dict[str, list[dict[str, float]]] = {library: [] for library in pythons}
    with TemporaryDirectory() as folder:
        votes = Path(folder) / "votes.npz"
        np.savez(votes, task=columns["task"], worker=columns["worker"], label=columns["label"])
        outs = {library: Path(folder) / f"{library}.npy" for library in pythons}
        for _ in range(repeats):
            for library, python in pythons.items():
                command: list[Any] = [python, "-m", "benchmarks.contender", library, votes, outs[library], iterations]
                done = subprocess.run([*map(str, command)], cwd=ROOT, check=True, stdout=subprocess.PIPE)
                taken[library].append(json.loads(done.stdout))
        apart = np.abs(np.load(outs["ours"]) - np.load(outs["crowd-kit"])).max()
    best = {library: {name: min(run[name] for run in runs) for name in runs[0]} for library, runs in taken.items()}
    for library, figures in best.items():
        print(f"  {library}: {figures['seconds']:.3f} s, {figures['megabytes']:.0f} MB")
    speed, memory = (best["crowd-kit"][name] / best["ours"][name] for name in ("seconds", "megabytes"))
    turns = [peer["seconds"] / own["seconds"] for own, peer in zip(taken["ours"], taken["crowd-kit"], strict=True)]
    print(f"  {speed:.0f} times as fast (in single turns {min(turns):.0f} to {max(turns):.0f}; at least {LEAST_SPEED})")
    print(f"  {1 / memory:.2f} of the memory (at most {MOST_MEMORY})")
    print(f"  posteriors are {apart:.0e} apart at most")


def time_agreement(columns: dict[str, np.ndarray]) -> None:
    counts = Votes.from_codes(columns["task"], columns["worker"], columns["label"]).counts()
    started = time.perf_counter()
    measure(counts, np.random.default_rng(0))
    print(f"  agreement with its intervals: {time.perf_counter() - started:.3f} s")


if __name__ == "__main__":
    main()
