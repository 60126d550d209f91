"""How right an answer to a comparison is, and how far workers agree by such answers."""

from dataclasses import replace
from typing import Any

import numpy as np

from quality.aggregation import NO_LABEL, Fit
from quality.kinds.choice.measures import measure_agreement as measure_classes
from quality.kinds.matrix import AnswerMatrix, Floats, Ints
from quality.kinds.pairwise.answers import SWAPPED

RIGHT_FROM = 1.0
HALF = 0.5
SCORES = np.array([[1.0, 0.0, HALF], [0.0, 1.0, HALF], [HALF, HALF, 1.0]])
"""[given, right]: a tie is half right of two items that differ, and so is a side of two equal
ones."""


def score(given: int, right: int) -> float:
    return float(SCORES[given, right])


def probably_right(matrix: AnswerMatrix, fit: Fit) -> Floats:
    """(answers,) the probability that each is right; its score on a known task."""
    known = matrix.known[matrix.task]
    return np.where(known == NO_LABEL, fit.posterior[matrix.task, matrix.answer], SCORES[matrix.answer, known])


def scores_on_gold(matrix: AnswerMatrix) -> Floats:
    """(answers,) the score of each by the gold of its task; nan where there is none."""
    gold = matrix.gold[matrix.task]
    return np.where(gold == NO_LABEL, np.nan, SCORES[matrix.answer, gold])


def measure_agreement(matrix: AnswerMatrix) -> dict[str, Any]:
    """Of three classes: the item first by name is better, the other one is, or they are equal. So
    it is the same whichever stands on which side."""
    return measure_classes(replace(matrix, answer=by_name(matrix)))


def by_name(matrix: AnswerMatrix) -> Ints:
    """(answers,) the answers as if the item first by name stood on the left of each pair."""
    turned = (matrix.subjects.one > matrix.subjects.other)[matrix.task]
    return np.where(turned, np.array(SWAPPED)[matrix.answer], matrix.answer)
