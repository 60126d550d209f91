"""How many words are wrong in the texts of a set, by every method: the word error rate."""

from pathlib import Path

from benchmarks.rows import read_rows
from quality.aggregation.texts import METHODS, TextVotes
from quality.evaluation.text import word_errors


def figures(folder: Path) -> list[tuple[str, str, float]]:
    """(method, measure, value) of every method on the set in `folder`."""
    votes, truth = read_set(folder)
    found = []
    for name, method in METHODS.items():
        labels = method.build().fit(votes).labels
        errors = word_errors(list(truth.values()), [labels[task] or "" for task in truth])
        found += [(name, "mean WER", errors.mean), (name, "corpus WER", errors.corpus)]
    return found


def read_set(folder: Path) -> tuple[TextVotes, dict[int, str]]:
    """The workers' texts, and the true ones by task code, of `labels.csv` and `gold.csv`."""
    rows, gold = read_rows(folder / "labels.csv"), read_rows(folder / "gold.csv")
    tasks = {name: code for code, name in enumerate(sorted({row["task"] for row in rows + gold}))}
    workers = {name: code for code, name in enumerate(sorted({row["worker"] for row in rows}))}
    columns = zip(*((tasks[row["task"]], workers[row["worker"]], row["label"]) for row in rows), strict=True)
    return TextVotes.from_texts(*columns, n_tasks=len(tasks)), {tasks[row["task"]]: row["label"] for row in gold}
