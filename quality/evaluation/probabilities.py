"""Probabilities against the truth: cross-entropy and Brier score; and softmax, which makes them."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SMALLEST = np.finfo(np.float64).eps
"""Stands for a probability of 0 in logarithms, so that one wrong certainty doesn't make every
average infinite."""


def softmax(logits: npt.ArrayLike) -> Floats:
    """Probabilities in proportion to exp(logits), along the last axis.

    The highest logit is taken off first, so that large ones don't overflow. A row needs a finite
    logit.
    """
    scores = np.asarray(logits, dtype=np.float64)
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probabilities: Floats = odds / odds.sum(axis=-1, keepdims=True)
    return probabilities


def cross_entropy(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """The mean of -sum(truth · log(predicted)), in nats: 0 when every true class was certain.

    truth, predicted: (classes,) or (tasks, classes) distributions. Raises ValueError if their
    shapes differ, or if there are no tasks.
    """
    target, estimate = paired(truth, predicted)
    return float(-(target * np.log(np.maximum(estimate, SMALLEST))).sum(axis=-1).mean())


def brier_score(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """The mean over tasks of the squared distance between two distributions: 0 at best, 2 at worst
    (G. W. Brier, 1950).

    Shapes and errors as in `cross_entropy`.
    """
    target, estimate = paired(truth, predicted)
    return float(((target - estimate) ** 2).sum(axis=-1).mean())


def paired(one: npt.ArrayLike, other: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Both as floats; ValueError if their shapes differ, if they are empty, or if a value is not
    finite."""
    left, right = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if left.shape != right.shape or left.size == 0:
        raise ValueError(f"shapes must be equal and not empty, got {left.shape} and {right.shape}")
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        raise ValueError("values must be finite numbers")
    return left, right
