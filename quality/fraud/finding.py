"""Workers whose answers look dishonest: flags with the evidence for them, and an alarm when they are too many.

A flag accuses nobody by itself: it says what was seen, in numbers, to an owner who decides.

**What can be seen without gold.** All tests compare a worker with what the other answers say of the same tasks. That
works while honest workers are the most, or while the dishonest ones each go their own way. Those who agree on wrong
answers and give most of the answers *are* the consensus: then honest workers look contrary, and it is they who share
"mistakes". No statistic of the answers can tell the two camps apart; that there are two camps is all that shows.
**What gold adds.** On a known task an answer is right or wrong whatever the others say, and models of workers learn
from these which camp to believe. Where most answers to gold are wrong too often, the crowd is taken for `turned`, and
workers are judged by known tasks alone. The alarm takes the word of gold before that of any flag; flags stay, because
who recognises gold tasks, answers those well and the others badly is seen only by the crowd.
**Never seen**: copies of right answers, and a bot that is as good as the workers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import betainc, softmax

from quality.aggregation import NO_LABEL, Fit
from quality.answers.matrix import Ballot, Ints
from quality.evaluation.accuracy import JEFFREYS
from quality.fraud.habits import ENOUGH, LEVEL, constant, guessing, pattern, rounded, too_fast
from quality.fraud.recent import Floats, recent_answers
from quality.fraud.rings import find_rings
from quality.reliability import SequentialTest, Verdict, expected_alarms

Evidence = dict[str, Any]

HABITS = {"too_fast": too_fast, "constant": constant, "pattern": pattern, "guessing": guessing}
ADVERSARIAL = {"worse_than_chance", "constant", "pattern", "guessing", "copying", "one_source"}
"""Flags of answers that mislead or say nothing; haste alone may be skill."""

SEEN = 4
"""Answers that others, or gold, must have judged before somebody is said to be worse than chance."""

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

    evidence: one entry a worker of the ballot: flag → evidence in numbers; workers are named by their keys, classes by
        their place in the project's schema.
    alarm: empty, or how many `workers` with enough answers there are, how many look `adversarial`, and their `share`.
    """

    evidence: list[dict[str, Evidence]]
    alarm: dict[str, Any]


def find_fraud(ballot: Ballot, fit: Fit) -> Fraud:
    """Flags of each worker, and the alarm.

    Every test allows for all workers that it is made on: of those with a flag, one in ten is expected to be honest
    (`q`, the false discovery rate); guessing is said of those of whom it is more likely than not. Workers are judged by
    their newest answers (`recent`), so that a project of millions takes no longer, and what somebody did long ago is
    forgiven. The order in which workers answered, one among the others, changes nothing as long as there are no more
    answers than that.
    """
    evidence: list[dict[str, Evidence]] = [{} for _ in ballot.worker_ids]
    if (~ballot.machine).any():
        for worker, flag, numbers in _found(*_believable(ballot, fit)):
            evidence[worker][flag] = numbers
    return Fraud(evidence, _alarm(ballot, evidence))


def _believable(ballot: Ballot, fit: Fit) -> tuple[Ballot, Floats]:
    """The answers to judge by, and (tasks, classes) what is believed of their tasks."""
    if not _turned(ballot):
        return ballot, fit.posterior
    kept = ballot.known != NO_LABEL
    rows = kept[ballot.task]
    tasks = {name: getattr(ballot, name)[kept] for name in ("task_ids", "revisions", "gold", "drawn", "adjudicated")}
    answers = {name: getattr(ballot, name)[rows] for name in ("worker", "label", "response", "seconds")}
    known = replace(ballot, **tasks, **answers, task=(np.cumsum(kept) - 1)[ballot.task[rows]])
    return known, np.eye(ballot.n_classes)[known.known]


def _turned(ballot: Ballot) -> bool:
    """Whether most answers are wrong on many of the gold tasks that several people answered."""
    rows = (ballot.gold != NO_LABEL)[ballot.task] & ~ballot.machine[ballot.worker]
    task, right = ballot.task[rows], ballot.known[ballot.task[rows]] == ballot.label[rows]
    given = np.bincount(task, minlength=len(ballot.task_ids))
    several = given >= SEVERAL
    wrong = several & (np.bincount(task, right, len(given)) < given / 2)
    return int(several.sum()) >= SEEN and int(wrong.sum()) > ALARMING * int(several.sum())


