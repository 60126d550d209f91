"""How often workers choose the side that stands first, whichever item that is."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import numpy as np

from crowd.projects.answer_kinds import lot_of
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.pairwise.answers import TIE, A, is_swapped
from quality.reliability.proportions import proportion

NEWEST = 200_000
"""Answers that are looked at."""
LEAST, WORKERS = 10, 50
"""Answers that a worker needs for a figure, and workers that are told: those of most answers."""


def measure_position(matrix: AnswerMatrix, people: Collection[int]) -> dict[str, Any]:
    """Of answers that people gave here, and which are no ties: how many chose the first side, in
    all and by worker, with 95% intervals.

    people: keys of workers who answered here, where sides are drawn. Chance puts every item first
    as often as second, so that whoever looks chooses the first side half of the time.
    """
    rows = _decided(matrix, people)
    workers, first = matrix.worker_ids[matrix.worker[rows]], _first(matrix, rows)
    keys, places = np.unique(workers, return_inverse=True)
    given, chosen = np.bincount(places, minlength=len(keys)), np.bincount(places, first, len(keys)).astype(int)
    most = [each for each in np.argsort(-given, kind="stable").tolist() if given[each] >= LEAST][:WORKERS]
    return {
        **_share(int(first.sum()), len(rows)),
        "workers": [{"id": int(keys[each]), **_share(int(chosen[each]), int(given[each]))} for each in most],
    }


def _decided(matrix: AnswerMatrix, people: Collection[int]) -> Ints:
    """The newest answers that count here."""
    here = np.isin(matrix.worker_ids, np.fromiter(people, dtype=np.int64, count=len(people)))
    rows = np.flatnonzero(here[matrix.worker] & (matrix.response > 0) & (matrix.answer != TIE))
    return rows[np.argsort(-matrix.response[rows])][:NEWEST]


def _first(matrix: AnswerMatrix, rows: Ints) -> Any:
    """Whether each chose the side that stood first for its worker."""
    pairs = zip(
        matrix.worker_ids[matrix.worker[rows]].tolist(), matrix.task_ids[matrix.task[rows]].tolist(), strict=True
    )
    swapped = np.fromiter((is_swapped(lot_of(*pair)) for pair in pairs), dtype=bool, count=len(rows))
    return (matrix.answer[rows] == A) != swapped


def _share(first: int, answers: int) -> dict[str, Any]:
    share = asdict(proportion(first, answers)) if answers else dict.fromkeys(("value", "low", "high"))
    return {"first": share, "answers": answers}
