"""Workers whose way of answering gives them away: too fast, one class, a pattern, guesses. Evidence
in numbers."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.fraud.recent import RARE, Mask, Recent, newest
from quality.kinds.matrix import AnswerMatrix
from quality.reliability import adjusted, expected_alarms, find_constant, find_guessing, find_haste, find_patterns

Evidence = dict[str, Any]
Codes = npt.NDArray[np.integer]
Found = Iterator[tuple[int, Evidence]]

LEVEL = 0.1
"""The share of false alarms to expect among the workers with a flag."""

LIKELY = 0.5
"""Who guesses with at least this probability is said to. Of two classes half the guesses are right:
whoever waits for more certainty than that finds half of those who guess."""

ENOUGH = 10
"""Answers from which on somebody can be accused."""

HASTY = 0.5
"""Only who takes less than this share of the crowd's time is too fast, however surprising the
difference."""

MOSTLY = 0.6
"""Only a class that a worker gives to this share of the tasks is that worker's answer to
everything."""

SHORTEST = 0.05  # seconds; clocks of browsers may tell of none at all


def rounded(value: float) -> float:
    """Three digits are all that anybody reads, and are the same on every machine."""
    return float(f"{value:.3g}")


def too_fast(recent: Recent) -> Found:
    return _too_fast(recent.votes.tasks, recent.votes.workers, recent.seconds, recent.machine)


def hasty(matrix: AnswerMatrix, effort: npt.NDArray[np.float64] | None = None) -> Found:
    """The same by the newest answers of each worker, whatever they are; for the `effort` (answers,)
    that they take, where answers differ in that."""
    rows = np.flatnonzero(newest(matrix))
    seconds = matrix.seconds if effort is None else matrix.seconds / effort
    return _too_fast(matrix.task[rows], matrix.worker[rows], seconds[rows], matrix.machine)


def _too_fast(tasks: Codes, workers: Codes, seconds: npt.NDArray[np.float64], machine: Mask) -> Found:
    timed = np.isfinite(seconds) & ~machine[workers]
    workers = workers[timed]
    haste = find_haste(tasks[timed], workers, np.maximum(seconds[timed], SHORTEST), n_workers=len(machine))
    answers = np.bincount(workers, minlength=len(machine))
    for worker, q in _surprising(haste.p, answers):
        if haste.pace[worker] <= HASTY:
            yield worker, {"q": q, "pace": rounded(haste.pace[worker]), "answers": int(answers[worker])}


def constant(recent: Recent) -> Found:
    constancy = find_constant(recent.votes, recent.posterior, rows=recent.judged)
    answers = recent.answers
    for worker, q in _surprising(constancy.p, answers):
        place, given = int(recent.places[constancy.favourite[worker]]), int(constancy.given[worker])
        if place != RARE and given >= MOSTLY * answers[worker]:
            expected = rounded(constancy.expected[worker])
            yield (
                worker,
                {"q": q, "class": place, "given": given, "expected": expected, "answers": int(answers[worker])},
            )


def pattern(recent: Recent) -> Found:
    rows = np.flatnonzero(recent.judged)
    rows = rows[np.argsort(recent.response[rows], kind="stable")]
    votes = recent.votes
    believed = recent.posterior.argmax(axis=1)[votes.tasks[rows]]
    found = find_patterns(votes.workers[rows], votes.labels[rows], labels=believed, n_workers=votes.n_workers)
    answers = recent.answers
    for worker, q in _surprising(found.p, answers):
        numbers = {"period": int(found.period[worker]), "repeated": int(found.repeated[worker])}
        expected = rounded(found.expected[worker])
        yield worker, {"q": q, **numbers, "expected": expected, "answers": int(answers[worker])}


def guessing(recent: Recent) -> Found:
    found = find_guessing(recent.votes, recent.posterior, rows=recent.judged)
    answers = recent.answers
    enough = np.flatnonzero(answers >= ENOUGH)
    q = expected_alarms(found.posterior[enough])
    likely = found.posterior[enough] >= LIKELY
    for worker, false in zip(enough[likely], q[likely], strict=True):
        knows = {name: rounded(getattr(found, name)[worker]) for name in ("knowledge", "low", "high")}
        yield int(worker), {"q": rounded(false), **knows, "answers": int(answers[worker])}


def _surprising(p: npt.NDArray[np.float64], answers: npt.NDArray[np.int64]) -> Iterator[tuple[int, float]]:
    """Workers with enough answers whose q, among all of them, is small."""
    enough = np.flatnonzero(answers >= ENOUGH)
    q = adjusted(p[enough])
    for worker, false in zip(enough[q <= LEVEL], q[q <= LEVEL], strict=True):
        yield int(worker), rounded(false)
