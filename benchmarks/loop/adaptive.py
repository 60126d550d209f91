"""python -m benchmarks.loop.adaptive: what adaptive redundancy buys, and what it costs in accuracy.

Simulated crowds of five mixes with a tenth of gold, through the service's own pure functions: votes
are judged as they come by the models of the last fit, everything is fitted when a tenth is new, and
tasks are asked for until the policy has enough. Against five answers for every task, fitted by the
same method.
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np

from benchmarks.loop.crowds import HALF_SLOPPY, MIXES, Drawn, Mix, draw
from quality.aggregation import Fit, Votes, create
from quality.aggregation.redundancy import Policy
from quality.aggregation.rehearsal import rehearse, with_each
from quality.aggregation.temperature import tempered
from quality.evaluation import expected_calibration_error

FIXED = 5
COLUMNS = ("fixed-5", "adaptive", "points", "answers a task", "share", "settled", "right", "sure", "error")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--classes", type=int, nargs="*", default=[4, 2])
    parser.add_argument("--least", type=int, default=2)
    parser.add_argument("--most", type=int, default=6)
    parser.add_argument("--target", type=float, default=0.95)
    parser.add_argument("--method", default="auto")
    parser.add_argument("--order", choices=["depth", "breadth"], default="breadth")
    parser.add_argument("--untempered", action="store_true")
    options = parser.parse_args()
    policy = Policy(options.target, options.least, options.most)

    def fit(votes: Votes) -> Fit:
        found = create(options.method, seed=0).fit(votes)
        return found if options.untempered else tempered(found, votes)

    for classes in options.classes:
        print(
            f"\n{options.least} to {options.most} answers until {options.target}, {options.order}, {classes} classes\n"
        )
        print(f"| mix | {' | '.join(COLUMNS)} |\n|---{'|---:' * len(COLUMNS)}|")
        for mix in (*MIXES, HALF_SLOPPY):
            print_row(mix, [compared(mix, seed, classes, options, policy, fit) for seed in range(options.seeds)])


def compared(mix: Mix, seed: int, classes: int, options, policy: Policy, fit) -> list[float]:
    """The figures of `COLUMNS`, and seconds."""
    started = time.perf_counter()
    rng = np.random.default_rng([seed, len(mix.name), classes])
    drawn = draw(mix, rng, tasks=options.tasks, classes=classes, each=max(options.most, FIXED))
    fixed = accuracy(fit(with_each(drawn.votes, FIXED, np.random.default_rng(seed))).labels, drawn)
    fresh_first = options.order == "breadth"
    played = rehearse(drawn.votes, policy, fit, np.random.default_rng(seed), fresh_first=fresh_first)
    right = played.labels == drawn.truth
    settled = played.settled
    a_task = played.asked[drawn.ordinary].mean()
    adaptive = accuracy(played.labels, drawn)
    error = expected_calibration_error(played.confidence[settled], right[settled])
    of_settled = [settled[drawn.ordinary].mean(), right[settled].mean(), played.confidence[settled].mean(), error]
    points = 100 * (adaptive - fixed)
    return [fixed, adaptive, points, a_task, a_task / FIXED, *of_settled, time.perf_counter() - started]


def accuracy(labels, drawn: Drawn) -> float:
    return float((labels == drawn.truth)[drawn.ordinary].mean())


def print_row(mix: Mix, runs: Sequence[list[float]]) -> None:
    fixed, adaptive, points, a_task, share, *rest, seconds = np.mean(runs, axis=0)
    settled, *rest = rest
    deviation = np.std([run[2] for run in runs], ddof=1) if len(runs) > 1 else np.nan
    cells = [f"{fixed:.4f}", f"{adaptive:.4f}", f"{points:+.2f} ± {deviation:.2f}", f"{a_task:.2f}", f"{share:.1%}"]
    cells += [f"{settled:.1%}", *(f"{figure:.4f}" for figure in rest)]
    print(f"| {mix.name} | {' | '.join(cells)} |  <!-- {seconds:.0f} s a run -->", flush=True)


if __name__ == "__main__":
    main()
