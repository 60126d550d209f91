"""Whether `auto` is right as often as it is sure, without and with known answers, and what those
add."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL, Votes, create
from quality.evaluation import expected_calibration_error

KNOWN = 0.1
"""The share of the gold that is given; the figures are those of the rest."""

Truth = npt.NDArray[np.int64]
COLUMNS = ("accuracy", "with gold", "error", "error with gold", "error, 10 bins", "error with gold, 10 bins")


def print_table(sets: Mapping[str, tuple[Votes, Truth]], seeds: Sequence[int]) -> None:
    """Expected calibration error in 15 bins, and accuracy, of `auto` and of the same told a tenth
    of the truth."""
    print(f"\n| set | {' | '.join(COLUMNS)} |\n|---{'|---:' * len(COLUMNS)}|")
    rows = []
    for name, (votes, truth) in sets.items():
        rows.append(np.mean([compared(votes, truth, seed) for seed in seeds], axis=0))
        print(_row(name, rows[-1]), flush=True)
    print(_row("**mean**", np.mean(rows, axis=0)))


def compared(votes: Votes, truth: Truth, seed: int) -> list[float]:
    """The figures of `COLUMNS`, on the tasks whose truth was not told."""
    judged = np.flatnonzero(truth != NO_LABEL)
    told = np.random.default_rng(seed).choice(judged, int(KNOWN * len(judged)), replace=False)
    known = np.full(votes.n_tasks, NO_LABEL, dtype=np.int32)
    known[told] = truth[told]
    scored = np.setdiff1d(judged, told)
    fits = [create("auto", seed=seed).fit(each) for each in (votes, replace(votes, known=known))]
    rights = [fit.labels[scored] == truth[scored] for fit in fits]
    errors = [
        expected_calibration_error(fit.confidence[scored], right, bins=bins)
        for bins in (15, 10)
        for fit, right in zip(fits, rights, strict=True)
    ]
    return [*(float(right.mean()) for right in rights), *errors]


def _row(name: str, figures: Sequence[float] | npt.NDArray[np.float64]) -> str:
    return f"| {name} | {' | '.join(f'{figure:.4f}' for figure in figures)} |"
