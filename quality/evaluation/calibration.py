"""Whether labels are right as often as they are sure."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from quality.evaluation.accuracy import score_accuracy
from quality.evaluation.probabilities import Floats, paired

By = Literal["width", "count"]


@dataclass(frozen=True, slots=True, eq=False)
class ReliabilityDiagram:
    """Labels grouped by how sure they are (A. Murphy & R. Winkler, 1977); only groups that have any
    are kept.

    low, high: (groups,) the confidences between which a group lies.
    labels: (groups,) how many labels it has.
    confidence, accuracy: (groups,) how sure they are on average, and what share of them is right.
    accuracy_low, accuracy_high: (groups,) a 95% credible interval of the accuracy, under Jeffreys'
        prior.
    """

    low: Floats
    high: Floats
    labels: npt.NDArray[np.int64]
    confidence: Floats
    accuracy: Floats
    accuracy_low: Floats
    accuracy_high: Floats

    @property
    def expected_error(self) -> float:
        """The mean distance between confidence and accuracy, each label counting for one."""
        return float(np.abs(self.confidence - self.accuracy) @ self.labels / self.labels.sum())

    @property
    def largest_error(self) -> float:
        """The largest distance between confidence and accuracy of a group."""
        return float(np.abs(self.confidence - self.accuracy).max())


def reliability_diagram(
    confidence: npt.ArrayLike,
    right: npt.ArrayLike,
    *,
    bins: int = 15,
    by: By = "width",
) -> ReliabilityDiagram:
    """Group labels into `bins` intervals of confidence, of equal width and closed above, or of
    about equal counts.

    confidence: (tasks,) the probability of each label; right: (tasks,) whether it is. Labels that
    are equally sure stay together. Raises ValueError if the shapes differ, if there are no tasks or
    if a confidence is not between 0 and 1.
    """
    sure, is_right = paired(confidence, right)
    if by not in get_args(By):
        raise ValueError(f"by must be one of {', '.join(get_args(By))}, got {by!r}")
    if sure.ndim != 1 or bins < 1:
        raise ValueError(f"labels go into 1 bin or more in one dimension, got {bins} and shape {sure.shape}")
    if not ((sure >= 0) & (sure <= 1)).all():
        raise ValueError(f"confidence must be between 0 and 1, got {sure[~((sure >= 0) & (sure <= 1))][0]}")
    edges = np.linspace(0, 1, bins + 1)
    if by == "count":
        edges = np.unique([0.0, *np.quantile(sure, edges[1:], method="inverted_cdf")])
    group = np.maximum(np.searchsorted(edges, sure) - 1, 0)
    sizes = np.bincount(group)
    kept = np.flatnonzero(sizes)
    labels = sizes[kept]
    confidences, rights = (np.bincount(group, weights=values)[kept] for values in (sure, is_right))
    scores = score_accuracy(rights, labels)
    shares = confidences / labels, rights / labels
    return ReliabilityDiagram(edges[kept], edges[kept + 1], labels, *shares, scores.low, scores.high)


def expected_calibration_error(confidence: npt.ArrayLike, right: npt.ArrayLike, *, bins: int = 15) -> float:
    """The mean distance between how sure labels are and how often they are right (C. Guo et al.,
    2017, equation 3).

    That of a `reliability_diagram` of equal widths. With few labels a bin it is above 0 even for
    perfect confidences.
    """
    return reliability_diagram(confidence, right, bins=bins).expected_error
