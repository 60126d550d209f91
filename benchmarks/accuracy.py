"""python -m benchmarks.accuracy --data DIR: how right every method is, on sets of votes whose truth
is known.

DIR has a folder a set, with a `labels.csv` (task,worker,label) and a `gold.csv` (task,label) each.
Ties and restarts are drawn, so the mean over some seeds is taken. Prints Markdown: a table of
classes, what known answers add and how far confidence can be believed, what stopping early saves,
and the figures of every other kind of vote.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import boxes, confidence, masks, multilabel, numeric, pairwise, stopping, texts
from benchmarks.rows import read_rows
from quality.aggregation import METHODS, NO_LABEL, Votes, create, encode_votes

SETS = "adult bluebird cf_amt dog face labelme leaves ms_music product rte sp_amt temporal web zc_us"

EBCC_PAPER = "adult bluebird cf_amt dog face ms_music product rte sp_amt web zc_us"
"""Those of the sets of Li, Rubinstein & Cohn (2019) that are among ours."""

OTHER_KINDS: Mapping[str, Callable[[Path], Sequence[tuple[str, str, float]]]] = {
    "num_emotion": numeric.figures,
    "text_crowdspeech_dev_clean": texts.figures,
    "pair_ukpconvarg1": pairwise.figures,
    "box_cytocrowd": boxes.figures,
    "seg_bubil": masks.figures,
    "multilabel_medrel": multilabel.figures,
}
"""Sets of other kinds of vote, and what gives (method, measure, value) for each."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--method", choices=list(METHODS), nargs="*", default=list(METHODS), dest="methods")
    parser.add_argument("--sets", nargs="*", default=SETS.split())
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", choices=["classes", "confidence", "stopping", "others"], nargs="*")
    options = parser.parse_args()
    sets = {name: options.data / name for name in options.sets}
    wanted = options.only or ["classes", "confidence", "stopping", "others"]
    if "classes" in wanted:
        print_classes(sets, options.methods, range(options.seeds))
    if "confidence" in wanted:
        confidence.print_table({name: read_set(folder) for name, folder in sets.items()}, range(options.seeds))
    if "stopping" in wanted:
        stopping.print_table({name: read_set(options.data / name) for name in stopping.SETS}, range(10))
    if "others" in wanted:
        print_others(options.data)


def print_classes(sets: Mapping[str, Path], methods: list[str], seeds: Sequence[int]) -> None:
    """The share of tasks with a known answer that each method labels right."""
    print(f"| set | {' | '.join(methods)} |\n|---{'|---:' * len(methods)}|")
    rows = {}
    for name, folder in sets.items():
        rows[name] = accuracies(folder, methods, seeds)
        print(_row(name, rows[name]), flush=True)
    print(_row("**mean**", np.mean(list(rows.values()), axis=0).tolist()))
    of_paper = [rows[name] for name in EBCC_PAPER.split() if name in rows]
    if len(of_paper) == len(EBCC_PAPER.split()):
        print(_row("**mean of the EBCC paper's**", np.mean(of_paper, axis=0).tolist()))


def print_others(data: Path) -> None:
    """One row a method and measure of the other kinds of vote; sets that are not at hand are left
    out."""
    print("\n| set | method | measure | value |\n|---|---|---|---:|")
    for name, figures in OTHER_KINDS.items():
        for method, measure, value in figures(data / name) if (data / name).exists() else ():
            print(f"| {name} | {method} | {measure} | {value:.4f} |", flush=True)


def accuracies(folder: Path, methods: list[str], seeds: Sequence[int]) -> list[float]:
    """The share of tasks with a known answer that each method labels right."""
    votes, truth = read_set(folder)
    scored = truth != NO_LABEL
    right = [[create(name, seed=seed).fit(votes).labels == truth for seed in seeds] for name in methods]
    return [float(np.mean(np.array(each)[:, scored])) for each in right]


def read_set(folder: Path) -> tuple[Votes, npt.NDArray[np.int64]]:
    """The votes, and the true class of each task (tasks,), `NO_LABEL` where it isn't known."""
    votes = read_rows(folder / "labels.csv")
    answers = {row["task"]: row["label"] for row in read_rows(folder / "gold.csv")}
    columns = ([row[name] for row in votes] for name in ("task", "worker", "label"))
    encoded, coding = encode_votes(*columns, classes=answers.values())
    code_of = {name: code for code, name in enumerate(coding.classes)}
    return encoded, np.array([code_of[answers[task]] if task in answers else NO_LABEL for task in coding.tasks])


def _row(name: str, figures: list[float]) -> str:
    return f"| {name} | {' | '.join(f'{figure:.4f}' if '*' in name else f'{figure:.3f}' for figure in figures)} |"


if __name__ == "__main__":
    main()
