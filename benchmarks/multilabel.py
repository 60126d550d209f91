"""How well methods for sets of classes find the relations of a set: F1 of each relation that was
judged by experts.

The truth is `test_partition` in `gold.csv`: where the crowd and the expert disagreed, it was judged
again. (`expert` alone is one student's view; vote share from 0.2 reaches an F1 of 0.925 for "treat"
on the former, 0.841 on the latter.)
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.rows import read_rows
from quality.aggregation.multilabel import METHODS, UNKNOWN, MultiLabelVotes
from quality.evaluation.sets import score_sets

RELATIONS = {"treat": "TREATS", "cause": "CAUSES"}
TAUGHT = 0.1
DRAWS = 10


def figures(folder: Path) -> list[tuple[str, str, float]]:
    """(method, measure, value) of every method: untaught, and taught by a tenth of the gold and
    scored on the rest."""
    votes, truth, classes = read_set(folder)
    found = []
    for name, method in METHODS.items():
        untaught = score_sets(truth == 1, method.build().fit(votes).labels, truth != UNKNOWN).f1
        taught = np.mean([_taught(method.build(), votes, truth, seed) for seed in range(DRAWS)], axis=0)
        for relation, label in RELATIONS.items():
            column = classes.index(label)
            found.append((name, f"F1 {relation}", float(untaught[column])))
            found.append((name, f"F1 {relation}, {TAUGHT:.0%} gold", float(taught[column])))
    return found


def _taught(
    aggregator: object, votes: MultiLabelVotes, truth: npt.NDArray[np.int8], seed: int
) -> npt.NDArray[np.float64]:
    """(classes,) the F1 on tasks that were not given, when a random tenth of the judged tasks
    was."""
    judged = np.flatnonzero((truth != UNKNOWN).any(axis=1))
    given = np.random.default_rng(seed).choice(judged, int(TAUGHT * len(judged)), replace=False)
    known = np.full_like(truth, UNKNOWN)
    known[given] = truth[given]
    taught = MultiLabelVotes.from_codes(votes.tasks, votes.workers, votes.ticks, known=known)
    scored = (truth != UNKNOWN) & (known == UNKNOWN).all(axis=1)[:, None]
    return score_sets(truth == 1, aggregator.fit(taught).labels, scored).f1  # type: ignore[attr-defined]


def read_set(folder: Path) -> tuple[MultiLabelVotes, npt.NDArray[np.int8], list[str]]:
    """The answers, the truth (tasks, classes) with `UNKNOWN` where nobody judged, and the names of
    the classes."""
    rows, gold = read_rows(folder / "labels.csv"), read_rows(folder / "gold.csv")
    answers = [row["label"].split("|") for row in rows]
    classes = sorted({name for answer in answers for name in answer})
    tasks = {name: code for code, name in enumerate(sorted({row["task"] for row in rows}))}
    workers = {name: code for code, name in enumerate(sorted({row["worker"] for row in rows}))}
    ticks = np.array([[name in answer for name in classes] for answer in answers])
    truth = np.full((len(tasks), len(classes)), UNKNOWN, dtype=np.int8)
    for row in gold:
        if row["test_partition"] in {"1", "-1"} and row["task"] in tasks:
            truth[tasks[row["task"]], classes.index(RELATIONS[row["relation"]])] = row["test_partition"] == "1"
    columns = [tasks[row["task"]] for row in rows], [workers[row["worker"]] for row in rows]
    return MultiLabelVotes.from_codes(*columns, ticks), truth, classes
