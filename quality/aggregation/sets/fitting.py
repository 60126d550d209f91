"""All of it in turn: from cells to labels and what is believed of them."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.sets.beliefs import Beliefs, believe
from quality.aggregation.sets.calibration import Lesson, learn_lesson, learn_sureness
from quality.aggregation.sets.cells import Bools, Cells, Ints, Sets
from quality.aggregation.sets.learning import learn_rates
from quality.aggregation.sets.rates import Rates
from quality.aggregation.sets.taking import Seen, score, thresholds


@dataclass(frozen=True, slots=True, eq=False)
class SetJudge:
    """What a fit has learnt. thresholds: (classes,) from which score of the method a class is
    taken."""

    method: str
    rates: Rates
    lesson: Lesson
    thresholds: Floats

    @classmethod
    def beginner(cls, cells: Cells) -> "SetJudge":
        """Before the first fit."""
        rates, lesson = Rates.beginner(cells), Lesson.none(cells.n_kinds)
        seen = Seen(cells, np.zeros(len(cells.task)), taught=False)
        unknown = np.full(len(cells.task), np.nan)
        return cls("auto", rates, lesson, thresholds("auto", seen, seen.probability, unknown)[0])

    def fit(self, cells: Cells) -> "SetFit":
        """What it says of answers, which may be new ones."""
        return _judged(cells, self, believe(cells, self.rates))


@dataclass(frozen=True, slots=True, eq=False)
class SetFit:
    """What is believed of each task.

    probability: (cells,) that the class applies; taken: (cells,) whether it is in the label.
    unseen: (tasks,) classes that apply and that nobody ticked, in expectation. missed: (tasks,)
        what the share of such a class is multiplied by. confidence: (tasks,) that the whole set is
        right.
    """

    cells: Cells
    judge: SetJudge
    probability: Floats
    taken: Bools
    unseen: Floats
    missed: Floats
    confidence: Floats
    reason: str = ""
    rounds: int = 0


def fit_sets(cells: Cells, sets: Sets, known: Ints, method: str, history: Floats) -> SetFit:
    """known: (tasks,) the set of each task from which may be learnt, as a place in `sets`, or -1.
    history: (2, workers) right answers and all that each worker is credited with."""
    truth = np.where(cells.answers[cells.task] > 0, cells.known(known, sets), np.nan)
    rates, rounds = learn_rates(cells, history)
    beliefs = believe(cells, rates)
    told, tasks = ~np.isnan(truth), np.flatnonzero((known >= 0) & (cells.answers > 0))
    lesson = learn_lesson(beliefs.log_odds[told], cells.kind[told], truth[told] == 1, cells.n_kinds, len(tasks))
    seen = Seen(cells, beliefs.probability(cells, lesson), taught=bool(len(tasks)))
    limits, reason = thresholds(method, seen, score(method, seen), truth)
    found = _judged(cells, SetJudge(method, rates, lesson, limits), beliefs)
    return replace(_as_sure_as_known(found, truth, tasks), reason=reason, rounds=rounds)


def _as_sure_as_known(found: SetFit, truth: Floats, tasks: Ints) -> SetFit:
    """The fit, whose sets are as sure as those of these tasks are right, whose truth is known."""
    if not len(tasks):
        return found
    wrong = np.bincount(found.cells.task, found.taken != (truth == 1), minlength=len(found.confidence))
    power, shift = learn_sureness(found.confidence[tasks], wrong[tasks] == 0)
    lesson = replace(found.judge.lesson, set_power=power, set_shift=shift)
    judge = replace(found.judge, lesson=lesson)
    return replace(found, judge=judge, confidence=lesson.of_sets(found.confidence))


def _judged(cells: Cells, judge: SetJudge, beliefs: Beliefs) -> SetFit:
    probability = beliefs.probability(cells, judge.lesson)
    scores = score(judge.method, Seen(cells, probability, taught=judge.lesson.known > 0))
    taken = (scores >= judge.thresholds[cells.kind]) & (cells.ticks > 0)
    confidence = beliefs.confidence(cells, probability, taken, judge.lesson)
    return SetFit(cells, judge, probability, taken, beliefs.unseen, beliefs.missed, confidence)
