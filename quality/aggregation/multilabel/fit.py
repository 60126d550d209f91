"""What methods for sets of classes promise: ticks in, a `MultiLabelFit` out."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.multilabel.votes import UNKNOWN, Bools, MultiLabelVotes


@dataclass(frozen=True, slots=True, eq=False)
class MultiLabelFit:
    """The set of classes of each task, and what is believed of each class.

    labels: (tasks, classes) which classes a task has: none that nobody ticked there, unless it is
        known.
    probability: (tasks, classes) that the task has the class; 0 or 1 where it is known.
    thresholds: (classes,) from which share of votes a class is taken, or from which probability
        where the method has no shares. reason: where they come from, and why the method was chosen
        if `auto` chose it.
    skill: (workers,) how far each worker is believed, between 0 and 1; deviation: the standard
        deviation of that belief; both None if all workers count alike.
    """

    method: str
    labels: Bools
    probability: Floats
    thresholds: Floats
    skill: Floats | None = None
    deviation: Floats | None = None
    iterations: int = 0
    converged: bool = True
    reason: str = ""

    @property
    def confidence(self) -> Floats:
        """(tasks,) the probability that a class, drawn at random, is rightly in or out of the
        task's set."""
        if not self.labels.shape[1]:
            return np.ones(len(self.labels))
        sure: Floats = np.where(self.labels, self.probability, 1 - self.probability).mean(axis=1)
        return sure


def with_known(votes: MultiLabelVotes, labels: Bools, probability: Floats) -> tuple[Bools, Floats]:
    """Labels and probabilities with the known entries put in, and without classes that nobody
    ticked on the task."""
    is_known = votes.known != UNKNOWN
    believed = labels & (votes.counts() > 0)
    return np.where(is_known, votes.known == 1, believed), np.where(is_known, votes.known, probability)
