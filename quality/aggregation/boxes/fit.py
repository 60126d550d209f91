"""What methods for boxes promise: boxes of many workers in, a `BoxFit` out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.evaluation.boxes import Boxes


@dataclass(frozen=True, slots=True, eq=False)
class BoxWorkers:
    """What is believed about each worker.

    detection: (workers,) the probability of drawing an easy object on a task that the worker saw.
    uncertainty: (workers,) the standard deviation of what is believed about `detection`.
    slips: (workers,) boxes drawn around nothing, as a share of the clusters of the tasks that the
        worker saw.
    deviation: (workers,) how far corners stray from the true ones: a standard deviation, in sides
        (√area) of the box.
    """

    detection: Floats
    uncertainty: Floats
    slips: Floats
    deviation: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BoxFit:
    """The boxes that a method believes in.

    labels: the boxes kept, by task and corners; `scores` is the probability that the object exists.
        A known task has its known boxes, with certainty.
    candidates: all boxes that were thought of, kept or not; support: (candidates,) how many workers
        drew each.
    threshold: the probability from which candidates were kept. reason: where it comes from.
    confidence: (tasks,) the expected F1 of a task's boxes among its candidates; 1 where nobody drew
        anything.
    log_likelihood: one value an iteration, of clusters being drawn by whom they were, plus the log
        density of priors.
    """

    method: str
    labels: Boxes
    candidates: Boxes
    support: npt.NDArray[np.int64]
    threshold: float
    confidence: Floats
    workers: BoxWorkers
    log_likelihood: tuple[float, ...] = ()
    converged: bool = True
    reason: str = ""

    @property
    def iterations(self) -> int:
        return len(self.log_likelihood)
