"""Expectation maximisation over workers' confusion matrices (Dawid & Skene, 1979)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from quality.aggregation.blocks import Block, worked
from quality.aggregation.codes import Codes, Floats
from quality.aggregation.fit import Fit, WorkerModel
from quality.aggregation.posterior import begin, likeliest, normalise_in_place
from quality.aggregation.progress import tell
from quality.aggregation.votes import NO_LABEL, Votes


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """What an M-step arrives at.

    class_shares: (classes,).
    confusion: (workers, classes, classes) [worker, truth, answer].
    evidence: (workers, classes) the votes, real and imagined, that each row of a confusion matrix
        rests on.
    log_prior: the log density of the prior at them, up to a constant.
    """

    class_shares: Floats
    confusion: Floats
    evidence: Floats
    log_prior: float = 0.0


MStep = Callable[[Votes, Floats], Parameters]


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: after `max_iter` iterations, or when one gains less than `tol` nats a vote."""

    max_iter: int
    tol: float

    def __post_init__(self) -> None:
        if self.max_iter < 1:
            raise ValueError(f"max_iter must be at least 1, got {self.max_iter}")

    def reached(self, trace: Sequence[float], votes: Votes) -> bool:
        """Whether the last iteration gained so little that the fit has converged."""
        return self.settled(trace, votes.total)

    def settled(self, trace: Sequence[float], total: float) -> bool:
        """The same, of `total` votes."""
        return len(trace) > 1 and abs(trace[-1] - trace[-2]) <= self.tol * max(total, 1.0)


def climb(votes: Votes, m_step: MStep, limits: Limits, *, method: str, seed: int, start: Fit | None = None) -> Fit:
    """Alternate the two steps until the limits are reached.

    They begin with the shares of the votes, or where the earlier fit `start` ended.
    """
    posterior = begin(votes, start)
    trace: list[float] = []
    converged = False
    while not converged and len(trace) < limits.max_iter:
        parameters = m_step(votes, posterior)
        posterior, log_likelihood = e_step(votes, parameters)
        trace.append(log_likelihood + parameters.log_prior)
        tell(len(trace), limits.max_iter)
        converged = limits.reached(trace, votes)
    workers = WorkerModel.from_confusion(parameters.confusion, parameters.class_shares, parameters.evidence)
    labels = likeliest(votes, posterior, seed)
    return Fit(method, labels, posterior, parameters.class_shares, workers, tuple(trace), converged)


def e_step(votes: Votes, parameters: Parameters) -> tuple[Floats, float]:
    """The posterior of every task (tasks, classes) and the log-likelihood of all votes (Dawid &
    Skene, equation 2.5).

    A known task is certain of its class, and its likelihood is that of its votes given that class.
    Given parameters of an earlier fit, this labels new votes of the same workers without fitting
    again.
    """
    if parameters.confusion.shape != (votes.n_workers, votes.n_classes, votes.n_classes):
        raise ValueError(f"confusion of {votes.n_workers} workers is wanted, got shape {parameters.confusion.shape}")
    # What was never seen is next to impossible, so that a task that it rules out altogether still
    # has a posterior.
    log_shares, log_confusion = (
        np.log(np.maximum(each, np.finfo(np.float64).tiny)) for each in (parameters.class_shares, parameters.confusion)
    )
    by_class = log_confusion.transpose(1, 0, 2).reshape(votes.n_classes, -1)
    posterior = np.empty((votes.n_tasks, votes.n_classes))
    log_evidence = np.empty(votes.n_tasks)

    def infer(block: Block) -> None:
        log_joint = np.empty((votes.n_classes, block.indicator.shape[0]))
        for row, each, share in zip(log_joint, by_class, log_shares, strict=True):
            # Class by class: scipy multiplies by a vector much faster than by a narrow table.
            np.add(block.indicator @ each, share, out=row)
        _rule_out(votes.known[block.tasks], log_joint.T)
        by_task, log_evidence[block.tasks] = normalise_in_place(log_joint)
        posterior[block.tasks] = by_task

    for _ in worked(infer, votes.blocks):
        pass
    return posterior, float(np.einsum("t,t", log_evidence, votes.has_evidence, dtype=np.float64))


def _rule_out(known: Codes, log_joint: Floats) -> None:
    """Leave no hope, in place, to any class of `log_joint` (tasks, classes) but the known one
    (tasks,), if any is."""
    tasks = np.flatnonzero(known != NO_LABEL)
    wrong = known[tasks, None] != np.arange(log_joint.shape[1])
    log_joint[tasks] = np.where(wrong, -np.inf, log_joint[tasks])
