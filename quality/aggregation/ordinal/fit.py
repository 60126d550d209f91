"""Labels of classes that have an order: the further off, the worse."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.fit import Fit
from quality.aggregation.posterior import likeliest
from quality.aggregation.votes import NO_LABEL, Votes


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalFit(Fit):
    """A `Fit` whose labels are of least expected distance to the truth, rather than the likeliest.

    labels: (tasks,) the median of each task's posterior, which minimises the expected absolute
        error in classes. Where several classes do so, one of them is drawn with equal chances from
        the method's seed.
    """

    @classmethod
    def of(cls, votes: Votes, fit: Fit, seed: int) -> Self:
        """`fit` with the labels of least expected absolute error."""
        values = {field.name: getattr(fit, field.name) for field in fields(Fit)}
        return cls(**{**values, "labels": nearest(votes, fit.posterior, seed)})

    @property
    def confidence(self) -> Floats:
        """(tasks,) the probability of the label; of the likeliest class where there is no label."""
        chosen = np.where(self.labels == NO_LABEL, self.posterior.argmax(axis=1), self.labels)
        return self.posterior[np.arange(len(chosen)), chosen]


def expected_distances(posterior: Floats) -> Floats:
    """(tasks, classes) by how many classes each class is off the truth, in expectation."""
    below = posterior.cumsum(axis=1)[:, :-1]  # one step up moves away from all below, and closer to all above
    from_lowest = posterior @ np.arange(posterior.shape[1], dtype=np.float64)
    return np.concatenate([from_lowest[:, None], from_lowest[:, None] + (2 * below - 1).cumsum(axis=1)], axis=1)


def nearest(votes: Votes, posterior: Floats, seed: int) -> Codes:
    """(tasks,) the class of least expected distance, ties drawn; `NO_LABEL` where a task has no
    evidence."""
    return likeliest(votes, -expected_distances(posterior), seed)
