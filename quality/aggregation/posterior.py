"""What is believed about each task: from shares of votes, from log probabilities, and down to one label."""

from typing import TYPE_CHECKING

import numpy as np

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.votes import NO_LABEL, Votes

if TYPE_CHECKING:
    from quality.aggregation.fit import Fit

TIE = 1e-9
"""Probabilities closer than this are equal: far above rounding errors, far below a difference anyone would act on."""


def vote_shares(votes: Votes, counts: Floats | None = None) -> Floats:
    """(tasks, classes) each class's share of the votes: majority voting as a posterior, and where iterations start.

    `counts` (tasks, classes) stands in for the plain counts, such as votes weighted by skill. Known tasks are certain;
    tasks without evidence get the class shares of the others.
    """
    counts = votes.counts() if counts is None else counts
    totals = counts.sum(axis=1, keepdims=True)
    posterior = np.divide(counts, totals, out=np.full_like(counts, 1 / votes.n_classes), where=totals > 0)
    posterior = with_known(votes, posterior)
    posterior[~votes.has_evidence] = shares(votes, posterior)
    return posterior


def begin(votes: Votes, start: "Fit | None") -> Floats:
    """(tasks, classes) where iterations start: the shares of the votes, or the posterior of an earlier fit.

    Tasks that are new since the earlier fit have higher codes, and start from the shares of their votes. Raises
    ValueError if the earlier fit has more tasks, or other classes.
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
    """(classes,) the share of each class among the tasks with evidence, after adding `pseudo_count` tasks to each."""
    counts = posterior.sum(axis=0, where=votes.has_evidence[:, None]) + pseudo_count
    total = counts.sum()
    return counts / total if total > 0 else np.full(votes.n_classes, 1 / votes.n_classes)


def with_known(votes: Votes, posterior: Floats) -> Floats:
    """`posterior` with every known task made certain of its known class."""
    tasks = np.flatnonzero(votes.known != NO_LABEL)
    posterior = posterior.copy() if tasks.size else posterior
    posterior[tasks] = 0.0
    posterior[tasks, votes.known[tasks]] = 1.0
    return posterior


def normalise(log_joint: Floats) -> tuple[Floats, Floats]:
    """Bayes' rule: log P(truth, votes) of each task → P(truth | votes) (tasks, classes) and log P(votes) (tasks,).

    Column by column, because numpy is slow at reducing short rows. Every row needs a finite entry.
    """
    highest = log_joint[:, 0].copy()
    for column in log_joint.T[1:]:
        np.maximum(highest, column, out=highest)
    posterior = np.exp(log_joint - highest[:, None])
    evidence = posterior[:, 0].copy()
    for column in posterior.T[1:]:
        evidence += column
    posterior /= evidence[:, None]
    return posterior, highest + np.log(evidence)


def likeliest(votes: Votes, posterior: Floats, seed: int) -> Codes:
    """(tasks,) the likeliest class, ties drawn with equal chances; `NO_LABEL` where a task has no evidence.

    The draw of a task depends on `seed` and the task's code alone, so other tasks' votes don't change it.
    """
    labels: Codes = posterior.argmax(axis=1).astype(np.int32)
    tied = posterior >= posterior.max(axis=1, keepdims=True) - TIE
    contested = np.flatnonzero(tied.sum(axis=1) > 1)
    chance = np.random.default_rng(seed).random(votes.n_tasks)[contested]
    place = np.floor(chance * tied[contested].sum(axis=1)).astype(np.int64) + 1
    labels[contested] = (tied[contested].cumsum(axis=1) >= place[:, None]).argmax(axis=1)
    labels[~votes.has_evidence] = NO_LABEL
    return labels
