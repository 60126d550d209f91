"""How far a crowd's steps on a scale can be believed, where votes are too few to tell its workers
apart."""

from dataclasses import replace

import numpy as np
from scipy.special import softmax

from quality.aggregation.codes import Floats
from quality.aggregation.few_votes import damping
from quality.aggregation.fit import Basis, WorkerModel
from quality.aggregation.ordinal.dawid_skene import types
from quality.aggregation.ordinal.fit import OrdinalFit
from quality.aggregation.posterior import normalise, vote_shares, with_known
from quality.aggregation.votes import NO_LABEL, Votes

IMAGINED = 1.0
"""Tasks of each class that are imagined to have been seen before."""


def believed(votes: Votes, fit: OrdinalFit) -> OrdinalFit:
    """The fit with the same labels, and the posterior of a crowd whose workers are all alike.

    They perceive and answer as the mean of the `types`, each as likely as the pairs of votes on a
    task, and the votes on known tasks, make it. Votes on one task are correlated, and count for
    less the more there are (`few_votes.damping`).
    """
    class_shares = _class_shares(votes)
    confusion = _confusion(votes, class_shares)
    damped = votes.counts() * damping(votes)[:, None]
    posterior = with_known(votes, normalise(damped @ np.log(confusion).T + np.log(class_shares))[0])
    posterior[~votes.has_evidence] = class_shares
    every = np.repeat(confusion[None], votes.n_workers, axis=0)
    workers = WorkerModel.from_confusion(every, class_shares, np.ones(every.shape[:2]))
    return replace(fit, posterior=posterior, class_shares=class_shares, workers=workers, basis=Basis.MODELS)


def _class_shares(votes: Votes) -> Floats:
    """(classes,) how common each class is, by votes and known answers."""
    counts = vote_shares(votes)[votes.has_evidence].sum(axis=0) + IMAGINED
    shares: Floats = counts / counts.sum()
    return shares


def _confusion(votes: Votes, class_shares: Floats) -> Floats:
    """(classes, classes) [truth, answer] of the crowd."""
    confusion, log_prior = types(votes.n_classes)
    together = np.einsum("k,ska,skb->sab", class_shares, confusion, confusion)
    likely = (np.log(together) * _pairs(votes)).sum(axis=(1, 2)) + log_prior
    likely += (np.log(confusion) * _told(votes)).sum(axis=(1, 2))
    mean: Floats = np.einsum("s,ska->ka", softmax(likely), confusion)
    return mean


def _pairs(votes: Votes) -> Floats:
    """(classes, classes) how often two votes of a task, whose answer is not known, are of these
    classes; the pairs of a task count as much as all votes but one."""
    counts = votes.counts()[votes.known == NO_LABEL]
    sizes = counts.sum(axis=1)
    weight = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 1)
    pairs: Floats = (counts * weight[:, None]).T @ counts - np.diag((counts * weight[:, None]).sum(axis=0))
    return pairs


def _told(votes: Votes) -> Floats:
    """(classes, classes) [truth, answer] votes on known tasks."""
    known = np.flatnonzero(votes.known != NO_LABEL)
    truth = np.eye(votes.n_classes)[votes.known[known]]
    told: Floats = truth.T @ (votes.counts()[known] * damping(votes)[known, None])
    return told
