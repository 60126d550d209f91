"""How good labels and probabilities are, when the truth is known."""

from quality.evaluation.boxes import Boxes, BoxScores, average_precision, mean_average_precision, score_boxes
from quality.evaluation.geometry import box_iou
from quality.evaluation.labels import Averages, Scores, confusion_matrix, score_labels
from quality.evaluation.masks import mask_dice, mask_iou
from quality.evaluation.numbers import NumberScores, score_numbers
from quality.evaluation.probabilities import (
    brier_score,
    cross_entropy,
    expected_calibration_error,
    softmax,
)
from quality.evaluation.ranks import kendall, mean_over_groups, spearman
from quality.evaluation.sets import SetScores, score_sets

__all__ = [
    "Averages",
    "BoxScores",
    "Boxes",
    "NumberScores",
    "Scores",
    "SetScores",
    "average_precision",
    "box_iou",
    "brier_score",
    "confusion_matrix",
    "cross_entropy",
    "expected_calibration_error",
    "kendall",
    "mask_dice",
    "mask_iou",
    "mean_average_precision",
    "mean_over_groups",
    "score_boxes",
    "score_labels",
    "score_numbers",
    "score_sets",
    "softmax",
    "spearman",
]
