"""python -m benchmarks.loop.poisoners: how much a fifth of workers who agree on wrong answers
spoil, with 10% gold.

First with made-up votes and the pure functions: the accuracy of a clean crowd, in which the
poisoners are good workers, of the poisoned one by `auto` that is told the gold, and of plain
majority vote on the same votes; on the tasks that are no gold. Then, with --site, two crowds
through the API of a running site, gold hidden among the work.
"""

import argparse
import csv
import re
import sys
import tempfile
from pathlib import Path

import numpy as np

from quality.aggregation import NO_LABEL, Votes, create
from quality.kinds.simulated import Counted
from quality.simulation.workers import crowd

WORKERS, POISONED = 30, 0.2
GOLD = 0.1
WORST_LOSS = 0.05
COLUMNS = ("clean crowd", "ours", "without gold", "majority", "points lost", "over majority")
HONEST = {"good": ("expert", "good", "good", "good"), "mixed": ("expert", "good", "good", "sloppy")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--each", type=int, nargs="*", default=[3, 5], help="answers a task")
    parser.add_argument("--classes", type=int, nargs="*", default=[2, 4, 10])
    parser.add_argument("--kinds", nargs="*", default=["poisoner", "targeted", "colluder"])
    parser.add_argument("--site", action="store_true", help="through a running site, too")
    options = parser.parse_args()
    print(f"| {POISONED:.0%} of {WORKERS} workers | {' | '.join(COLUMNS)} |\n|---{'|---:' * len(COLUMNS)}|")
    kept = []
    for kind in options.kinds:
        for honest in HONEST:
            for classes in options.classes:
                for each in options.each:
                    runs = [compared(kind, honest, classes, each, options.tasks, seed) for seed in range(options.seeds)]
                    name = f"{kind} among {honest}, {classes} classes, {each} answers"
                    kept.append(print_row(name, np.array(runs)))
    print(f"\nThe bar is kept in {sum(kept)} of {len(kept)} rows")
    if options.site:
        kept.append(through_a_site(options.tasks))
    return int(not all(kept))


def print_row(name: str, runs: np.ndarray) -> bool:
    """Means over seeds; whether they keep the bar."""
    clean, ours, untold, majority = runs.mean(axis=0)
    spread = (runs[:, 0] - runs[:, 1]).std(ddof=1) if len(runs) > 1 else np.nan
    cells = [f"{figure:.4f}" for figure in (clean, ours, untold, majority)]
    cells += [f"{100 * (clean - ours):+.2f} ± {100 * spread:.2f}", f"{100 * (ours - majority):+.2f}"]
    print(f"| {name} | {' | '.join(cells)} |", flush=True)
    return bool(clean - ours <= WORST_LOSS and ours >= majority)


def compared(kind: str, honest: str, classes: int, each: int, tasks: int, seed: int) -> list[float]:
    """Accuracy of the clean crowd, of ours, of ours without gold, and of majority vote."""
    rng = np.random.default_rng([seed, classes, each])
    truth = rng.integers(classes, size=tasks)
    askers = np.stack([rng.choice(WORKERS, each, replace=False) for _ in range(tasks)])
    known = np.full(tasks, NO_LABEL)
    known[: round(GOLD * tasks)] = truth[: round(GOLD * tasks)]
    honest_kinds = [HONEST[honest][n % len(HONEST[honest])] for n in range(WORKERS)]
    bad = round(POISONED * WORKERS)
    clean = answers(["good"] * bad + honest_kinds[bad:], truth, askers, classes, seed)
    poisoned = answers([kind] * bad + honest_kinds[bad:], truth, askers, classes, seed)

    def accuracy(method: str, labels: np.ndarray, told: np.ndarray | None) -> float:
        task = np.repeat(np.arange(tasks), each)
        sizes = {"n_tasks": tasks, "n_workers": WORKERS, "n_classes": classes}
        votes = Votes.from_codes(task, askers.ravel(), labels.ravel(), known=told, **sizes)
        right = create(method, seed=0).fit(votes).labels == truth
        return float(right[known == NO_LABEL].mean())

    return [
        accuracy("auto", clean, known),
        accuracy("auto", poisoned, known),
        accuracy("auto", poisoned, None),
        accuracy("majority", poisoned, None),
    ]


def answers(kinds: list[str], truth: np.ndarray, askers: np.ndarray, classes: int, seed: int) -> np.ndarray:
    """(tasks, answers a task) what the workers of `askers`, of these kinds, say."""
    workers = crowd(kinds, Counted(range(classes)), seed)
    return np.array(
        [
            [workers[w].answer(f"t{task}", int(truth[task]), given=n) for n, w in enumerate(some)]
            for task, some in enumerate(askers.tolist())
        ]
    )


def through_a_site(tasks: int, classes: int = 4) -> bool:
    """A clean crowd and a poisoned one empty two projects that are alike."""
    from benchmarks.work.site import running_service  # noqa: PLC0415 (loads what a site takes)

    rng = np.random.default_rng(0)
    names = [f"class{n}" for n in range(classes)]
    truth = {f"t{n}": names[code] for n, code in enumerate(rng.integers(classes, size=tasks))}
    gold = set(list(truth)[: round(GOLD * tasks)])
    found = {}
    with running_service() as service, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "truth.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([("task", "label"), *truth.items()])
        for slug, people in {"clean": ["good:10"], "poisoned": ["good:8", "poisoner:2"]}.items():
            schema = {"type": "choice", "classes": names}
            quality = {"gold_rate": GOLD, "min_responses": 3, "max_responses": 5}
            body = {"slug": slug, "name": slug, "schema": schema, "quality": quality}
            assert service.site.call("POST", "/projects", service.owner, body).status == 201
            rows = [
                {"external_id": name, "data": {"text": name}} | ({"gold": {"answer": label}} if name in gold else {})
                for name, label in truth.items()
            ]
            assert service.site.call("POST", f"/projects/{slug}/tasks", service.owner, {"tasks": rows}).status == 201
            said = service.site.manage(
                *("simulate", "--project", slug, "--truth", str(path), "--pace", "0"),
                *("--crowd", *people, "--url", service.site.url),
            )
            print(f"\n{slug}\n{said}", flush=True)
            right, majority = re.search(r"labels, ([\d.]+)% are right; .*: ([\d.]+)%", said).groups()
            found[slug] = float(right), float(majority)
    lost, gained = found["clean"][0] - found["poisoned"][0], found["poisoned"][0] - found["poisoned"][1]
    print(f"Through the site: {lost:+.1f} points lost, {gained:+.1f} over majority vote")
    return lost <= 100 * WORST_LOSS and gained >= 0


if __name__ == "__main__":
    sys.exit(main())
