"""python -m benchmarks.accuracy --data DIR: the accuracy of every method on sets of votes whose truth is known.

DIR has a folder a set, with a `labels.csv` (task,worker,label) and a `gold.csv` (task,label) each. Ties are settled by
drawing, so the mean over five seeds is taken. Prints a Markdown table.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from quality.aggregation import METHODS, NO_LABEL, Votes, create, encode_votes

SEEDS = range(5)
SETS = "adult bluebird cf_amt dog face labelme leaves ms_music product rte sp_amt temporal web zc_us"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--method", choices=list(METHODS), nargs="*", default=list(METHODS), dest="methods")
    parser.add_argument("--sets", nargs="*", default=SETS.split())
    arguments = parser.parse_args()
    print(f"| set | {' | '.join(arguments.methods)} |\n|---{'|---:' * len(arguments.methods)}|")
    rows = []
    for name in arguments.sets:
        rows.append(accuracies(arguments.data / name, arguments.methods))
        print(_row(name, rows[-1]))
    print(_row("**mean**", np.mean(rows, axis=0).tolist()))


def accuracies(folder: Path, methods: list[str]) -> list[float]:
    """The share of tasks with a known answer that each method labels right."""
    votes, truth = read_set(folder)
    scored = truth != NO_LABEL
    right = [[create(name, seed=seed).fit(votes).labels == truth for seed in SEEDS] for name in methods]
    return [float(np.mean(np.array(each)[:, scored])) for each in right]


def read_set(folder: Path) -> tuple[Votes, npt.NDArray[np.int64]]:
    """The votes, and the true class of each task (tasks,), `NO_LABEL` where it isn't known."""
    votes = _read(folder / "labels.csv")
    answers = {row["task"]: row["label"] for row in _read(folder / "gold.csv")}
    columns = ([row[name] for row in votes] for name in ("task", "worker", "label"))
    encoded, coding = encode_votes(*columns, classes=answers.values())
    code_of = {name: code for code, name in enumerate(coding.classes)}
    return encoded, np.array([code_of[answers[task]] if task in answers else NO_LABEL for task in coding.tasks])


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _row(name: str, figures: list[float]) -> str:
    return f"| {name} | {' | '.join(f'{figure:.4f}' if '*' in name else f'{figure:.3f}' for figure in figures)} |"


if __name__ == "__main__":
    main()
