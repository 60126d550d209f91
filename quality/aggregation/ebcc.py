"""Tasks of one class that draw different mistakes: classes split into subtypes, so that workers may
err together."""

from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Floats
from quality.aggregation.em import Limits
from quality.aggregation.fit import Fit, one_coin_confusion
from quality.aggregation.hierarchical import accuracies, believed_workers
from quality.aggregation.posterior import begin, likeliest, shares, vote_shares, with_known
from quality.aggregation.progress import tell
from quality.aggregation.votes import NO_LABEL, Votes

CELLS = 2**24
"""Numbers a table may have: restarts beyond it are taken in turn."""


@dataclass(frozen=True, slots=True)
class EBCC:
    """Y. Li, B. Rubinstein & T. Cohn (2019), Exploiting worker correlation for label aggregation in
    crowdsourcing.

    Every class is a mixture of `subtypes`, and a worker has a row of answers for each. Tasks that
    many workers mistake in the same way then gather in a subtype of the true class, rather than
    count as so many independent votes.

    Two things differ from the paper, because they did better on average on 14 public sets
    (docs/aggregation.md): rows are point estimates under a prior centred on the worker's own
    one-coin matrix, as in `Hierarchical`, instead of variational posteriors under one prior for
    all; and the posteriors of all restarts are averaged, since to pick the one with the highest
    bound is a lottery on small sets. The trace is the mean log-likelihood over restarts, which need
    not always rise.

    subtypes: of each class.
    restarts: random ways to split classes at the beginning.
    strength: votes that the prior puts on each row.
    concentration: of the Dirichlet prior on a class's subtypes, altogether; small, so that few of
        them are used.
    """

    max_iter: int = 500
    tol: float = 1e-5
    seed: int = 0
    subtypes: int = 5
    restarts: int = 10
    strength: float = 4.0
    concentration: float = 0.1

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        posterior = begin(votes, start)
        rng = np.random.default_rng(self.seed)
        runs: list[Run] = []
        batch = max(1, CELLS // max(votes.n_tasks * votes.n_classes * self.subtypes, 1))
        while len(runs) < self.restarts:
            size = min(batch, self.restarts - len(runs))
            runs += self._restarted(votes, posterior, rng.dirichlet(np.ones(self.subtypes), (size, votes.n_tasks)))
        return self._averaged(votes, runs)

    def _restarted(self, votes: Votes, posterior: Floats, split: Floats) -> "list[Run]":
        """One run for each restart; `split` (restarts, tasks, subtypes) is where they begin.

        They go on together until all have converged: one sparse product then serves them all.
        """
        membership = posterior[:, None, :, None] * split.transpose(1, 0, 2)[:, :, None, :]
        imagined = vote_shares(votes).sum(axis=0, where=votes.has_evidence[:, None]) + 1.0
        limits = Limits(self.max_iter, self.tol)
        traces: list[list[float]] = [[] for _ in split]
        done = False
        while not done and len(traces[0]) < self.max_iter:
            membership, log_likelihoods = e_step(votes, *self._m_step(votes, membership, imagined))
            for trace, log_likelihood in zip(traces, log_likelihoods.tolist(), strict=True):
                trace.append(log_likelihood)
            tell(len(traces[0]), self.max_iter)
            done = all(limits.reached(trace, votes) for trace in traces)
        posteriors = membership.sum(axis=3).transpose(1, 0, 2)
        return [Run(*run, limits.reached(run[1], votes)) for run in zip(posteriors, traces, strict=True)]

    def _m_step(self, votes: Votes, membership: Floats, imagined: Floats) -> tuple[Floats, Floats]:
        """(restarts, classes, subtypes) shares, and (workers, answers, restarts, classes, subtypes)
        confusion.

        imagined: (classes,) tasks of each class that were seen before: as many as there are, in the
            proportions of the votes, which keeps a restart from losing a class.
        """
        membership = membership * votes.has_evidence[:, None, None, None]
        subtypes = membership.sum(axis=0) + self.concentration / self.subtypes
        classes = membership.sum(axis=(0, 3)) + imagined
        shares_of_classes = classes / classes.sum(axis=1, keepdims=True)
        shares_within = subtypes / subtypes.sum(axis=2, keepdims=True)
        return shares_of_classes[:, :, None] * shares_within, self._confusion(votes, membership)

    def _confusion(self, votes: Votes, membership: Floats) -> Floats:
        n_tasks, restarts, n_classes, subtypes = membership.shape
        tally = np.asarray(votes.indicator.T @ membership.reshape(n_tasks, restarts * n_classes * subtypes))
        tally = tally.reshape(votes.n_workers, n_classes, restarts, n_classes, subtypes)
        if votes.history is not None:
            tally = tally + votes.history.transpose(0, 2, 1)[:, :, None, :, None] / subtypes
        by_truth = tally.sum(axis=4).transpose(2, 0, 3, 1)
        centre = np.stack([one_coin_confusion(accuracies(each), n_classes) for each in by_truth])
        counts = tally + self.strength * centre.transpose(1, 3, 0, 2)[..., None]
        confusion: Floats = counts / counts.sum(axis=1, keepdims=True)
        return confusion

    def _averaged(self, votes: Votes, runs: "list[Run]") -> Fit:
        posterior = with_known(votes, np.mean([run.posterior for run in runs], axis=0))
        class_shares = shares(votes, posterior)
        posterior[~votes.has_evidence] = class_shares
        length = max(len(run.trace) for run in runs)
        padded = [[*run.trace, *[run.trace[-1]] * (length - len(run.trace))] for run in runs]
        return Fit(
            "ebcc",
            likeliest(votes, posterior, self.seed),
            posterior,
            class_shares,
            believed_workers(votes, posterior, class_shares),
            tuple(np.mean(padded, axis=0).tolist()),
            all(run.converged for run in runs),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Where one restart arrived: a posterior (tasks, classes), and its log-likelihood after each
    iteration."""

    posterior: Floats
    trace: list[float]
    converged: bool


def e_step(votes: Votes, subtype_shares: Floats, confusion: Floats) -> tuple[Floats, Floats]:
    """The membership (tasks, restarts, classes, subtypes) of tasks in subtypes, and (restarts,)
    log-likelihoods."""
    columns = subtype_shares.size
    joint = votes.indicator @ np.log(confusion).reshape(votes.n_workers * votes.n_classes, columns)
    joint += np.log(subtype_shares).reshape(columns)
    joint = joint.reshape(votes.n_tasks, *subtype_shares.shape)
    known = np.flatnonzero(votes.known != NO_LABEL)
    ruled_out = votes.known[known, None] != np.arange(votes.n_classes)
    joint[known] = np.where(ruled_out[:, None, :, None], -np.inf, joint[known])
    highest = joint.max(axis=(2, 3), keepdims=True)
    joint -= highest
    np.exp(joint, out=joint)
    evidence = joint.sum(axis=(2, 3), keepdims=True)
    joint /= evidence
    log_evidence = (highest + np.log(evidence))[:, :, 0, 0]
    return joint, log_evidence.sum(axis=0, where=votes.has_evidence[:, None])
