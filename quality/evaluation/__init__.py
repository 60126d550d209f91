"""How good labels and probabilities are, when the truth is known.

Classes: `score_labels`, `confusion_matrix`; sets of them: `score_sets`. Probabilities:
`cross_entropy`, `brier_score`, `reliability_diagram`, `expected_calibration_error`, and `softmax`,
which makes them. Boxes: `score_boxes`, `mean_average_precision`. Masks: `mask_iou`, `mask_dice`.
Spans: `score_spans`, `score_characters`. Texts: `word_errors`, `character_errors`, and `unit_of`,
which tells whether their language parts words. Numbers: `score_numbers`. Ranks: `spearman`,
`kendall`.
"""

from quality.evaluation.boxes import Boxes, average_precision, mean_average_precision, score_boxes
from quality.evaluation.calibration import ReliabilityDiagram, expected_calibration_error, reliability_diagram
from quality.evaluation.geometry import box_iou
from quality.evaluation.labels import Averages, Scores, confusion_matrix, score_labels
from quality.evaluation.masks import mask_dice, mask_iou
from quality.evaluation.numbers import NumberScores, score_numbers
from quality.evaluation.probabilities import brier_score, cross_entropy, softmax
from quality.evaluation.ranks import kendall, mean_over_groups, spearman
from quality.evaluation.retrieval import Retrieval
from quality.evaluation.scripts import Unit, unit_of
from quality.evaluation.sets import SetScores, score_sets
from quality.evaluation.spans import Spans, score_characters, score_spans
from quality.evaluation.text import WordErrors, character_errors, parts_of, plain, text_errors, word_errors

__all__ = [
    "Averages",
    "Boxes",
    "NumberScores",
    "ReliabilityDiagram",
    "Retrieval",
    "Scores",
    "SetScores",
    "Spans",
    "Unit",
    "WordErrors",
    "average_precision",
    "box_iou",
    "brier_score",
    "character_errors",
    "confusion_matrix",
    "cross_entropy",
    "expected_calibration_error",
    "kendall",
    "mask_dice",
    "mask_iou",
    "mean_average_precision",
    "mean_over_groups",
    "parts_of",
    "plain",
    "reliability_diagram",
    "score_boxes",
    "score_characters",
    "score_labels",
    "score_numbers",
    "score_sets",
    "score_spans",
    "softmax",
    "spearman",
    "text_errors",
    "unit_of",
    "word_errors",
]
