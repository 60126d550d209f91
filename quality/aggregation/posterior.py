"""What is believed about each task: from shares of votes, from log probabilities, and down to one
label."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.lean import LeanTable
from quality.aggregation.votes import NO_LABEL, Votes

if TYPE_CHECKING:
    from quality.aggregation.fit import Fit

TIE = 1e-9
"""Probabilities closer than this are equal: far above rounding errors, far below a difference
anyone would act on."""


def vote_shares(votes: Votes, counts: Floats | None = None) -> Floats:
    """(tasks, classes) each class's share of the votes: majority voting as a posterior, and where
    iterations start.

    `counts` (tasks, classes) stands in for the plain counts, such as votes weighted by skill. Known
    tasks are certain; tasks without evidence get the class shares of the others.
    """
    counts = votes.counts() if counts is None else counts
    totals = np.einsum("tk->t", counts)
    empty = totals == 0
    posterior = counts / np.where(empty, 1.0, totals)[:, None]
    posterior[empty] = 1 / votes.n_classes
    posterior = with_known(votes, posterior)
    posterior[~votes.has_evidence] = shares(votes, posterior)
    return posterior


def begin(votes: Votes, start: "Fit | None") -> Floats:
    """(tasks, classes) where iterations start: the shares of the votes, or the posterior of an
    earlier fit.

    Tasks that are new since the earlier fit have higher codes, and start from the shares of their
    votes. Raises ValueError if the earlier fit has more tasks, or other classes.
    """
    posterior = vote_shares(votes)
    if start is None:
        return posterior
    tasks, classes = start.posterior.shape
    if tasks > votes.n_tasks or classes != votes.n_classes:
        raise ValueError(f"cannot start from a fit of {tasks} tasks and {classes} classes: {posterior.shape} are asked")
    posterior[:tasks] = start.posterior
    return with_known(votes, posterior)


def shares(votes: Votes, posterior: Floats, pseudo_count: float = 0.0) -> Floats:
    """(classes,) the share of each class among the tasks with evidence, after adding `pseudo_count`
    tasks to each."""
    return proportions(class_counts(votes, posterior) + pseudo_count)


def class_counts(votes: Votes, posterior: Floats) -> Floats:
    """(classes,) the expected number of tasks of each class, among those with evidence."""
    if isinstance(posterior, LeanTable):
        silent = int(np.count_nonzero(~votes.has_evidence))
        return posterior.by_class - silent / votes.n_classes
    if votes.has_evidence.all():
        counts: Floats = np.einsum("tk->k", posterior)
        return counts
    return np.einsum("t,tk->k", votes.has_evidence.astype(np.float64), posterior)


def proportions(counts: Floats) -> Floats:
    """Counts as shares of their total; all equal if there is nothing to share."""
    total = counts.sum()
    return counts / total if total > 0 else np.full(len(counts), 1 / len(counts))


def with_known(votes: Votes, posterior: Floats) -> Floats:
    """`posterior` with every known task made certain of its known class."""
    if isinstance(posterior, LeanTable):
        return cast(Floats, posterior.with_known(votes.known, NO_LABEL))
    tasks = np.flatnonzero(votes.known != NO_LABEL)
    posterior = posterior.copy() if tasks.size else posterior
    posterior[tasks] = 0.0
    posterior[tasks, votes.known[tasks]] = 1.0
    return posterior


def normalise(log_joint: Floats) -> tuple[Floats, Floats]:
    """Bayes' rule: log P(truth, votes) of each task → P(truth | votes) (tasks, classes) and log
    P(votes) (tasks,).

    Class by class, because numpy is slow at short rows. Every row needs a finite entry.
    """
    posterior, log_evidence = normalise_in_place(np.array(log_joint.T, order="C"))
    return np.ascontiguousarray(posterior), log_evidence


def normalise_in_place(by_class: Floats) -> tuple[Floats, Floats]:
    """The same for log P(truth, votes) as (classes, tasks), which is overwritten; the posterior is
    a view of it."""
    highest = by_class.max(axis=0)
    by_class -= highest
    np.exp(by_class, out=by_class)
    evidence = by_class.sum(axis=0)
    by_class /= evidence
    return by_class.T, highest + np.log(evidence)


def likeliest(votes: Votes, posterior: Floats, seed: int) -> Codes:
    """(tasks,) the likeliest class, ties drawn with equal chances; `NO_LABEL` where a task has no
    evidence.

    The draw of a task depends on `seed` and the task's code alone, so other tasks' votes don't
    change it.
    """
    if isinstance(posterior, LeanTable):
        labels = _drawn_of_few(posterior, chances(seed, votes.n_tasks))
    else:
        labels = drawn(posterior, lambda contested: chances(seed, votes.n_tasks)[contested])
    labels[~votes.has_evidence] = NO_LABEL
    return labels


def chances(seed: int, n_tasks: int) -> Floats:
    """(tasks,) the chance, from 0 to below 1, that settles a tie on each task."""
    return np.random.default_rng(seed).random(n_tasks)


def drawn(posterior: Floats, chance: Callable[[npt.NDArray[np.int64]], Floats]) -> Codes:
    """(tasks,) the likeliest class; where several are tied, `chance` of these tasks, from 0 to
    below 1, picks one."""
    by_class = np.ascontiguousarray(posterior.T)
    tied = by_class >= by_class.max(axis=0) - TIE
    labels: Codes = tied.argmax(axis=0).astype(np.int32)
    contested = np.flatnonzero(np.count_nonzero(tied, axis=0) > 1)
    tied = tied[:, contested]
    place = np.floor(chance(contested) * np.count_nonzero(tied, axis=0)).astype(np.int64) + 1
    labels[contested] = (tied.cumsum(axis=0) >= place).argmax(axis=0)
    return labels


def _drawn_of_few(posterior: LeanTable, chance: Floats) -> Codes:
    """The same as `drawn`, by the cells that a lean table keeps; 0 in a row that keeps none."""
    tasks, classes = posterior.tied(TIE)
    starts = np.searchsorted(tasks, np.arange(len(posterior) + 1))
    tied = np.diff(starts)
    places = starts[:-1] + np.floor(chance * tied).astype(np.int64)
    labels: Codes = np.zeros(len(posterior), dtype=np.int32)
    labels[tied > 0] = classes[places[tied > 0]]
    return labels
