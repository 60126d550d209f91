"""Independent Bayesian classifier combination: Dawid & Skene's model with what is not known
averaged out."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import digamma, gammaln

from quality.aggregation.codes import Floats
from quality.aggregation.em import Limits, Parameters, climb
from quality.aggregation.fit import Fit, WorkerModel
from quality.aggregation.hierarchical import tally_with_history
from quality.aggregation.votes import Votes


@dataclass(frozen=True, slots=True)
class IBCC:
    """E. Simpson, S. Roberts, I. Psorakis & A. Smith (2013), Dynamic Bayesian combination of
    multiple imperfect classifiers, section 3: variational Bayes with Dirichlet priors.

    Where Dawid & Skene's model takes one best confusion matrix a worker, this takes into account
    how uncertain each is: answers of workers with few votes count for less. The trace is the
    evidence lower bound, which never falls.

    diagonal, off_diagonal: votes that every worker is imagined to have given before, right and
        wrong, for each pair.
    share: tasks of each class that are imagined to have been seen before.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0
    diagonal: float = 2.0
    off_diagonal: float = 0.5
    share: float = 1.0

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        limits = Limits(self.max_iter, self.tol)
        fit = climb(votes, self.m_step, limits, method="ibcc", seed=self.seed, start=start)
        counts = tally_with_history(votes, fit.posterior) + self.pseudo_counts(votes.n_classes)
        evidence = counts.sum(axis=2)
        class_shares = fit.class_shares / fit.class_shares.sum()
        workers = WorkerModel.from_confusion(counts / evidence[:, :, None], class_shares, evidence)
        return replace(fit, workers=workers, class_shares=class_shares)

    def m_step(self, votes: Votes, posterior: Floats) -> Parameters:
        """The geometric means of what is believed of the parameters, which the E-step multiplies
        (equations 9 to 15).

        They don't add up to 1. `log_prior` is minus the divergence of belief from prior.
        """
        prior = self.pseudo_counts(votes.n_classes)
        counts = tally_with_history(votes, posterior) + prior
        seen = posterior.sum(axis=0, where=votes.has_evidence[:, None]) + self.share
        history = 0.0 if votes.history is None else votes.history
        gap = divergence(counts, prior + history) + divergence(seen, np.full_like(seen, self.share))
        evidence = counts.sum(axis=2)
        return Parameters(geometric_mean(seen), geometric_mean(counts), evidence, -gap)

    def pseudo_counts(self, n_classes: int) -> Floats:
        """(classes, classes) [truth, answer] the votes imagined of every worker."""
        counts = np.full((n_classes, n_classes), self.off_diagonal)
        np.fill_diagonal(counts, self.diagonal)
        return counts


def geometric_mean(counts: Floats) -> Floats:
    """exp E[log p] of p drawn from Dirichlet(counts), along the last axis."""
    mean: Floats = np.exp(digamma(counts) - digamma(counts.sum(axis=-1, keepdims=True)))
    return mean


def divergence(counts: Floats, prior: Floats) -> float:
    """The Kullback-Leibler divergence of Dirichlet(counts) from Dirichlet(prior), in nats, summed
    over all rows."""
    prior = np.broadcast_to(prior, counts.shape)
    expected_log = digamma(counts) - digamma(counts.sum(axis=-1, keepdims=True))
    normalisers = gammaln(counts.sum(axis=-1)) - gammaln(prior.sum(axis=-1))
    terms = gammaln(prior) - gammaln(counts) + (counts - prior) * expected_log
    return float(normalisers.sum() + terms.sum())
