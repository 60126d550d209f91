"""Messages between tasks and workers: what the others say of a task, and how well a worker fits
what others say."""

from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.fit import Basis, Fit
from quality.aggregation.grouped import sums
from quality.aggregation.hierarchical import believed_workers
from quality.aggregation.lean import require_room
from quality.aggregation.majority import elected
from quality.aggregation.posterior import vote_shares
from quality.aggregation.progress import tell
from quality.aggregation.votes import NO_LABEL, Votes


@dataclass(frozen=True, slots=True)
class KOS:
    """D. R. Karger, S. Oh & D. Shah (2011), Iterative learning for reliable crowdsourcing systems.

    For two classes, as published; with more, each class stands against the rest (their 2013
    extension compares pairs of thresholds, which needs an order). Messages start at 1 rather than
    at random, which is majority vote, and are scaled every round so that they stay finite. A
    message leaves out what it would tell its receiver about itself. The share of a class grows with
    how far its votes outweigh the others.

    max_iter: rounds; the paper finds ten to be plenty.
    """

    max_iter: int = 10
    seed: int = 0

    def fit(self, votes: Votes) -> Fit:
        require_room("a table of tasks and classes", votes.n_tasks, votes.n_classes)
        margins = np.stack([self._margin(votes, label) for label in range(votes.n_classes)], axis=1)
        posterior = vote_shares(votes, np.where(votes.per_task[:, None] > 0, 1 + margins, 0.0))
        fit = elected("kos", votes, posterior, self.seed)
        return replace(fit, workers=believed_workers(votes, posterior, fit.class_shares), basis=Basis.MODELS)

    def _margin(self, votes: Votes, label: int) -> Floats:
        """(tasks,) from -1, where all trusted votes are against the class, to 1, where all are for
        it."""
        side = np.where(votes.labels == label, 1.0, -1.0) * votes.weights
        from_worker = np.ones(len(side))
        for done in range(self.max_iter):
            to_task = side * from_worker
            from_task = sums(votes.tasks, to_task, votes.n_tasks)[votes.tasks] - to_task
            from_task = self._told(votes, label, from_task)
            to_worker = side * from_task
            from_worker = _scaled(sums(votes.workers, to_worker, votes.n_workers)[votes.workers] - to_worker)
            tell(done + 1, self.max_iter)
        total = sums(votes.tasks, np.abs(side * from_worker), votes.n_tasks)
        gained = sums(votes.tasks, side * from_worker, votes.n_tasks)
        return np.divide(gained, total, out=np.zeros(votes.n_tasks), where=total > 0)

    def _told(self, votes: Votes, label: int, from_task: Floats) -> Floats:
        """Messages of known tasks say what is known, as loudly as the loudest of the others."""
        known = votes.known[votes.tasks]
        loudest = max(float(np.abs(from_task).max(initial=0.0)), 1.0)
        return np.where(known == NO_LABEL, from_task, np.where(known == label, loudest, -loudest))


def _scaled(messages: Floats) -> Floats:
    """Messages with a mean square of 1; all 1 if nobody has anything to say, as when no task has
    two votes."""
    size = np.sqrt(np.mean(messages**2)) if messages.size else 0.0
    return messages / size if size > 0 else np.ones_like(messages)
