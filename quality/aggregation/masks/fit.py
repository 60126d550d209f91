"""What methods for masks promise: masks of many workers in, a `MaskFit` out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.masks.patterns import Patterns
from quality.aggregation.masks.votes import Mask, MaskVotes


@dataclass(frozen=True, slots=True, eq=False)
class MaskWorkers:
    """What is believed about each worker.

    sensitivity: (workers,) the probability of marking a pixel that is inside.
    specificity: (workers,) the probability of leaving a pixel that is outside.
    deviation: (workers, 2) the standard deviation of what is believed about both, as if pixels were
        independent: neighbours are not, so that it is too small.
    """

    sensitivity: Floats
    specificity: Floats
    deviation: Floats


@dataclass(frozen=True, slots=True, eq=False)
class MaskFit:
    """The mask of each task.

    labels: (tasks,) masks (height, width); the known one where there is one, None where there is no
        mask at all.
    confidence: (tasks,) pixels expected in both the label and the truth over pixels expected in
        either, if pixels are inside with `probability`; 1 for known masks, 0 where there is none.
    threshold: from which probability a pixel is inside. reason: where it comes from.
    log_likelihood: one value an iteration; empty for methods that don't iterate.
    """

    method: str
    labels: tuple[Mask | None, ...]
    confidence: Floats
    threshold: float
    patterns: Patterns
    of_pattern: Floats
    workers: MaskWorkers | None = None
    log_likelihood: tuple[float, ...] = ()
    converged: bool = True
    reason: str = ""

    @property
    def iterations(self) -> int:
        return len(self.log_likelihood)

    def probability(self, task: int) -> Floats:
        """(height, width) how likely each pixel of a task is inside: the share of votes, or the
        posterior.

        It comes from the votes alone, even if the mask is known. Raises ValueError for a task
        without a mask.
        """
        label = self.labels[task]
        if label is None:
            raise ValueError(f"task {task} has no mask")
        if not len(self.patterns.place[task]) or not label.size:
            return label.astype(np.float64)
        spread = self.patterns.spread(task, self.of_pattern)
        return spread.astype(np.float64, copy=False).reshape(label.shape)


def labelled(
    votes: MaskVotes, patterns: Patterns, probability: Floats, inside: npt.NDArray[np.bool_]
) -> tuple[tuple[Mask | None, ...], Floats]:
    """Labels and confidence from the probability (patterns,) of each pattern and whether it is
    taken as inside."""
    labels = tuple(_label(votes, patterns, inside, task) for task in range(votes.n_tasks))
    weight = patterns.pixels
    both = patterns.per_task(weight * probability * inside)
    either = patterns.per_task(weight * np.where(inside, 1.0, probability))
    confidence = np.divide(both, either, out=np.ones(votes.n_tasks), where=either > 0)
    confidence[[task for task, label in enumerate(labels) if label is None]] = 0.0
    confidence[list(votes.known)] = 1.0
    return labels, confidence


def _label(votes: MaskVotes, patterns: Patterns, inside: npt.NDArray[np.bool_], task: int) -> Mask | None:
    shape = votes.shapes[task]
    if shape is None:
        return None
    if task in votes.known:
        return votes.known_pixels(task).reshape(shape)
    return patterns.spread(task, inside).astype(bool).reshape(shape)
