"""How right an answer is that is a set of spans, and how far workers agree by spans."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL
from quality.agreement import measure_distances, span_distance
from quality.evaluation.spans import Spans, score_characters
from quality.kinds.choice.measures import told
from quality.kinds.matrix import AnswerMatrix, Floats
from quality.kinds.spans.answers import Mark

RIGHT_FROM = 0.75
"""Who misses the ends by a little, or overlooks one of three, is right."""

Answer = Sequence[Mark]


def score(given: Answer, right: Answer) -> float:
    """F1 of the characters in spans, each with its class: part of a span is partly right. 1 where
    both say that there is nothing."""
    if not given and not right:
        return 1.0
    return score_characters(_spans(right), _spans(given)).f1


def _spans(answer: Answer) -> Spans:
    start, end, kind = np.array([mark[:3] for mark in answer], dtype=np.int64).reshape(-1, 3).T
    return Spans.from_rows(np.zeros(len(start), dtype=np.int64), start, end, kind)


def scores_on_gold(matrix: AnswerMatrix) -> Floats:
    """(answers,) the score of each by the gold of its task; nan where there is none."""
    scores = np.full(len(matrix.answer), np.nan)
    gold = matrix.gold[matrix.task]
    found: dict[tuple[int, int], float] = {}
    for row in np.flatnonzero(gold != NO_LABEL).tolist():
        pair = int(matrix.answer[row]), int(gold[row])
        if pair not in found:
            found[pair] = score(matrix.values[pair[0]], matrix.values[pair[1]])
        scores[row] = found[pair]
    return scores


MOST_PAIRED = 200
"""Spans of an answer up to which they are matched one by one; of more, the characters are
compared."""


def distance(one: Answer, other: Answer) -> float:
    """How far two answers are apart: 1 less the overlap of matched spans of a class, by the larger
    number of spans."""
    if max(len(one), len(other)) > MOST_PAIRED:
        return 1 - score(one, other)
    classes = sorted({mark[2] for mark in (*one, *other)})
    shift = 1 + max((mark[1] for mark in (*one, *other)), default=0)
    return span_distance(*([_beside(each, classes, shift) for each in (one, other)]))


def _beside(answer: Answer, classes: Sequence[int], shift: int) -> list[tuple[int, int]]:
    """Spans of different classes laid out apart, so that they never overlap."""
    place = {number: shift * row for row, number in enumerate(classes)}
    return [(mark[0] + place[mark[2]], mark[1] + place[mark[2]]) for mark in answer]


def measure_agreement(matrix: AnswerMatrix) -> dict[str, Any]:
    """Krippendorff's alpha for spans, by the overlap of those that match."""
    people = matrix.response > 0
    given = [tuple(map(tuple, matrix.values[place])) for place in matrix.answer[people].tolist()]
    measured = measure_distances(matrix.task[people], given, distance, np.random.default_rng(0))
    return {"krippendorff_alpha": told(measured.krippendorff_alpha)}
