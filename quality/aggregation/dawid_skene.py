"""Dawid & Skene's model: every worker has a confusion matrix."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import xlogy

from quality.aggregation.codes import Floats
from quality.aggregation.em import Limits, Parameters, climb
from quality.aggregation.fit import Fit
from quality.aggregation.posterior import class_counts, proportions
from quality.aggregation.votes import Votes


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """A. P. Dawid & A. M. Skene (1979), Maximum likelihood estimation of observer error-rates using
    the EM algorithm.

    With a Dirichlet prior, so that workers with few votes are believed to be moderately good rather
    than perfect or hopeless, and no answer is impossible. The pseudo counts were chosen once, on 14
    public sets (docs/aggregation.md).

    max_iter: pairs of steps at most.
    tol: stop when an iteration gains less than this, in nats a vote: it means the same for any
        number of votes.
    diagonal, off_diagonal: votes that every worker is imagined to have given before, right and
        wrong, for each pair of true class and answer.
    share: tasks of each class that are imagined to have been seen before.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0
    diagonal: float = 2.0
    off_diagonal: float = 0.5
    share: float = 1.0

    @classmethod
    def maximum_likelihood(cls, max_iter: int = 100, tol: float = 1e-6, seed: int = 0) -> Self:
        """The model as published: no prior."""
        return cls(max_iter, tol, seed, diagonal=0.0, off_diagonal=0.0, share=0.0)

    @property
    def method(self) -> str:
        return "dawid-skene" if self.diagonal or self.off_diagonal or self.share else "dawid-skene-mle"

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        limits = Limits(self.max_iter, self.tol)
        return climb(votes, self.m_step, limits, method=self.method, seed=self.seed, start=start)

    def m_step(self, votes: Votes, posterior: Floats) -> Parameters:
        """The likeliest parameters given the posterior."""
        return self.parameters(votes.tally(posterior), class_counts(votes, posterior), self.pseudo_counts(votes))

    def parameters(self, tally: Floats, class_counts: Floats, pseudo_counts: Floats) -> Parameters:
        """The likeliest parameters given expected counts (Dawid & Skene, equations 2.3 and 2.4, and
        pseudo counts).

        A worker who never met a class has nothing but the prior there; without one, every answer is
        equally likely.

        tally: (workers, classes, classes) [worker, truth, answer] votes; class_counts: (classes,)
            tasks.
        """
        counts = tally + pseudo_counts
        totals = counts.sum(axis=2, keepdims=True)
        confusion = np.divide(counts, totals, out=np.full_like(counts, 1 / len(class_counts)), where=totals > 0)
        class_shares = proportions(class_counts + self.share)
        log_prior = xlogy(self.share, class_shares).sum()
        if pseudo_counts.any():
            log_prior += xlogy(pseudo_counts, confusion).sum()
        return Parameters(class_shares, confusion, totals[:, :, 0], float(log_prior))

    def pseudo_counts(self, votes: Votes) -> Floats:
        """(classes, classes) [truth, answer] the votes imagined of every worker; a (workers, …)
        array with history."""
        counts = np.full((votes.n_classes, votes.n_classes), self.off_diagonal)
        np.fill_diagonal(counts, self.diagonal)
        return counts if votes.history is None else counts + votes.history
