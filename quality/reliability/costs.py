"""What a worker's answers are worth once their bias is corrected: bias can be, error can't."""

import numpy as np
import numpy.typing as npt

from quality.evaluation.accuracy import Floats

ROUNDING = 1e-6


def score_quality(confusion: npt.ArrayLike, class_shares: npt.ArrayLike, costs: npt.ArrayLike | None = None) -> Floats:
    """(workers,) P. Ipeirotis, F. Provost & J. Wang (2010), Quality management on Amazon Mechanical
    Turk, section 4.

    An answer is replaced by what Bayes' rule makes of it, a soft label: the probability of each
    class, given the worker's confusion matrix. If the truth and the label are both drawn from a
    soft label, they differ at some expected cost; a spammer's soft label is always `class_shares`.
    Quality is 1 - cost / (cost of a spammer): 1 for who always swaps two classes, 0 for who answers
    without looking, however cleverly.

    confusion: (workers, classes, classes) [worker, truth, answer]; class_shares: (classes,).
    costs: (classes, classes) [truth, label] of taking one class for another; 1 for every mistake if
        left out.

    Where even a spammer costs nothing, quality is nan. Raises ValueError if shapes don't fit, if
    rows of `confusion` or `class_shares` are no distributions, or if `costs` has negative entries
    or a costly diagonal.
    """
    shares = np.asarray(class_shares, dtype=np.float64)
    matrices = np.asarray(confusion, dtype=np.float64)
    prices = 1 - np.eye(len(shares)) if costs is None else np.asarray(costs, dtype=np.float64)
    _check(matrices, shares, prices)
    joint = shares[:, None] * matrices  # [worker, truth, answer]
    answered = joint.sum(axis=1)
    # Both classes of a soft label are its joint probability over that of the answer, which comes up
    # as often as that.
    weighted = np.einsum("wka,kl,wla->wa", joint, prices, joint)
    cost = np.divide(weighted, answered, out=np.zeros_like(answered), where=answered > 0).sum(axis=1)
    spammer = float(shares @ prices @ shares)
    return 1 - cost / spammer if spammer > 0 else np.full(len(matrices), np.nan)


def _check(confusion: Floats, shares: Floats, costs: Floats) -> None:
    classes = len(shares)
    if confusion.ndim != 3 or confusion.shape[1:] != (classes, classes):
        raise ValueError(f"confusion must be (workers, {classes}, {classes}), got shape {confusion.shape}")
    if costs.shape != (classes, classes):
        raise ValueError(f"costs must be ({classes}, {classes}), got shape {costs.shape}")
    for name, rows in (("class_shares", shares), ("confusion", confusion)):
        wrong = np.argwhere(~((rows >= 0).all(axis=-1) & (np.abs(rows.sum(axis=-1) - 1) < ROUNDING)))
        if len(wrong) or not classes:
            raise ValueError(f"{name}{wrong[:1].ravel().tolist()} is no distribution: entries from 0 that add up to 1")
    if not (np.isfinite(costs) & (costs >= 0)).all() or np.diagonal(costs).any():
        raise ValueError("costs must be finite, not below 0, and 0 on the diagonal")
