"""From the texts that workers wrote to one text a task."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL, create
from quality.aggregation.codes import Floats
from quality.aggregation.texts import METHODS, TextFit, TextJudge, TextVotes
from quality.aggregation.texts.auto import Auto
from quality.aggregation.texts.sureness import power_of
from quality.evaluation import Unit
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.text.measures import scores, unit_for

SEED = 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit, and what judges texts that come later: in which unit, and how sure to be. `right`
    (answers,) is in the order of the matrix."""

    fit: TextFit
    right: Floats
    unit: Unit
    power: float


def votes_of(matrix: AnswerMatrix, known: Ints, unit: Unit) -> TextVotes:
    """Votes with these known texts (tasks,), which are places of `matrix.values`, or NO_LABEL."""
    told = np.flatnonzero(known != NO_LABEL)
    votes = TextVotes.from_texts(
        matrix.task,
        matrix.worker,
        [matrix.values[place] for place in matrix.answer.tolist()],
        n_tasks=len(matrix.task_ids),
        n_workers=len(matrix.worker_ids),
        known={int(task): matrix.values[known[task]] for task in told},
        unit=unit,
    )
    return votes.shuffled(SEED)


def fit_matrix(matrix: AnswerMatrix, method: str) -> Fitted:
    """The method of this name on all answers. What is drawn by chance depends on the texts alone:
    they are judged later as they are fitted."""
    unit = unit_for(matrix.schema, matrix.values)
    votes = votes_of(matrix, matrix.told, unit)
    fit: TextFit = create(method, methods=METHODS, seed=SEED).fit(votes)
    return _fitted(matrix, votes, fit, _power(matrix, fit, unit))


def judge_matrix(matrix: AnswerMatrix, fitted: bytes | None) -> Fitted:
    """What an earlier fit says of these answers."""
    unpacked = None if fitted is None else _unpacked(fitted, matrix)
    if unpacked is None:
        unit = unit_for(matrix.schema, matrix.values)
        votes = votes_of(matrix, matrix.told, unit)
        return _fitted(matrix, votes, TextJudge.beginner(Auto().choose(votes)[0], votes.n_workers).fit(votes), 1.0)
    judge, unit, power = unpacked
    votes = votes_of(matrix, matrix.told, unit)
    return _fitted(matrix, votes, judge.fit(votes), power)


def packed(matrix: AnswerMatrix, fitted: Fitted) -> bytes:
    """A judge and the workers it knows, as they are stored."""
    buffer, fit = io.BytesIO(), fitted.fit
    parts: dict[str, Any] = {"method": fit.method, "trust": fit.trust, "easy": fit.easy}
    np.savez(buffer, worker_ids=matrix.worker_ids, unit=fitted.unit, power=fitted.power, **parts)
    return buffer.getvalue()


def _unpacked(fitted: bytes, matrix: AnswerMatrix) -> tuple[TextJudge, Unit, float]:
    with np.load(io.BytesIO(fitted), allow_pickle=False) as loaded:
        parts: Mapping[str, Any] = dict(loaded)
    judge = TextJudge(str(parts["method"]), parts["trust"], float(parts["easy"]))
    unit: Unit = "character" if str(parts["unit"]) == "character" else "word"
    return judge.of_workers(matrix.places_among(parts["worker_ids"])), unit, float(parts["power"])


def _fitted(matrix: AnswerMatrix, votes: TextVotes, fit: TextFit, power: float) -> Fitted:
    right = np.empty(len(matrix.task))
    right[np.lexsort((matrix.worker, matrix.task))] = fit.right[np.lexsort((votes.workers, votes.tasks))]
    return Fitted(fit.tempered(power), right, votes.unit, power)


def _power(matrix: AnswerMatrix, fit: TextFit, unit: Unit) -> float:
    """How sure to be, by what is known and the fit would say if it were not told."""
    told = np.flatnonzero((matrix.told != NO_LABEL) & (np.bincount(matrix.task, minlength=len(matrix.task_ids)) > 0))
    if not len(told):
        return 1.0
    rows = np.isin(matrix.task, told)
    some = replace(matrix, task=matrix.task[rows], worker=matrix.worker[rows], answer=matrix.answer[rows])
    votes = votes_of(some, np.full(len(matrix.task_ids), NO_LABEL), unit)
    blind = TextJudge(fit.method, fit.trust, fit.easy).fit(votes)
    right = [matrix.values[place] for place in matrix.told[told].tolist()]
    return power_of(blind.confidence[told], scores(matrix.schema, [blind.labels[task] or "" for task in told], right))
