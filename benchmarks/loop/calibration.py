"""python -m benchmarks.loop.calibration --data DIR: whether settled labels are right as often as
they are sure.

A tenth of the answers is told, as gold is. Public sets of votes (see benchmarks.accuracy) are taken
with all their votes, and played as the service would have bought them; simulated crowds are played.
A label is settled from two votes and a confidence of 0.95 on. The figures are those of tasks that
were not told, without and with the temperature that gold teaches. With n labels of accuracy p even
perfect confidences show an error of about sqrt(2 p (1 - p) / (pi n)): `chance`.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.accuracy import SETS, read_set
from benchmarks.loop.crowds import MIXES, draw
from quality.aggregation import NO_LABEL, Fit, Votes, create
from quality.aggregation.redundancy import Policy
from quality.aggregation.rehearsal import rehearse
from quality.aggregation.temperature import tempered
from quality.evaluation import expected_calibration_error

KNOWN = 0.1
POLICY = Policy(target=0.95, least=2, most=7)
COLUMNS = ("settled", "right", "sure", "error", "chance")


def untempered(votes: Votes) -> Fit:
    return create("auto", seed=0).fit(votes)


def with_temperature(votes: Votes) -> Fit:
    return tempered(untempered(votes), votes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, metavar="DIR")
    parser.add_argument("--sets", nargs="*", default=SETS.split())
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", choices=["recorded", "bought", "simulated"], nargs="*")
    options = parser.parse_args()
    wanted = options.only or ["recorded", "bought", "simulated"]
    sets = {name: read_set(options.data / name) for name in options.sets} if options.data else {}
    if "recorded" in wanted:
        print_table("all recorded votes", sets, lambda name, seed, fit: recorded(*sets[name], seed, fit), options.seeds)
    if "bought" in wanted:
        print_table("as the service buys", sets, lambda name, seed, fit: bought(*sets[name], seed, fit), options.seeds)
    if "simulated" in wanted:
        names = [mix.name for mix in MIXES]
        print_table("simulated, 4 classes", names, simulated, options.seeds)


def print_table(title: str, names, figures: Callable, seeds: int) -> None:
    head = " | ".join([*COLUMNS, *(f"{column}, tempered" for column in COLUMNS)])
    print(f"\n| {title} | {head} |\n|---{'|---:' * 2 * len(COLUMNS)}|")
    rows = []
    for name in names:
        both = [[figures(name, seed, fit) for seed in range(seeds)] for fit in (untempered, with_temperature)]
        rows.append(np.concatenate([pooled(each) for each in both]))
        print(row(name, rows[-1]), flush=True)
    print(row("**mean**", np.nanmean(rows, axis=0)))


def pooled(runs) -> np.ndarray:
    """Means over the runs in which anything was settled."""
    some = [run for run in runs if run[0] > 0]
    shares = float(np.mean([run[0] for run in runs]))
    return np.array([shares, *np.mean([run[1:] for run in some], axis=0)] if some else [0.0, *[np.nan] * 4])


def settled_figures(settled, confidence, right) -> list[float]:
    """The figures of `COLUMNS`."""
    if not settled.any():
        return [0.0, *[np.nan] * 4]
    error = expected_calibration_error(confidence[settled], right[settled])
    p = right[settled].mean()
    chance = np.sqrt(2 * p * (1 - p) / (np.pi * settled.sum()))
    return [float(settled.mean()), float(p), float(confidence[settled].mean()), error, float(chance)]


def told_a_tenth(votes: Votes, truth, seed: int) -> tuple[Votes, np.ndarray]:
    """The votes with a tenth of the truth told, and the tasks that figures are about."""
    judged = np.flatnonzero(truth != NO_LABEL)
    told = np.random.default_rng(seed).choice(judged, int(KNOWN * len(judged)), replace=False)
    known = np.full(votes.n_tasks, NO_LABEL, dtype=np.int32)
    known[told] = truth[told]
    return replace(votes, known=known), np.setdiff1d(judged, told)


def recorded(votes: Votes, truth, seed: int, fit) -> list[float]:
    given, scored = told_a_tenth(votes, truth, seed)
    found = fit(given)
    settled = (votes.per_task[scored] >= POLICY.least) & (found.confidence[scored] >= POLICY.target)
    return settled_figures(settled, found.confidence[scored], found.labels[scored] == truth[scored])


def bought(votes: Votes, truth, seed: int, fit) -> list[float]:
    given, scored = told_a_tenth(votes, truth, seed)
    played = rehearse(given, POLICY, fit, np.random.default_rng(seed))
    right = played.labels[scored] == truth[scored]
    return settled_figures(played.settled[scored], played.confidence[scored], right)


def simulated(name: str, seed: int, fit) -> list[float]:
    (mix,) = (mix for mix in MIXES if mix.name == name)
    drawn = draw(mix, np.random.default_rng(seed))
    played = rehearse(drawn.votes, POLICY, fit, np.random.default_rng(seed))
    some = drawn.ordinary
    return settled_figures(played.settled[some], played.confidence[some], (played.labels == drawn.truth)[some])


def row(name: str, figures) -> str:
    cells = ["-" if np.isnan(figure) else f"{figure:.4f}" for figure in figures]
    return f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