def _found(ballot: Ballot, posterior: Floats) -> Iterator[tuple[int, str, Evidence]]:
    recent = recent_answers(ballot, posterior)
    rings = find_rings(recent, ballot.worker_ids)
    for flag, found in rings.items():
        for worker, numbers in found.items():
            yield worker, flag, numbers
    if rings["copying"]:
        posterior = _beside(ballot, posterior, list(rings["copying"]))
        recent = recent_answers(ballot, posterior)
    for worker, numbers in _worse_than_chance(ballot, posterior):
        yield worker, "worse_than_chance", numbers
    for flag, habit in HABITS.items():
        for worker, numbers in habit(recent):
            yield worker, flag, numbers


def _beside(ballot: Ballot, posterior: Floats, ring: list[int]) -> Floats:
    """(tasks, classes) what is believed of each task; of those that workers of a ring answered, what the others say
    there, as the fit may have come to trust the ring above all."""
    others = np.ones(len(ballot.worker_ids), dtype=bool)
    others[ring] = False
    rows = others[ballot.worker]
    touched = np.zeros(len(ballot.task_ids), dtype=bool)
    touched[ballot.task[~rows]] = True
    touched &= (ballot.known == NO_LABEL) & (np.bincount(ballot.task[rows], minlength=len(touched)) > 0)
    place, rows = np.cumsum(touched) - 1, rows & touched[ballot.task]
    shape = int(touched.sum()), ballot.n_classes
    cells = place[ballot.task[rows]] * shape[1] + ballot.label[rows]
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    beside = posterior.copy()
    beside[touched] = softmax(counts * np.log(TRUST * max(shape[1] - 1, 1) / (1 - TRUST)), axis=1)
    return beside


def _worse_than_chance(ballot: Ballot, posterior: Floats) -> Iterator[tuple[int, Evidence]]:
    """Workers whose share of right answers is below that of blind guesses; answers that nobody else gave on a task say
    nothing."""
    known = ballot.known[ballot.task]
    right = np.where(known != NO_LABEL, known == ballot.label, posterior[ballot.task, ballot.label])
    judged = (known != NO_LABEL) | (np.bincount(ballot.task, minlength=len(ballot.task_ids))[ballot.task] > 1)
    rights, seen = _counts(ballot, judged, right), _counts(ballot, judged)
    chance = 1 / ballot.n_classes
    worse = betainc(rights + JEFFREYS, np.maximum(seen - rights, 0) + JEFFREYS, chance)
    enough = np.flatnonzero((seen >= SEEN) & ~ballot.machine)
    q = expected_alarms(worse[enough])
    for worker, false in zip(enough, q, strict=True):
        if false <= LEVEL and worse[worker] >= 1 - LEVEL:
            numbers = {"right": rounded(rights[worker]), "seen": int(seen[worker]), "chance": rounded(chance)}
            yield int(worker), {"q": rounded(false), **numbers}


def _alarm(ballot: Ballot, evidence: list[dict[str, Evidence]]) -> dict[str, Any]:
    """Who has answered gold tasks is judged by those alone where that is enough to tell; the others by their flags."""
    verdict = _by_gold(ballot)
    suspect = np.array([bool(ADVERSARIAL & flags.keys()) for flags in evidence], dtype=bool)
    adversarial = (verdict == Verdict.UNRELIABLE) | (suspect & (verdict != Verdict.RELIABLE))
    counted = ~ballot.machine & (np.bincount(ballot.worker, minlength=len(evidence)) >= ENOUGH)
    workers, found = int(counted.sum()), int((adversarial & counted).sum())
    if workers < FEWEST or found <= ALARMING * workers:
        return {}
    return {"adversarial": found, "workers": workers, "share": rounded(found / workers)}


def _by_gold(ballot: Ballot) -> Any:
    """(workers,) verdicts from answers to gold; decided disputes are left out, as they are harder than the rest."""
    if ballot.n_classes < 2:
        return np.full(len(ballot.worker_ids), Verdict.UNKNOWN)
    on_gold = ballot.gold[ballot.task] != NO_LABEL
    right = ballot.known[ballot.task] == ballot.label
    seen = _counts(ballot, on_gold)
    return SequentialTest.for_classes(ballot.n_classes).judge(_counts(ballot, on_gold, right), seen).verdict


def _counts(ballot: Ballot, rows: Any, weights: Any = None) -> Ints | Any:
    """(workers,) how many of these answers each worker gave, or how much they weigh."""
    weighed = None if weights is None else weights[rows]
    return np.bincount(ballot.worker[rows], weighed, minlength=len(ballot.worker_ids))
