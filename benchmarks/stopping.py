"""How many votes one policy would have asked for on recorded ones, and what it would have lost."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from quality.aggregation import Votes
from quality.aggregation.redundancy import Policy, replay

SETS = ("rte", "temporal", "sp_amt")


def print_table(sets: Mapping[str, tuple[Votes, npt.NDArray[np.int64]]], seeds: Sequence[int]) -> None:
    """Means over random orders of each task's votes."""
    policy = Policy()
    print(f"\nStopping at {policy.target} by {policy.method!r}, with {policy.least} to {policy.most} votes a task\n")
    print("| set | votes asked for | accuracy | of all votes | lost | disputed tasks |\n|---|---:|---:|---:|---:|---:|")
    for name, (votes, truth) in sets.items():
        runs = [replay(votes, truth, policy, np.random.default_rng(seed)) for seed in seeds]
        share, accuracy, full, disputed = np.mean(
            [(run.share, run.accuracy, run.full_accuracy, run.disputed) for run in runs], axis=0
        )
        print(f"| {name} | {share:.1%} | {accuracy:.4f} | {full:.4f} | {full - accuracy:+.4f} | {disputed:.0f} |")
