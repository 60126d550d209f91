"""How far two classes agree, where the classes have an order: 1 on the diagonal, 0 for the farthest
apart."""

import numpy as np
import numpy.typing as npt

from quality.agreement.resampling import Floats

WEIGHTS = ("identity", "linear", "quadratic", "ordinal")


def class_weights(weights: str | npt.ArrayLike, n_classes: int) -> Floats | None:
    """(classes, classes) how far two classes agree; None for "identity", where only equal ones do.

    Classes are 0, 1, … in their order. With k - l classes between two, they agree by 1 - |k - l| /
    (classes - 1) if "linear", by 1 - (k - l)² / (classes - 1)² if "quadratic" (J. Cohen, 1968,
    Weighted kappa), and if "ordinal" by what is left of the pairs of classes from k to l over all
    pairs (K. L. Gwet, 2014, Handbook of inter-rater reliability, chapter 3). Or a table of one's
    own: symmetric, from 0 to 1, and 1 on the diagonal. Raises ValueError if it isn't, or for
    another name.
    """
    if not isinstance(weights, str):
        return _checked(weights, n_classes)
    if weights not in WEIGHTS:
        raise ValueError(f"weights must be one of {', '.join(WEIGHTS)} or a table, got {weights!r}")
    if weights == "identity":
        return None
    steps = np.abs(np.subtract.outer(np.arange(n_classes), np.arange(n_classes))).astype(np.float64)
    apart = {"linear": steps, "quadratic": steps**2, "ordinal": steps * (steps + 1) / 2}[weights]
    return 1 - apart / max(apart.max(initial=0.0), 1.0)


def _checked(weights: npt.ArrayLike, n_classes: int) -> Floats:
    table = np.array(weights, dtype=np.float64)
    if table.shape != (n_classes, n_classes):
        raise ValueError(f"weights must have shape {(n_classes, n_classes)}, got {table.shape}")
    fits = (table >= 0) & (table <= 1) & (table == table.T) & ((table == 1) | ~np.eye(n_classes, dtype=bool))
    wrong = np.argwhere(~fits)
    if wrong.size:
        row, column = wrong[0].tolist()
        found = table[row, column]
        raise ValueError(
            f"weights[{row}, {column}] is {found}; a table is symmetric, from 0 to 1, and 1 on its diagonal"
        )
    return table
