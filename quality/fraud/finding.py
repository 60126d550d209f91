"""Workers whose answers look dishonest: flags with the evidence for them, and an alarm when they
are too many.

A flag accuses nobody by itself: it says what was seen, in numbers, to an owner who decides.

**What can be seen without gold.** All tests compare a worker with what the other answers say of the
same tasks. That works while honest workers are the most, or while the dishonest ones each go their
own way. Those who agree on wrong answers and give most of the answers *are* the consensus: then
honest workers look contrary, and it is they who share "mistakes". No statistic of the answers can
tell the two camps apart; that there are two camps is all that shows. **What gold adds.** On a known
task an answer is right or wrong whatever the others say, and models of workers learn from these
which camp to believe. Where most answers to gold are wrong too often, the crowd is taken for
`turned`, and workers are judged by known tasks alone. The alarm takes the word of gold before that
of any flag; flags stay, because who recognises gold tasks, answers those well and the others badly
is seen only by the crowd. **Never seen**: copies of right answers, and a bot that is as good as the
workers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import betainc, softmax

from quality.aggregation import NO_LABEL, Fit
from quality.evaluation.accuracy import JEFFREYS
from quality.fraud.behaviour import ENOUGH, LEVEL, constant, guessing, hasty, pattern, rounded, too_fast
from quality.fraud.collusion import find_rings
from quality.fraud.recent import Floats, recent_answers
from quality.fraud.wording import copied, same_to_everything
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.protocol import KindFit
from quality.reliability import SequentialTest, Verdict, expected_alarms

Evidence = dict[str, Any]

HABITS = {"too_fast": too_fast, "constant": constant, "pattern": pattern, "guessing": guessing}
ADVERSARIAL = {"worse_than_chance", "constant", "pattern", "guessing", "copying", "one_source"}
"""Flags of answers that mislead or say nothing; haste alone may be skill."""

SEEN = 4
"""Answers that others, or gold, must have judged before somebody is said to be worse than
chance."""

SEVERAL = 3
"""Answers on a gold task that show what the crowd takes it for."""

TRUST = 0.75
"""How often an answer is right, where everybody has to be trusted alike."""

ALARMING = 0.4
FEWEST = 5
"""Workers with enough answers that an alarm needs."""


@dataclass(frozen=True, slots=True)
class Fraud:
    """What was found, fit to be stored as JSON.

    evidence: one entry a worker of the matrix: flag → evidence in numbers; workers are named by
        their keys, answers as they are stored.
    alarm: empty, or how many `workers` with enough answers there are, how many look `adversarial`,
        and their `share`.
    """

    evidence: list[dict[str, Evidence]]
    alarm: dict[str, Any]


def find_fraud(matrix: AnswerMatrix, fit: KindFit) -> Fraud:
    """Flags of each worker, and the alarm.

    Every test allows for all workers that it is made on: of those with a flag, one in ten is
    expected to be honest (`q`, the false discovery rate); guessing is said of those of whom it is
    more likely than not. Workers are judged by their newest answers (`recent`), so that a project
    of millions takes no longer, and what somebody did long ago is forgiven. The order in which
    workers answered, one among the others, changes nothing as long as there are no more answers
    than that.
    """
    evidence: list[dict[str, Evidence]] = [{} for _ in matrix.worker_ids]
    if (~matrix.machine).any():
        for worker, flag, numbers in _found(*_believable(matrix, fit.classes)) if fit.classes else _seen(matrix, fit):
            evidence[worker][flag] = numbers
    return Fraud(evidence, _alarm(matrix, fit, evidence))


def _seen(matrix: AnswerMatrix, fit: KindFit) -> Iterator[tuple[int, str, Evidence]]:
    """What shows whatever the answers are: that they take too little time, and that they are worse
    than guesses; and where the kind has unlikely ones, that they are copies, or always the same."""
    judged = (matrix.known != NO_LABEL) | (np.bincount(matrix.task, minlength=len(matrix.task_ids)) > 1)
    right = fit.right >= fit.right_from
    for worker, numbers in _worse_than_chance(matrix, right, judged[matrix.task], fit.chance):
        yield worker, "worse_than_chance", numbers
    for worker, numbers in hasty(matrix, fit.effort):
        yield worker, "too_fast", numbers
    if fit.unlikely is not None:
        for worker, numbers in same_to_everything(matrix):
            yield worker, "constant", numbers
        for worker, numbers in copied(matrix, fit):
            yield worker, "copying", numbers


def _believable(matrix: AnswerMatrix, fit: Fit) -> tuple[AnswerMatrix, Floats]:
    """The answers to judge by, and (tasks, classes) what is believed of their tasks."""
    if not _turned(matrix):
        return matrix, fit.posterior
    kept = matrix.known != NO_LABEL
    rows = kept[matrix.task]
    tasks = {name: getattr(matrix, name)[kept] for name in ("task_ids", "revisions", "gold", "drawn", "adjudicated")}
    answers = {name: getattr(matrix, name)[rows] for name in ("worker", "answer", "response", "seconds")}
    known = replace(matrix, **tasks, **answers, task=(np.cumsum(kept) - 1)[matrix.task[rows]])
    return known, np.eye(matrix.n_classes)[known.known]


def _turned(matrix: AnswerMatrix) -> bool:
    """Whether most answers are wrong on many of the gold tasks that several people answered."""
    rows = (matrix.gold != NO_LABEL)[matrix.task] & ~matrix.machine[matrix.worker]
    task, right = matrix.task[rows], matrix.known[matrix.task[rows]] == matrix.answer[rows]
    given = np.bincount(task, minlength=len(matrix.task_ids))
    several = given >= SEVERAL
    wrong = several & (np.bincount(task, right, len(given)) < given / 2)
    return int(several.sum()) >= SEEN and int(wrong.sum()) > ALARMING * int(several.sum())


def _found(matrix: AnswerMatrix, posterior: Floats) -> Iterator[tuple[int, str, Evidence]]:
    recent = recent_answers(matrix, posterior)
    rings = find_rings(recent, matrix.worker_ids)
    for flag, found in rings.items():
        for worker, numbers in found.items():
            yield worker, flag, numbers
    if rings["copying"]:
        posterior = _beside(matrix, posterior, list(rings["copying"]))
        recent = recent_answers(matrix, posterior)
    known = matrix.known[matrix.task]
    right = np.where(known != NO_LABEL, known == matrix.answer, posterior[matrix.task, matrix.answer])
    judged = (known != NO_LABEL) | (np.bincount(matrix.task, minlength=len(matrix.task_ids))[matrix.task] > 1)
    for worker, numbers in _worse_than_chance(matrix, right, judged, 1 / matrix.n_classes):
        yield worker, "worse_than_chance", numbers
    for flag, habit in HABITS.items():
        for worker, numbers in habit(recent):
            if "class" in numbers:
                numbers["class"] = matrix.values[numbers["class"]]
            yield worker, flag, numbers


def _beside(matrix: AnswerMatrix, posterior: Floats, ring: list[int]) -> Floats:
    """(tasks, classes) what is believed of each task; of those that workers of a ring answered,
    what the others say there, as the fit may have come to trust the ring above all."""
    others = np.ones(len(matrix.worker_ids), dtype=bool)
    others[ring] = False
    rows = others[matrix.worker]
    touched = np.zeros(len(matrix.task_ids), dtype=bool)
    touched[matrix.task[~rows]] = True
    touched &= (matrix.known == NO_LABEL) & (np.bincount(matrix.task[rows], minlength=len(touched)) > 0)
    place, rows = np.cumsum(touched) - 1, rows & touched[matrix.task]
    shape = int(touched.sum()), matrix.n_classes
    cells = place[matrix.task[rows]] * shape[1] + matrix.answer[rows]
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    beside = posterior.copy()
    beside[touched] = softmax(counts * np.log(TRUST * max(shape[1] - 1, 1) / (1 - TRUST)), axis=1)
    return beside


def _worse_than_chance(matrix: AnswerMatrix, right: Any, judged: Any, chance: float) -> Iterator[tuple[int, Evidence]]:
    """Workers whose share of right answers is below that of blind guesses. `right` and `judged`
    (answers,): how right each is, and whether others, or gold, say so."""
    rights, seen = _counts(matrix, judged, right), _counts(matrix, judged)
    worse = betainc(rights + JEFFREYS, np.maximum(seen - rights, 0) + JEFFREYS, chance)
    enough = np.flatnonzero((seen >= SEEN) & ~matrix.machine)
    q = expected_alarms(worse[enough])
    for worker, false in zip(enough, q, strict=True):
        if false <= LEVEL and worse[worker] >= 1 - LEVEL:
            numbers = {"right": rounded(rights[worker]), "seen": int(seen[worker]), "chance": rounded(chance)}
            yield int(worker), {"q": rounded(false), **numbers}


def _alarm(matrix: AnswerMatrix, fit: KindFit, evidence: list[dict[str, Evidence]]) -> dict[str, Any]:
    """Who has answered gold tasks is judged by those alone where that is enough to tell; the others
    by their flags."""
    verdict = _by_gold(matrix, fit)
    suspect = np.array([bool(ADVERSARIAL & flags.keys()) for flags in evidence], dtype=bool)
    adversarial = (verdict == Verdict.UNRELIABLE) | (suspect & (verdict != Verdict.RELIABLE))
    counted = ~matrix.machine & (np.bincount(matrix.worker, minlength=len(evidence)) >= ENOUGH)
    workers, found = int(counted.sum()), int((adversarial & counted).sum())
    if workers < FEWEST or found <= ALARMING * workers:
        return {}
    return {"adversarial": found, "workers": workers, "share": rounded(found / workers)}


def _by_gold(matrix: AnswerMatrix, fit: KindFit) -> Any:
    """(workers,) verdicts from answers to gold; decided disputes are left out, as they are harder
    than the rest."""
    if fit.chance >= 1:
        return np.full(len(matrix.worker_ids), Verdict.UNKNOWN)
    on_gold = matrix.gold[matrix.task] != NO_LABEL
    right = fit.right >= fit.right_from
    seen = _counts(matrix, on_gold)
    return SequentialTest.for_chance(fit.chance).judge(_counts(matrix, on_gold, right), seen).verdict


def _counts(matrix: AnswerMatrix, rows: Any, weights: Any = None) -> Ints | Any:
    """(workers,) how many of these answers each worker gave, or how much they weigh."""
    weighed = None if weights is None else weights[rows]
    return np.bincount(matrix.worker[rows], weighed, minlength=len(matrix.worker_ids))
