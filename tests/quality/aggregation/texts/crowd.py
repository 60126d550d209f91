"""A good crowd that writes down what it hears: it mishears, leaves out and makes up a word now and
then."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from quality.aggregation.texts import METHODS, TextFit, TextVotes
from quality.evaluation.text import word_errors
from tests.quality.aggregation.kinds import Kind, Rows

N_TASKS, N_WORKERS = 40, 9
LEXICON = [f"{first}{second}" for first in "bdfgklmn" for second in ("are", "ill", "ook", "and", "ine")]


def rows(rng: np.random.Generator) -> tuple[Rows, list[str]]:
    """(task, worker, text) answers of a crowd, six a task, and the true texts."""
    truth = [rng.choice(LEXICON, rng.integers(4, 12)).tolist() for _ in range(N_TASKS)]
    rates = rng.uniform(0.02, 0.25, N_WORKERS)
    return [
        (task, worker, " ".join(heard(rng, truth[task], rates[worker])))
        for task in range(N_TASKS)
        for worker in rng.choice(N_WORKERS, 6, replace=False).tolist()
    ], [" ".join(words) for words in truth]


def heard(rng: np.random.Generator, words: Sequence[str], rate: float) -> list[str]:
    """The words, of which a share `rate` is replaced, left out or has another put behind it."""
    found: list[str] = []
    for word in words:
        slip = rng.choice(["replaced", "left out", "doubled"]) if rng.random() < rate else ""
        found += {"": [word], "replaced": [], "left out": [], "doubled": [word]}[slip]
        found += [str(rng.choice(LEXICON))] if slip in {"replaced", "doubled"} else []
    return found


def fit(aggregator: Any, answers: Rows) -> TextFit:
    return aggregator.fit(votes_of(answers))


def votes_of(answers: Rows, **options: Any) -> TextVotes:
    tasks, workers, texts = zip(*answers, strict=True) if answers else ([], [], [])
    return TextVotes.from_texts(tasks, workers, texts, **options)


def error(found: TextFit, truth: list[str]) -> float:
    return word_errors(truth, [label or "" for label in found.labels]).mean


KIND = Kind("texts", METHODS, rows, fit, error, tolerance=0.05)
