"""From the spans that workers marked to one set of spans a task."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL, create
from quality.aggregation.codes import Floats
from quality.aggregation.grouped import sums
from quality.aggregation.spans import METHODS, Rates, SpanFit, SpanShare, SpanVotes, Sureness
from quality.evaluation.spans import Spans, merged
from quality.kinds.matrix import AnswerMatrix, Ints


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is believed, known answers in their place; the votes it is of; and what was learnt."""

    fit: SpanFit
    votes: SpanVotes
    judge: SpanShare
    chance: float


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """All marks of the values of a matrix, by the places of these. start, end, kind: (marks,);
    first: (values + 1,) where those of each value begin."""

    start: Ints
    end: Ints
    kind: Ints
    first: Ints

    @classmethod
    def of(cls, matrix: AnswerMatrix) -> "Marks":
        rows = [mark for value in matrix.values for mark in value]
        start, end, kind = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        return cls(start, end, kind, np.cumsum([0, *map(len, matrix.values)]))

    def of_values(self, places: Ints) -> tuple[Ints, Ints]:
        """For each mark of each of these values, in order: the place among `places`, and the
        mark."""
        counts = self.first[places + 1] - self.first[places]
        owner = np.repeat(np.arange(len(places)), counts)
        before = np.cumsum(counts) - counts
        return owner, np.arange(len(owner)) - before[owner] + self.first[places][owner]


def votes_of(matrix: AnswerMatrix, known: Ints) -> SpanVotes:
    """Votes with these known values, which are places of `matrix.values`, or NO_LABEL."""
    marks = Marks.of(matrix)
    owner, mark = marks.of_values(matrix.answer)
    told = np.flatnonzero(known != NO_LABEL)
    true_owner, true = marks.of_values(known[told])
    return SpanVotes.from_codes(
        matrix.task[owner],
        matrix.worker[owner],
        marks.start[mark],
        marks.end[mark],
        marks.kind[mark],
        n_tasks=len(matrix.task_ids),
        n_workers=len(matrix.worker_ids),
        n_classes=matrix.schema["next_number"],
        seen=(matrix.task, matrix.worker),
        known=Spans.from_rows(told[true_owner], marks.start[true], marks.end[true], marks.kind[true]),
        known_tasks=told,
    )


def fit_matrix(matrix: AnswerMatrix, method: str) -> Fitted:
    """The method of this name on all answers, with what is known in the place of what it says."""
    fit: SpanFit = create(method, methods=METHODS).fit(votes_of(matrix, matrix.told))
    judge = SpanShare(fit.judge.threshold, fit.judge.sureness)
    made = _judged(matrix, judge, _share_of_empty(matrix))
    return replace(made, fit=replace(made.fit, method=method, reason=fit.reason))


def judge_matrix(matrix: AnswerMatrix, fitted: bytes | None) -> Fitted:
    """What an earlier fit says of these answers."""
    if fitted is None:
        return fit_matrix(matrix, "auto")
    judge, chance = _unpacked(fitted)
    return _judged(matrix, judge, chance)


def _judged(matrix: AnswerMatrix, judge: SpanShare, chance: float) -> Fitted:
    votes = votes_of(matrix, matrix.known)
    return Fitted(judge.fit(votes), votes, judge, chance)


def packed(made: Fitted) -> bytes:
    """What was learnt of the crowd, as it is stored."""
    sureness = made.judge.sureness
    if sureness is None or made.judge.threshold is None:
        raise TypeError("nothing was learnt")
    rates = [[each.often, each.seldom, each.odds] for each in (sureness.places, sureness.texts)]
    buffer = io.BytesIO()
    rest = [made.judge.threshold, sureness.true_places, sureness.shift, made.chance]
    np.savez(buffer, rates=np.array(rates), rest=np.array(rest))
    return buffer.getvalue()


def _unpacked(fitted: bytes) -> tuple[SpanShare, float]:
    with np.load(io.BytesIO(fitted), allow_pickle=False) as loaded:
        parts: Mapping[str, Any] = dict(loaded)
    places, texts = (Rates(*each) for each in parts["rates"].tolist())
    threshold, true_places, shift, chance = parts["rest"].tolist()
    return SpanShare(threshold, Sureness(places, texts, true_places, shift)), chance


def _share_of_empty(matrix: AnswerMatrix) -> float:
    """The share of known tasks with nothing to mark, where who never marks anything is right."""
    known = matrix.gold[matrix.gold != NO_LABEL]
    empty = np.array([not value for value in matrix.values], dtype=bool)
    return float(empty[known].sum() / (len(known) + 1))


def expected_f1(made: Fitted, matrix: AnswerMatrix) -> Floats:
    """(answers,) the F1 of the places that each marks: as it is on known tasks, and as it is to be
    expected elsewhere."""
    segments, beliefs, votes = made.fit.segments, made.fit.beliefs, made.votes
    marks = Marks.of(matrix)
    owner, mark = marks.of_values(matrix.answer)
    reach = int(max(segments.end.max(initial=0), marks.end.max(initial=0))) + 1
    group = owner * votes.n_classes + marks.kind[mark]
    group, start, end = merged(group, marks.start[mark], marks.end[mark])
    answer, kind = group // votes.n_classes, group % votes.n_classes
    text = (matrix.task[answer] * votes.n_classes + kind) * reach
    true = np.append(0.0, np.cumsum(segments.length * beliefs.probability))
    places = (segments.task * votes.n_classes + segments.kind) * reach + segments.start
    right = true[np.searchsorted(places, text + end)] - true[np.searchsorted(places, text + start)]
    n_answers = len(matrix.task)
    marked = sums(answer, (end - start).astype(np.float64), n_answers)
    whole = marked + beliefs.true_places[matrix.task]
    f1 = np.divide(2 * sums(answer, right, n_answers), whole, out=np.zeros(n_answers), where=marked > 0)
    return np.where(marked > 0, f1, beliefs.empty[matrix.task])
