"""How right numbers are by gold, and how far workers agree by numbers."""

from typing import Any

import numpy as np

from quality.aggregation.codes import Floats
from quality.agreement import measure_numbers
from quality.kinds.choice.measures import told
from quality.kinds.matrix import AnswerMatrix
from quality.kinds.number.tolerance import within
from quality.kinds.number.votes import at_places, values_of


def scores_on_gold(matrix: AnswerMatrix) -> Floats:
    """(answers,) the score of each by the gold of its task; nan where there is none."""
    values = values_of(matrix)
    return within(matrix.schema, values[matrix.answer], at_places(values, matrix.gold[matrix.task]))


def measure_agreement(matrix: AnswerMatrix) -> dict[str, Any]:
    """Krippendorff's alpha for numbers of which differences count."""
    people = matrix.response > 0
    given = values_of(matrix)[matrix.answer[people]]
    measured = measure_numbers(matrix.task[people], given, np.random.default_rng(0), level="interval")
    return {"krippendorff_alpha": told(measured.krippendorff_alpha)}
