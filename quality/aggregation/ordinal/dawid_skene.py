"""Dawid & Skene's model for classes that have an order."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, softmax

from quality.aggregation.codes import Floats
from quality.aggregation.em import Limits, Parameters, climb
from quality.aggregation.fit import Fit
from quality.aggregation.ordinal.fit import OrdinalFit
from quality.aggregation.posterior import shares
from quality.aggregation.votes import Votes

SLIP = 0.01
"""Added to every probability of a type before it is normalised: anyone may hit the wrong key."""

LAPSES = {0.0: 0.5, 0.15: 0.25, 0.4: 0.25}
"""How often workers of a type answer without looking, any class as likely as another, and how many
workers do."""


@dataclass(frozen=True, slots=True)
class OrdinalDawidSkene:
    """Confusion matrices that lean on a worker's bias and spread along the scale until votes say
    otherwise.

    A worker of bias b and spread s perceives class j as normal around j + b with deviation s, and
    answers the class nearest to it, or lapses and answers any (J. S. Uebersax & W. M. Grove, 1993,
    A latent trait finite mixture model for the analysis of rating agreement, with equidistant
    thresholds; the lapses are ours). The expected matrix over a grid of such types, each as likely
    as the worker's votes make it, is the centre of a Dirichlet prior of `strength` votes on every
    row of the worker's confusion matrix (A. P. Dawid & A. M. Skene, 1979). Near misses are so
    expected of everyone, and a worker who uses the scale in a way of his own is still understood.
    The trace is the log-likelihood alone: as the prior moves with the estimates, it need not always
    rise.

    max_iter, tol: as in `DawidSkene`. strength: votes that each row of the prior is worth.
    share: tasks of each class that are imagined to have been seen before.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0
    strength: float = 8.0
    share: float = 1.0

    def fit(self, votes: Votes, start: Fit | None = None) -> OrdinalFit:
        limits = Limits(self.max_iter, self.tol)
        fit = climb(votes, self.m_step, limits, method="ordinal-dawid-skene", seed=self.seed, start=start)
        return OrdinalFit.of(votes, fit, self.seed)

    def m_step(self, votes: Votes, posterior: Floats) -> Parameters:
        """Expected votes, and `strength` more on every row as workers of the likely types would
        give them."""
        tally = votes.tally(posterior) if votes.history is None else votes.tally(posterior) + votes.history
        counts = tally + self.strength * expected_confusion(tally)
        evidence = counts.sum(axis=2)
        return Parameters(shares(votes, posterior, self.share), counts / evidence[:, :, None], evidence)


def expected_confusion(tally: Floats) -> Floats:
    """(workers, classes, classes) the mean matrix of the types, each as likely as a worker's votes
    make it.

    tally: (workers, classes, classes) [worker, truth, answer] expected votes.
    """
    n_workers, n_classes = tally.shape[:2]
    confusion, log_prior = types(n_classes)
    by_cell = confusion.reshape(len(confusion), -1)
    likely = softmax(tally.reshape(n_workers, n_classes**2) @ np.log(by_cell).T + log_prior, axis=1)
    mean: Floats = (likely @ by_cell).reshape(tally.shape)
    return mean


def types(n_classes: int) -> tuple[Floats, Floats]:
    """(types, classes, classes) the confusion matrices of all types, and (types,) their log prior
    probabilities.

    Biases run to a quarter of the scale either way, and are normal with half a class as deviation;
    spreads run from a quarter of a class to the whole scale, log-normal around one class with
    deviation 1.
    """
    reach = max(n_classes - 1, 1) / 4
    bias, spread = (
        grid.ravel() for grid in np.meshgrid(np.linspace(-reach, reach, 9), np.geomspace(0.25, n_classes, 9))
    )
    truth = np.arange(n_classes)
    threshold = np.concatenate([[-np.inf], truth[1:] - 0.5, [np.inf]])
    below = ndtr((threshold - truth[:, None] - bias[:, None, None]) / spread[:, None, None])
    confusion = np.diff(below, axis=2) + SLIP
    confusion /= confusion.sum(axis=2, keepdims=True)
    log_prior = -0.5 * ((bias / 0.5) ** 2 + np.log(spread) ** 2)
    lapsing = [(1 - lapse) * confusion + lapse / n_classes for lapse in LAPSES]
    return np.concatenate(lapsing), np.concatenate([log_prior + np.log(share) for share in LAPSES.values()])
