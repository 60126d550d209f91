"""Workers who give the same answer to everything, or the same unlikely ones as somebody else, where
answers can't be counted up. Evidence in numbers."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from scipy.special import betainc

from quality.fraud.behaviour import ENOUGH, LEVEL, MOSTLY, rounded
from quality.fraud.collusion import LEAST_SHARED, PARTNERS, RING_NAMED, TIMES_EXPECTED
from quality.fraud.recent import newest
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.protocol import KindFit
from quality.reliability import adjusted

Evidence = dict[str, Any]
Pair = tuple[int, int]

TOLERANCE = 0.1
"""The share of tasks to which somebody may honestly give an answer that others don't give there."""

ALIKE = 12
"""Workers who give a task the same unlikely answer; of more of them it is no longer unlikely."""

PRIOR = 0.01
"""The probability that two workers happen to agree on an unlikely answer, as it is believed by as
many tasks as are seen of `BEFORE`."""

BEFORE = 50.0


def same_to_everything(matrix: AnswerMatrix) -> Iterator[tuple[int, Evidence]]:
    """Who gives one answer to most tasks, to which others give others."""
    rows = newest(matrix)
    values, shape = len(matrix.values), (len(matrix.worker_ids), len(matrix.values))
    keys, given = np.unique(matrix.worker[rows] * values + matrix.answer[rows], return_counts=True)
    answers = np.bincount(matrix.worker[rows], minlength=shape[0])
    worker, value = np.divmod(keys, max(values, 1))
    often = (answers[worker] >= ENOUGH) & (given >= MOSTLY * answers[worker])
    worker, value, given = worker[often], value[often], given[often]
    expected = np.array([_of_others(matrix, rows, *each) for each in zip(worker, value, strict=True)])
    n = answers[worker]
    allowed = np.minimum(TOLERANCE + (1 - TOLERANCE) * expected / np.maximum(n, 1), 1.0)
    p = np.ones(int((answers >= ENOUGH).sum()))
    p[: len(given)] = betainc(given, n - given + 1, allowed) if len(given) else 1.0
    for place, q in enumerate(adjusted(p)[: len(given)].tolist()):
        if q <= LEVEL:
            numbers = {"class": matrix.values[value[place]], "given": int(given[place])}
            yield (
                int(worker[place]),
                {"q": rounded(q), **numbers, "expected": rounded(expected[place]), "answers": int(n[place])},
            )


def _of_others(matrix: AnswerMatrix, rows: Any, worker: int, value: int) -> float:
    """On how many of a worker's tasks the answer is to be expected, by the share of others who give
    it there."""
    own = matrix.task[rows & (matrix.worker == worker)]
    others = np.isin(matrix.task, own) & (matrix.worker != worker)
    seen = np.bincount(matrix.task[others], minlength=len(matrix.task_ids))
    same = np.bincount(matrix.task[others & (matrix.answer == value)], minlength=len(matrix.task_ids))
    return float((same[own] / np.maximum(seen[own], 1)).sum())


def copied(matrix: AnswerMatrix, fit: KindFit) -> Iterator[tuple[int, Evidence]]:
    """Who gives the same unlikely answers as somebody else, far more often than others do."""
    if fit.unlikely is None:
        return
    rows = newest(matrix)
    shared = _shared(matrix, np.flatnonzero(rows & fit.unlikely))
    candidates = sorted(pair for pair, times in shared.items() if times >= LEAST_SHARED)
    tasks = {worker: set(matrix.task[rows & (matrix.worker == worker)].tolist()) for worker in {*sum(candidates, ())}}
    common = {pair: len(tasks[pair[0]] & tasks[pair[1]]) for pair in candidates}
    chance = _chance(matrix, rows, shared, candidates, common)
    people = int((np.bincount(matrix.worker[rows], minlength=len(matrix.worker_ids)) > 0).sum())
    pairs = people * (people - 1) / 2
    found: dict[Pair, Evidence] = {}
    for pair in candidates:
        expected = chance * common[pair]
        q = min(1.0, pairs * float(betainc(shared[pair], common[pair] - shared[pair] + 1, chance)))
        if q <= LEVEL and shared[pair] >= TIMES_EXPECTED * expected:
            found[pair] = {
                "q": rounded(q),
                "shared": shared[pair],
                "expected": rounded(expected),
                "common": common[pair],
            }
    yield from _told(matrix, found)


def _shared(matrix: AnswerMatrix, rows: Ints) -> dict[Pair, int]:
    """How many unlikely answers two workers have in common."""
    keys = matrix.task[rows] * len(matrix.values) + matrix.answer[rows]
    order = np.argsort(keys, kind="stable")
    groups = np.split(matrix.worker[rows][order], np.flatnonzero(np.diff(keys[order])) + 1)
    shared: dict[Pair, int] = {}
    for group in groups:
        if 1 < len(group) <= ALIKE:
            for pair in combinations(sorted(group.tolist()), 2):
                shared[pair] = shared.get(pair, 0) + 1
    return shared


def _chance(
    matrix: AnswerMatrix, rows: Any, shared: dict[Pair, int], candidates: list[Pair], common: dict[Pair, int]
) -> float:
    """The probability that two who are not suspected give a task the same unlikely answer."""
    sizes = np.bincount(matrix.task[rows], minlength=len(matrix.task_ids)).astype(np.float64)
    meetings = float((sizes * (sizes - 1) / 2).sum()) - sum(common.values())
    hits = sum(shared.values()) - sum(shared[pair] for pair in candidates)
    return (hits + PRIOR * BEFORE) / (max(meetings, 0.0) + BEFORE)


def _told(matrix: AnswerMatrix, found: dict[Pair, Evidence]) -> Iterator[tuple[int, Evidence]]:
    """The evidence from either side of each pair."""
    for worker in sorted({each for pair in found for each in pair}):
        mine = [(pair, numbers) for pair, numbers in found.items() if worker in pair]
        partners = [
            {"worker": int(matrix.worker_ids[pair[0] if pair[1] == worker else pair[1]]), **numbers}
            for pair, numbers in sorted(mine, key=lambda each: (each[1]["q"], -each[1]["shared"], each[0]))
        ]
        ring = sorted({int(matrix.worker_ids[worker]), *(each["worker"] for each in partners)})
        told = {**partners[0], "ring_size": len(ring), "ring": ring[:RING_NAMED], "partners": partners[:PARTNERS]}
        yield worker, told
