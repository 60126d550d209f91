"""How far numbers are off where the truth is known."""

from pathlib import Path

from benchmarks.rows import read_rows
from quality.aggregation.numeric import METHODS, NumericVotes
from quality.evaluation import score_numbers


def figures(folder: Path) -> list[tuple[str, str, float]]:
    """(method, measure, value) of every numeric method on the set in `folder`."""
    votes, gold = (read_rows(folder / f"{name}.csv") for name in ("labels", "gold"))
    tasks = {row["task"]: code for code, row in enumerate(gold)}
    workers = {name: code for code, name in enumerate(sorted({row["worker"] for row in votes}))}
    columns = zip(*((tasks[row["task"]], workers[row["worker"]], float(row["label"])) for row in votes), strict=True)
    numbers = NumericVotes.from_codes(*columns, n_tasks=len(tasks))
    truth = [float(row["label"]) for row in gold]
    scores = {name: score_numbers(truth, method.build().fit(numbers).labels) for name, method in METHODS.items()}
    return [(name, measure, getattr(found, measure)) for name, found in scores.items() for measure in ("mae", "rmse")]
