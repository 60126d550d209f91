"""python -m benchmarks.loop.fraud: who is flagged among made-up crowds, and how long that takes on
a million answers.

Bots have thirty answers each; honest workers have accuracies from 0.7 to 0.95 and 30 to 300
answers. "Honest" is the share of honest workers with any flag. The exit status is 1 if a bar is
missed.
"""

import argparse
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import combinations
from tempfile import TemporaryDirectory

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowd.settings")
with TemporaryDirectory() as unused:  # the settings make a secret key, which nothing here uses
    os.environ.setdefault("CROWD_DATA_DIR", unused)
    django.setup()

from benchmarks.loop.fraud_crowds import BOTS, BOTS_ANSWER, Crowd, matrix, times, with_bots, with_ring
from quality.aggregation import Votes
from quality.fraud.finding import find_fraud
from quality.kinds.choice.service import Choice
from quality.reliability import find_copying

BOTS_FOUND, PAIRS_FOUND, HONEST_FLAGGED, MOST_SECONDS, MOST_COPYING = 0.95, 0.9, 0.02, 3.0, 5.0
RINGS = ("copying", "colluding", "one person")
LAYOUTS = {"two of five answers": (2, 3, 0.0), "five of ten answers": (5, 5, 0.0)}
MAJORITY = {"five of eight answers": (5, 3, 0.0), "five of eight answers, a tenth gold": (5, 3, 0.1)}
"""Of the ring and beside it on each of its tasks, and the share of gold. A majority is beyond the
bar."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--classes", type=int, nargs="*", default=[2, 4, 10])
    parser.add_argument("--method", default="dawid-skene")
    parser.add_argument("--only", choices=["bots", "rings", "mixes", "speed"], nargs="*")
    options = parser.parse_args()
    kept = []
    wanted = options.only or ["bots", "rings", "mixes", "speed"]
    for classes in options.classes:
        if "bots" in wanted:
            kept += bots(classes, options)
        if "rings" in wanted:
            kept += rings(classes, options)
    if "mixes" in wanted:
        alarms(options)
    if "speed" in wanted:
        kept += [speed(classes) for classes in (2, 10, 100)]
        kept += [everyone(size) for size in (100, 200, 500)]
    return int(not all(kept))


def bots(classes: int, options) -> list[bool]:
    """Five of each kind, one of each kind, and one of each among tasks of which four in five are of
    one class."""
    print(f"\n| {classes} classes, bots | flagged | honest | flags | |\n|---|---:|---:|---|---|")
    every = list(BOTS_ANSWER)
    kinds = {kind: [kind] * BOTS for kind in every} | {"one of each": every, "none": []}
    made = {name: made_with_bots(bots, classes) for name, bots in kinds.items()}
    made["one of each, skewed classes"] = made_with_bots(every, classes, skewed=True)
    return [row(name, make, options, flagged) for name, make in made.items()]


def made_with_bots(kinds: list[str], classes: int, **more) -> Callable:
    return lambda rng: with_bots(rng, kinds, classes, **more)


def rings(classes: int, options) -> list[bool]:
    print(f"\n| {classes} classes, rings of 5 | pairs | honest | flags | |\n|---|---:|---:|---|---|")
    met = [ring(kind, name, *LAYOUTS[name], classes, options) for kind in RINGS for name in LAYOUTS]
    for name, layout in MAJORITY.items():
        ring("copying", name, *layout, classes, options)
    return met


def ring(kind: str, name: str, of_ring: int, beside: int, gold: float, classes: int, options) -> bool:
    def make(rng) -> Crowd:
        return with_ring(rng, classes, kind=kind, of_ring=of_ring, beside=beside, gold=gold)

    return row(f"{kind}, {name}", make, options, paired)


def row(name: str, make: Callable, options, share: Callable) -> bool:
    """Prints means over seeds, and returns whether the bars are met."""
    found, accused, flags = [], [], {}
    for seed in range(options.seeds):
        crowd: Crowd = make(np.random.default_rng([seed, len(name)]))
        evidence = find_fraud(crowd.matrix, Choice().fit(crowd.matrix, options.method)).evidence
        found.append(share(crowd, evidence))
        honest = np.setdiff1d(np.arange(len(evidence)), crowd.guilty)
        accused.append(np.mean([bool(evidence[worker]) for worker in honest]))
        for worker in crowd.guilty:
            for flag in evidence[worker]:
                flags[flag] = flags.get(flag, 0) + 1 / max(len(crowd.guilty) * options.seeds, 1)
    least = PAIRS_FOUND if share is paired else BOTS_FOUND
    some = [each for each in found if each is not None]
    met = (not some or np.mean(some) >= least) and np.mean(accused) <= HONEST_FLAGGED
    told = " ".join(f"{flag} {each:.0%}" for flag, each in sorted(flags.items()))
    got = f"{np.mean(some):.1%}" if some else "-"
    print(f"| {name} | {got} | {np.mean(accused):.2%} | {told} | {'met' if met else 'MISSED'} |", flush=True)
    return met


def flagged(crowd: Crowd, evidence) -> float | None:
    return float(np.mean([bool(evidence[worker]) for worker in crowd.guilty])) if len(crowd.guilty) else None


def paired(crowd: Crowd, evidence) -> float:
    """The share of pairs of which one names the other."""
    ids = crowd.matrix.worker_ids

    def named(one: int, other: int) -> bool:
        copying = evidence[one].get("copying", {"ring": [], "partners": []})
        return ids[other] in copying["ring"] or any(ids[other] == each["worker"] for each in copying["partners"])

    pairs = list(combinations(crowd.guilty, 2))
    return float(np.mean([named(*pair) or named(*pair[::-1]) for pair in pairs]))


def alarms(options) -> None:
    """How often the alarm is raised as the share of colluders or bots grows, without and with a
    tenth of gold."""
    print("\n| 4 classes, 20 workers | no gold | a tenth is gold |\n|---|---:|---:|")
    for kind in ("colluding", "random bots"):
        for share in (0.2, 0.3, 0.35, 0.45, 0.6):
            guilty = round(20 * share)
            raised = []
            for gold in (0.0, 0.1):
                alarmed = 0
                for seed in range(options.seeds):
                    rng = np.random.default_rng([seed, guilty])
                    crowd = camps(rng, kind, guilty, gold)
                    alarmed += bool(find_fraud(crowd, Choice().fit(crowd, options.method)).alarm)
                raised.append(f"{alarmed / options.seeds:.0%}")
            print(f"| {share:.0%} {kind} | {' | '.join(raised)} |", flush=True)


def camps(rng, kind: str, guilty: int, gold: float, workers: int = 20, tasks: int = 400, a_task: int = 5):
    """Everyone answers a quarter of the tasks; the guilty agree on a wrong answer of each, or
    answer at random."""
    worker = np.argsort(rng.random((tasks, workers)), axis=1)[:, :a_task].ravel()
    task, truth = np.repeat(np.arange(tasks), a_task), rng.integers(4, size=tasks)
    wrong = (truth + rng.integers(1, 4, tasks)) % 4
    mistaken = (truth[task] + rng.integers(1, 4, len(task))) % 4
    honest = np.where(rng.random(len(task)) < rng.uniform(0.7, 0.95, workers)[worker], truth[task], mistaken)
    bad = wrong[task] if kind == "colluding" else rng.integers(4, size=len(task))
    label = np.where(worker < workers - guilty, honest, bad)
    return matrix(rng, task, worker, label, times(rng, task, worker), truth, 4, gold)


def speed(classes: int, *, tasks: int = 300_000, answers: int = 1_000_000, workers: int = 2_000) -> bool:
    """The worst case: everyone answers in the order of the tasks, a few hundred at a time, so that
    pairs share many."""
    rng = np.random.default_rng(0)
    task = np.sort(np.append(np.repeat(np.arange(tasks), 3), rng.integers(tasks, size=answers - 3 * tasks)))
    crew = (task * 40 // tasks) * (workers // 40)  # forty crews, one after the other
    worker = crew + rng.integers(workers // 40, size=answers)
    _, rows = np.unique(task * workers + worker, return_index=True)
    task, worker = task[rows], worker[rows]
    truth = rng.integers(classes, size=tasks)
    mistaken = (truth[task] + rng.integers(1, classes, len(task))) % classes
    label = np.where(rng.random(len(task)) < rng.uniform(0.7, 0.95, workers)[worker], truth[task], mistaken)
    made = matrix(rng, task, worker, label, times(rng, task, worker), truth, classes, 0.02)
    fit = Choice().fit(made, "majority")
    started = time.process_time()
    found = find_fraud(made, fit)
    seconds = time.process_time() - started
    tracemalloc.start()
    find_fraud(made, fit)
    more = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    flags = sum(bool(each) for each in found.evidence)
    met = seconds <= MOST_SECONDS
    size = f"{len(task):,} answers, {tasks:,} tasks, {workers:,} workers, {classes} classes"
    print(
        f"{size}: {seconds:.2f} s of CPU, at most {more:.0f} MB more, {flags} flagged: {'met' if met else 'MISSED'}",
        flush=True,
    )
    return met


def everyone(size: int, *, classes: int = 4) -> bool:
    """As many workers as tasks, and everybody answers everything, so that every pair shares every
    task."""
    rng = np.random.default_rng(0)
    truth = rng.integers(classes, size=(size, 1))
    mistaken = (truth + rng.integers(1, classes, (size, size))) % classes
    label = np.where(rng.random((size, size)) < rng.uniform(0.7, 0.95, size), truth, mistaken)
    votes = Votes.from_codes(np.repeat(np.arange(size), size), np.tile(np.arange(size), size), label.ravel())
    started = time.process_time()
    found = find_copying(votes, votes.counts() / size)
    seconds = time.process_time() - started
    met = seconds <= MOST_COPYING
    told = f"{len(found.pairs):,} pairs, {len(found.rings)} rings: {'met' if met else 'MISSED'}"
    print(f"{size} workers answer all of {size} tasks: copying takes {seconds:.2f} s of CPU, {told}", flush=True)
    return met


if __name__ == "__main__":
    sys.exit(main())
