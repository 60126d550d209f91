"""How far scores of items agree with a published ranking, and answers of pairs with published
ones."""

from pathlib import Path

import numpy as np

from benchmarks.rows import read_rows
from quality.aggregation.pairwise import METHODS, Comparisons
from quality.evaluation import kendall, mean_over_groups, spearman

ANSWERS = ("left", "right", "equal")


def figures(folder: Path) -> list[tuple[str, str, float]]:
    """(method, measure, value): correlations are means over topics; the worst is ranked highest."""
    votes, gold_pairs, gold_ranks = (read_rows(folder / f"{name}.csv") for name in ("labels", "gold_pair", "gold_rank"))
    items = {row["task"]: code for code, row in enumerate(gold_ranks)}
    pairs = {names: code for code, names in enumerate(sorted({(row["left"], row["right"]) for row in votes}))}
    workers = {name: code for code, name in enumerate(sorted({row["worker"] for row in votes}))}
    comparisons = Comparisons.from_codes(
        [pairs[row["left"], row["right"]] for row in votes],
        [workers[row["worker"]] for row in votes],
        [ANSWERS.index(row["label"]) for row in votes],
        left=[items[left] for left, _ in pairs],
        right=[items[right] for _, right in pairs],
    )
    published = [-float(row["score"]) for row in gold_ranks]
    topics = [row["topic"] for row in gold_ranks]
    answers = [(pairs[row["left"], row["right"]], ANSWERS.index(row["label"])) for row in gold_pairs]
    scored, truth = np.array(answers).T
    found = []
    for name, method in METHODS.items():
        fit = method.build().fit(comparisons)
        found += [
            (name, "Spearman", mean_over_groups(spearman, published, fit.scores, topics)),
            (name, "Kendall", mean_over_groups(kendall, published, fit.scores, topics)),
            (name, "accuracy of pairs", float((fit.labels[scored] == truth).mean())),
        ]
    return found
