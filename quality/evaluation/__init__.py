"""How good labels and probabilities are, when the truth is known."""

from quality.evaluation.labels import Averages, Scores, confusion_matrix, score_labels
from quality.evaluation.numbers import NumberScores, score_numbers
from quality.evaluation.probabilities import (
    brier_score,
    cross_entropy,
    expected_calibration_error,
    softmax,
)
from quality.evaluation.ranks import kendall, mean_over_groups, spearman

__all__ = [
    "Averages",
    "NumberScores",
    "Scores",
    "brier_score",
    "confusion_matrix",
    "cross_entropy",
    "expected_calibration_error",
    "kendall",
    "mean_over_groups",
    "score_labels",
    "score_numbers",
    "softmax",
    "spearman",
]
