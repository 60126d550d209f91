import numpy as np
import pytest

from quality.evaluation import (
    Boxes,
    Spans,
    brier_score,
    cross_entropy,
    mask_iou,
    reliability_diagram,
    score_labels,
    score_sets,
)


@pytest.mark.parametrize(
    "call",
    [
        lambda: score_labels([0.9, 1.9], [0, 1], 2),
        lambda: Boxes.from_rows([0.7], [[0, 0, 1, 1]]),
        lambda: Boxes.from_rows([0], [[0, 0, 1, 1]], classes=[0.5]),
        lambda: Spans.from_rows([0.7], [0], [1]),
        lambda: Spans.from_rows([0], [0.5], [1]),
    ],
)
def test_fractions_are_not_taken_for_codes(call):
    with pytest.raises(ValueError, match="must be whole numbers in one dimension, got float64"):
        call()


@pytest.mark.parametrize(
    "call",
    [lambda: score_sets([[-1, 1]], [[1, 1]]), lambda: mask_iou([np.nan], [1]), lambda: mask_iou([0.5], [1])],
)
def test_what_is_neither_true_nor_false_is_refused(call):
    with pytest.raises(ValueError, match="must be true or false, got"):
        call()


@pytest.mark.parametrize("figure", [cross_entropy, brier_score])
def test_probabilities_that_are_no_numbers_are_refused(figure):
    with pytest.raises(ValueError, match="values must be finite numbers"):
        figure([1.0, 0.0], [np.nan, 1.0])


@pytest.mark.parametrize(("options", "message"), [({"bins": 0}, "1 bin or more"), ({"by": "x"}, "by must be one of")])
def test_diagrams_of_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        reliability_diagram([0.5], [True], **options)
