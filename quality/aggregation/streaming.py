"""Labels that keep up with votes as they come in.

>>> live = follow(DawidSkene(), votes)
>>> live = update(live, new_votes)
>>> live.fit.labels, live.fit.workers
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.dawid_skene import DawidSkene
from quality.aggregation.em import e_step
from quality.aggregation.fit import Fit, WorkerModel
from quality.aggregation.posterior import chances, drawn
from quality.aggregation.votes import NO_LABEL, Votes

SWEEPS = 3
"""Pairs of steps on the touched tasks in an update: the workers' models then have felt what the new
votes say."""

SMALL = 20_000.0
"""Votes up to which everything is fitted anew at every update: it takes some hundredths of a
second."""

NEWS = 0.01
"""New votes, as a share of the fitted ones, from which all tasks are visited again, beginning where
they stand."""

GROWTH = 1.1
"""Growth from which that begins with the shares of the votes instead, lest an early misjudgement
stay for ever."""


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """A fit that votes can be added to.

    fit: as of the last vote. Its trace and `converged` are those of the last fit to all tasks.
    fitted: the votes of that fit; new: those that came since, over the same tasks and workers or
        more.
    tally: (workers, classes, classes) [worker, truth, answer] expected votes of both.
    anew_at: the number of votes at the last fit that began with the shares of the votes.
    """

    method: DawidSkene
    fit: Fit
    fitted: Votes
    new: Votes
    tally: Floats
    anew_at: float

    @property
    def votes(self) -> Votes:
        """All votes so far."""
        return self.fitted.joined(self.new)


def follow(method: DawidSkene, votes: Votes) -> Live:
    """Fit the first votes, and be ready for more. TypeError unless the method is `DawidSkene`, with
    any settings."""
    if not isinstance(method, DawidSkene):
        raise TypeError(f"only DawidSkene can be followed, got {type(method).__name__}")
    return _fitted(method, votes, method.fit(votes), anew_at=votes.total)


def update(live: Live, new_votes: Votes) -> Live:
    """Take new votes into account: the posteriors of the touched tasks, and the models of the
    workers.

    The cost follows the votes on the touched tasks, apart from copies of arrays with a row a task
    or a worker; from time to time, as votes add up, all tasks are visited, which adds a constant
    factor. On average posteriors stay within 0.01 of those of a fit to all votes, unless a few
    votes more would change that fit by as much.

    Tasks and workers keep their codes, and new ones have higher codes; an answer that has become
    known arrives as `known`, with or without votes. Raises ValueError if the classes differ, or if
    the new votes bring a history.
    """
    new = live.new.widened(live.fitted.n_tasks, live.fitted.n_workers).joined(new_votes)
    total = live.fitted.total + new.total
    if total <= SMALL or total >= GROWTH * live.anew_at:
        return follow(live.method, live.fitted.joined(new))
    if new.total >= NEWS * live.fitted.total:
        votes = live.fitted.joined(new)
        return _fitted(live.method, votes, live.method.fit(votes, live.fit), anew_at=live.anew_at)
    fitted = live.fitted.widened(new.n_tasks, new.n_workers)
    return _touched(replace(live, fitted=fitted), new, new_votes)


def _fitted(method: DawidSkene, votes: Votes, fit: Fit, anew_at: float) -> Live:
    none = Votes.from_codes([], [], [], n_classes=votes.n_classes)
    return Live(method, fit, votes, none, votes.tally(fit.posterior), anew_at)


def _touched(live: Live, new: Votes, arrived: Votes) -> Live:
    """The fit with the posteriors of the tasks that `arrived` touches, and what follows for the
    workers.

    new: the votes since the last fit to all, with those that arrived.
    """
    method, votes = live.method, live.fitted
    tasks = np.union1d(arrived.tasks, np.flatnonzero(arrived.known != NO_LABEL))
    earlier = votes.on_tasks(tasks).joined(live.new.on_tasks(tasks))
    now = earlier.joined(arrived.on_tasks(tasks))
    posterior = _grown(live.fit.posterior, votes.n_tasks, 0.0)
    labels = _grown(live.fit.labels, votes.n_tasks, NO_LABEL)
    tally = _grown(live.tally, votes.n_workers, 0.0)
    counts = _class_counts(labels, posterior)
    other_tally = tally - earlier.tally(posterior[tasks])
    other_counts = counts - _class_counts(labels[tasks], posterior[tasks])
    imagined = method.pseudo_counts(votes)
    for _ in range(SWEEPS):
        parameters = method.parameters(tally, counts, imagined)
        posterior[tasks], _ = e_step(now, parameters)
        tally = other_tally + now.tally(posterior[tasks])
        counts = other_counts + posterior[tasks].sum(axis=0)
    parameters = method.parameters(tally, counts, imagined)
    labels[tasks] = drawn(posterior[tasks], lambda tied: chances(method.seed, votes.n_tasks)[tasks[tied]])
    posterior[labels == NO_LABEL] = parameters.class_shares
    workers = WorkerModel.from_confusion(parameters.confusion, parameters.class_shares, parameters.evidence)
    fit = replace(live.fit, labels=labels, posterior=posterior, class_shares=parameters.class_shares, workers=workers)
    return replace(live, fit=fit, new=new, tally=tally)


def _class_counts(labels: Codes, posterior: Floats) -> Floats:
    """(classes,) the expected number of tasks of each class, among those that have a label."""
    counts: Floats = posterior.sum(axis=0, where=(labels != NO_LABEL)[:, None])
    return counts


def _grown(array: npt.NDArray[Any], rows: int, value: float) -> npt.NDArray[Any]:
    """A copy of `array` with rows of `value` added at the end."""
    added = np.full((rows - len(array), *array.shape[1:]), value, dtype=array.dtype)
    return np.concatenate([array, added])
