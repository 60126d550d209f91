"""How good labels and probabilities are, when the truth is known."""

from quality.evaluation.labels import Averages, Scores, confusion_matrix, score_labels
from quality.evaluation.probabilities import (
    brier_score,
    cross_entropy,
    expected_calibration_error,
    softmax,
)

__all__ = [
    "Averages",
    "Scores",
    "brier_score",
    "confusion_matrix",
    "cross_entropy",
    "expected_calibration_error",
    "score_labels",
    "softmax",
]
