"""python -m benchmarks.kinds.choices --data DIR: sets of classes through the service, by public
votes on medical relations; and what a thousand classes take.

The truth is that of `benchmarks.multilabel`. Taught, the classes are the two that experts judged,
and the gold is a tenth of the tasks on which they judged both: gold is a whole set. Their sets are
compared with those of the rest.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np

from benchmarks.kinds.through import labels_through
from benchmarks.loop.database import migrated_database
from benchmarks.multilabel import RELATIONS, read_set
from quality.aggregation.sets import Cells, Sets, fit_sets
from quality.evaluation import expected_calibration_error

TAUGHT = 0.1
DRAWS = 3
MANY = {"classes": 1000, "answers": 100_000, "a_task": 3, "workers": 500}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    many()
    with migrated_database():
        recorded(options.data / "multilabel_medrel")


def recorded(folder: Path) -> None:
    votes, truth, classes = read_set(folder)
    judged = [classes.index(name) for name in RELATIONS.values()]
    ticks = np.asarray(votes.ticks)
    told = list(zip(votes.tasks.tolist(), votes.workers.tolist(), strict=True))
    whole = [(f"t{t}", f"w{w}", cell([*np.array(classes)[row]])) for (t, w), row in zip(told, ticks, strict=True)]
    labels, seconds = labels_through("untaught", {"type": "choices", "classes": classes}, whole)
    report("untaught, 14 classes", labels, truth[:, judged], np.arange(0), seconds)
    few = [(f"t{t}", f"w{w}", cell(names_of(row[judged]))) for (t, w), row in zip(told, ticks, strict=True)]
    both = np.flatnonzero((truth[:, judged] >= 0).all(axis=1))
    size = int(TAUGHT * np.count_nonzero((truth[:, judged] >= 0).any(axis=1)))
    for seed in range(DRAWS):
        given = np.random.default_rng(seed).choice(both, size, replace=False)
        gold = [(f"t{task}", names_of(truth[task, judged] == 1)) for task in given.tolist()]
        schema = {"type": "choices", "classes": list(RELATIONS.values())}
        labels, seconds = labels_through(f"taught{seed}", schema, few, gold)
        report(f"taught by {size} sets, 2 classes", labels, truth[:, judged], given, seconds)


def cell(names: list[str]) -> str:
    return json.dumps([str(name) for name in names])


def names_of(row: np.ndarray) -> list[str]:
    return [name for name, ticked in zip(RELATIONS.values(), row.tolist(), strict=True) if ticked]


def report(title: str, labels: dict, truth: np.ndarray, given: np.ndarray, seconds: dict[str, float]) -> None:
    scored = np.ones(len(truth), dtype=bool)
    scored[given] = False
    found = np.array(
        [[name in labels[f"t{task}"]["label"] for name in RELATIONS.values()] for task in range(len(truth))]
    )
    figures = {}
    for place, relation in enumerate(RELATIONS):
        rows = scored & (truth[:, place] >= 0)
        one, right = found[rows, place], truth[rows, place] == 1
        figures[f"F1 {relation}"] = 2 * (one & right).sum() / (one.sum() + right.sum())
    both = scored & (truth >= 0).all(axis=1)
    if len(given):
        sure = np.array([row["confidence"] for row in (labels[f"t{task}"] for task in np.flatnonzero(both).tolist())])
        right = (found[both] == (truth[both] == 1)).all(axis=1)
        figures |= {"right": right.mean(), "sure": sure.mean()}
        figures["calibration error"] = expected_calibration_error(sure, right)
    took = ", ".join(f"{step} {spent:.1f} s" for step, spent in seconds.items())
    print(f"{title}: {', '.join(f'{name} {value:.4f}' for name, value in figures.items())}; {took}", flush=True)


def many() -> None:
    """A project of a thousand classes, in memory alone."""
    rng = np.random.default_rng(0)
    answers, a_task, k = MANY["answers"], MANY["a_task"], MANY["classes"]
    n_tasks = answers // a_task
    common = 1 / np.arange(1, k + 1)
    truth = [rng.choice(k, 3, replace=False, p=common / common.sum()).tolist() for _task in range(n_tasks)]
    task = np.repeat(np.arange(n_tasks), a_task)
    worker = rng.integers(MANY["workers"], size=len(task))
    given = [sorted({c for c in truth[t] if rng.random() < 0.8} | set(rng.integers(k, size=1))) for t in task.tolist()]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    sets, unknown = Sets.of(given), np.full(n_tasks, -1)
    sizes = {"n_workers": MANY["workers"], "n_kinds": k}
    cells = Cells.of(task, worker, np.arange(len(given)), sets, unknown, **sizes)
    fit = fit_sets(cells, sets, unknown, "auto", np.zeros((2, MANY["workers"])))
    took, memory = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    right = np.zeros(len(cells.task), dtype=bool)
    for place, (t, c) in enumerate(zip(cells.task.tolist(), cells.kind.tolist(), strict=True)):
        right[place] = c in truth[t]
    f1 = 2 * (fit.taken & right).sum() / (fit.taken.sum() + 3 * n_tasks)
    print(
        f"{k} classes, {len(task)} answers: {len(cells.task)} cells, {len(cells.cell)} voices, {took:.1f} s, "
        f"{memory:.0f} MB at most beside the answers, F1 {f1:.4f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
