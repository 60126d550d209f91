"""From the answers of a project to votes, and from votes to a fit."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from quality.aggregation import NO_LABEL, Fit, Votes, create
from quality.aggregation.temperature import tempered
from quality.kinds.matrix import AnswerMatrix

Floats = npt.NDArray[np.float64]

POOLS = ("auto", "ensemble")
"""Methods that learn from known answers by themselves how sure to be."""


def votes_of(matrix: AnswerMatrix) -> Votes:
    """What a method is told."""
    return Votes.from_codes(
        matrix.task,
        matrix.worker,
        matrix.answer,
        n_tasks=len(matrix.task_ids),
        n_workers=len(matrix.worker_ids),
        n_classes=matrix.n_classes,
        known=matrix.told,
        history=_history(matrix),
    )


def _history(matrix: AnswerMatrix) -> Floats | None:
    """(workers, classes, classes) [truth, answer] what was known of each worker, spread evenly over
    the classes."""
    if not matrix.prior.any():
        return None
    n = matrix.n_classes
    right, seen = matrix.prior / n
    wrong = (seen - right) / (n - 1)
    return np.where(np.eye(n, dtype=bool), right[:, None, None], wrong[:, None, None])


def fit_matrix(matrix: AnswerMatrix, method: str, fit: Callable[[Votes, str], Fit] | None = None) -> Fit:
    """The method of this name, as `fit` or else `fit_votes` has it, on all answers, with what was
    decided in the place of what it says of those tasks.

    It sees only tasks that have an answer: gold that nobody has answered yet says nothing, and
    changes nothing.
    """
    votes = votes_of(matrix)
    places = np.flatnonzero(votes.per_task > 0)
    found = (fit or fit_votes)(votes if len(places) == votes.n_tasks else votes.on_tasks(places), method)
    labels = np.full(len(matrix.task_ids), NO_LABEL, dtype=found.labels.dtype)
    posterior = np.repeat(found.class_shares[None], len(labels), axis=0)
    labels[places], posterior[places] = found.labels, np.asarray(found.posterior)
    return with_known(matrix, replace(found, labels=labels, posterior=posterior))


def with_known(matrix: AnswerMatrix, fit: Fit) -> Fit:
    """The fit, in which what is known of a task is certain."""
    known = matrix.known
    certain = known != NO_LABEL
    posterior = np.where(certain[:, None], np.eye(matrix.n_classes)[known], fit.posterior)
    return replace(fit, labels=np.where(certain, known, fit.labels).astype(fit.labels.dtype), posterior=posterior)


def fit_votes(votes: Votes, method: str) -> Fit:
    """The fit of the method of this name. Ties and restarts are seeded: the same votes give the
    same bits."""
    fit = create(method, seed=0).fit(votes)
    return fit if method in POOLS else tempered(fit, votes)
