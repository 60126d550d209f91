"""Models that fail in different ways, pooled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from quality.aggregation.calibration import Disagreement, disagreement, tempering
from quality.aggregation.codes import Floats
from quality.aggregation.dawid_skene import DawidSkene
from quality.aggregation.ebcc import EBCC
from quality.aggregation.few_votes import believed, unopposed
from quality.aggregation.fit import Basis, Fit
from quality.aggregation.hierarchical import SharedErrors, believed_workers
from quality.aggregation.majority import MajorityVote
from quality.aggregation.pooling import Pool, learn_pool
from quality.aggregation.posterior import TIE, likeliest, shares, with_known
from quality.aggregation.votes import NO_LABEL, Votes

CELLS = 2**21
"""Size of EBCC's tables, in numbers, up to which it takes part: beyond, it would take minutes and
gigabytes."""

RESTARTED_CELLS = 2**20
"""The same of all restarts together: where tables are large, restarts differ little."""


WEIGHTS = np.array([0.25, 0.75, 1.0, 0.75])
"""Of majority vote, shared errors, Dawid & Skene's model and EBCC; chosen once, on 14 public
sets."""

SOLITUDE = 4
"""How steeply a member's weight falls with the share of tasks on which the others elect another
label than it has."""

DAWID_SKENE = 2
"""Its place among the members."""

MANY_VOTES = 10.0
"""Votes a task from which Dawid & Skene's model weighs more, as their root: the truth that it
learns from is then plain enough to trust each worker's own matrix."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The pool of majority vote, Dawid & Skene's model, shared errors and EBCC, as sure as it
    should be.

    No single model is best everywhere: a confusion matrix a worker takes many votes; one accuracy a
    worker misses that some mistake one class for another; all take votes for independent, but for
    EBCC; and EBCC gets lost where classes are many and votes few. Where they agree the pool is
    sure, and where they don't it is not.

    With known answers, the models are fitted without them once more, to learn from their mistakes
    how to weigh them, which classes they overrate together, and how sure to be.

    The worker models are those of the pooled posterior, and the trace is that of Dawid & Skene's
    model.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        fits = self._members(votes, start)
        found = disagreement(votes, fits[-1].posterior)
        pool, power = self._pool(votes, fits, found)
        posterior = with_known(votes, pool.join([fit.posterior for fit in fits], power))
        posterior = unopposed(votes, posterior, lambda: believed(votes)[1].accuracy)
        class_shares = shares(votes, posterior)
        posterior[~votes.has_evidence] = class_shares
        return Fit(
            "ensemble",
            likeliest(votes, posterior, self.seed),
            posterior,
            class_shares,
            believed_workers(votes, posterior, class_shares),
            fits[DAWID_SKENE].log_likelihood,
            all(fit.converged for fit in fits),
            self._reason(votes, fits, pool, found),
            basis=Basis.POOL,
        )

    def _members(self, votes: Votes, start: Fit | None) -> list[Fit]:
        fits = [
            MajorityVote(self.seed).fit(votes),
            SharedErrors(self.max_iter, self.tol, self.seed).fit(votes, start),
            DawidSkene.maximum_likelihood(self.max_iter, self.tol, self.seed).fit(votes, start),
        ]
        ebcc = EBCC(seed=self.seed)
        cells = votes.n_tasks * votes.n_classes * ebcc.subtypes
        if cells <= CELLS:
            restarts = min(ebcc.restarts, max(1, RESTARTED_CELLS // max(cells, 1)))
            fits.append(replace(ebcc, restarts=restarts).fit(votes, start))
        return fits

    def _pool(self, votes: Votes, fits: Sequence[Fit], found: Disagreement) -> tuple[Pool, Floats]:
        """The pool, and the power of each task (tasks,).

        With known answers both come from fits that were not told them: a model that was told is no
        measure of how sure it should be.
        """
        known = np.flatnonzero((votes.known != NO_LABEL) & (votes.per_task > 0))
        if not known.size:
            return _default_pool(votes, fits), tempering(votes, found)
        untold = votes.untold
        fits = self._members(untold, None)
        posteriors = [fit.posterior for fit in fits]
        power = tempering(untold, disagreement(untold, posteriors[-1]))
        default = _default_pool(untold, fits)
        return learn_pool(default, [each[known] for each in posteriors], power[known], votes.known[known]), power

    def _reason(self, votes: Votes, fits: Sequence[Fit], pool: Pool, found: Disagreement) -> str:
        """What was pooled, in a sentence."""
        parts = ", ".join(f"{fit.method} {weight:.0%}" for fit, weight in zip(fits, pool.weights, strict=True))
        known = int(np.count_nonzero(votes.known != NO_LABEL))
        taught = f", weighed by {known} known answers" if known else ""
        return f"{parts}{taught}; {found.task_share:.0%} of disagreement lies in the tasks, the rest in the workers"


def _default_pool(votes: Votes, fits: Sequence[Fit]) -> Pool:
    """The pool of which nothing is known but the votes: members that stand alone have next to no
    say."""
    weights = WEIGHTS[: len(fits)].copy()
    weights[DAWID_SKENE] *= max(votes.a_task / MANY_VOTES, 1.0) ** 0.5
    weights *= company([fit.posterior[votes.per_task > 0] for fit in fits], weights) ** SOLITUDE
    return Pool(weights / weights.sum(), np.zeros(votes.n_classes))


def company(posteriors: Sequence[Floats], weights: Floats) -> Floats:
    """(members,) the share of tasks on which a member elects what the others elect by their
    weights; where several classes are tied, each has a part. A model that has collapsed has little
    company, whatever is true."""
    if not len(posteriors[0]):
        return np.ones(len(posteriors))
    votes = [_elected(posterior) for posterior in posteriors]
    of_all = np.asarray(sum(weight * vote for weight, vote in zip(weights, votes, strict=True)))
    others = (of_all - weight * vote for weight, vote in zip(weights, votes, strict=True))
    return np.array(
        [(vote * (_elected(each) > 0)).sum(axis=1).mean() for vote, each in zip(votes, others, strict=True)]
    )


def _elected(posterior: Floats) -> Floats:
    """(tasks, classes) 1 for the likeliest class, shared evenly where several are tied."""
    top = (posterior >= posterior.max(axis=1, keepdims=True) - TIE).astype(np.float64)
    return top / top.sum(axis=1, keepdims=True)
