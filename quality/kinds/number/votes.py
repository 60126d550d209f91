"""From the numbers that workers gave to one number a task."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL, create
from quality.aggregation.codes import Floats
from quality.aggregation.numeric import METHODS, NumericFit, NumericVotes
from quality.aggregation.numeric.judge import NumericJudge
from quality.aggregation.numeric.nearness import USUAL, Nearness, Windows
from quality.kinds.matrix import AnswerMatrix, Ints
from quality.kinds.number.tolerance import chance, tolerances, within

IMAGINED = 10.0
"""Known values that are imagined to have been as far off as the fit takes them to be."""

LARGEST_ERROR = 5.0
"""Deviations that an error counts as at most: one slip of the keyboard widens nothing for all."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit; what judges answers that come later; and how probable it is of each answer (answers,)
    and each label (tasks,) that it counts as right."""

    fit: NumericFit
    judge: NumericJudge
    nearness: Nearness
    right: Floats
    confidence: Floats


def votes_of(matrix: AnswerMatrix, known: Ints) -> NumericVotes:
    """Votes with these known values, which are places of `matrix.values`, or NO_LABEL."""
    values = values_of(matrix)
    return NumericVotes.from_codes(
        matrix.task,
        matrix.worker,
        values[matrix.answer],
        n_tasks=len(matrix.task_ids),
        n_workers=len(matrix.worker_ids),
        known=at_places(values, known),
    )


def values_of(matrix: AnswerMatrix) -> Floats:
    """(values,) what was answered."""
    return np.array(matrix.values, dtype=np.float64)


def at_places(values: Floats, places: Ints) -> Floats:
    """The values at these places; nan where there is none."""
    return np.append(values, np.nan)[np.where(places == NO_LABEL, len(values), places)]


def fit_matrix(matrix: AnswerMatrix, method: str) -> Fitted:
    """The method of this name on all answers, with what is known in the place of what it says."""
    votes = votes_of(matrix, matrix.told)
    made = create(method, methods=METHODS)
    fit: NumericFit = made.fit(votes)
    fit = _as_sure_as_known_values_show(votes, fit, made)
    return _near(matrix, with_known(matrix, fit), NumericJudge.of(fit, votes), None)


def judge_matrix(matrix: AnswerMatrix, fitted: bytes | None) -> Fitted:
    """What an earlier fit says of these answers."""
    votes = votes_of(matrix, matrix.told)
    judge, nearness = NumericJudge.beginner(votes), Nearness(np.full(votes.n_workers, USUAL), chance(matrix.schema))
    if fitted is not None:
        judge, nearness = _unpacked(fitted, matrix)
    return _near(matrix, with_known(matrix, judge.fit(votes)), judge, nearness)


def _near(matrix: AnswerMatrix, fit: NumericFit, judge: NumericJudge, nearness: Nearness | None) -> Fitted:
    votes = votes_of(matrix, matrix.known)
    windows = Windows.of(votes, tolerances(matrix.schema, votes.values))
    on_known = within(matrix.schema, votes.values, votes.known[votes.tasks])
    nearness = nearness or Nearness.learnt(votes, windows, chance(matrix.schema), on_known)
    near = np.where(np.isnan(on_known), nearness.of_votes(votes, windows), on_known)
    confidence = nearness.of_labels(votes, windows, fit.labels, tolerances(matrix.schema, fit.labels))
    right = np.empty(len(near))
    right[votes_order(matrix)] = near
    return Fitted(fit, judge, nearness, right, np.where(votes.is_known, 1.0, confidence))


def votes_order(matrix: AnswerMatrix) -> Ints:
    """(answers,) the place among the answers of each of the votes, which have an order of their
    own."""
    return np.lexsort((values_of(matrix)[matrix.answer], matrix.worker, matrix.task))


def packed(matrix: AnswerMatrix, made: Fitted) -> bytes:
    """What judges later answers and the workers it knows, as they are stored."""
    buffer = io.BytesIO()
    parts: dict[str, Any] = {name: getattr(made.judge, name) for name in ("weight", "bias", "noise", "takes_medians")}
    parts |= {"accuracy": made.nearness.accuracy, "worker_ids": matrix.worker_ids}
    np.savez(buffer, **parts)
    return buffer.getvalue()


def _unpacked(fitted: bytes, matrix: AnswerMatrix) -> tuple[NumericJudge, Nearness]:
    with np.load(io.BytesIO(fitted), allow_pickle=False) as loaded:
        parts: Mapping[str, Any] = dict(loaded)
    judge = NumericJudge(parts["weight"], parts["bias"], float(parts["noise"]), bool(parts["takes_medians"]))
    places = matrix.places_among(parts["worker_ids"])
    average = parts["accuracy"].mean() if len(parts["accuracy"]) else USUAL
    nearness = Nearness(np.append(parts["accuracy"], average)[places], chance(matrix.schema))
    return judge.of_workers(places), nearness


def with_known(matrix: AnswerMatrix, fit: NumericFit) -> NumericFit:
    """The fit, in which what is known of a task is certain."""
    known = at_places(values_of(matrix), matrix.known)
    certain = ~np.isnan(known)
    return replace(fit, labels=np.where(certain, known, fit.labels), deviation=np.where(certain, 0.0, fit.deviation))


def _as_sure_as_known_values_show(votes: NumericVotes, fit: NumericFit, made: Any) -> NumericFit:
    """The fit with deviations as wide as the errors are that it makes on known values, when it is
    not told them."""
    told = np.flatnonzero(votes.is_known & (votes.per_task > 0))
    if not len(told):
        return fit
    blind: NumericFit = made.fit(votes.knowing(np.full(votes.n_tasks, np.nan)))
    sure = blind.deviation[told]
    far = ((blind.labels[told] - votes.known[told]) / np.where(sure > 0, sure, np.inf)) ** 2
    wider = float(np.sqrt((np.minimum(far, LARGEST_ERROR**2).sum() + IMAGINED) / (len(told) + IMAGINED)))
    return replace(fit, deviation=fit.deviation * wider)
