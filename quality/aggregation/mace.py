"""Workers who either know or don't care: a vote is the truth, or a draw from the worker's
habits."""

from dataclasses import dataclass

import numpy as np
from scipy.special import xlog1py, xlogy

from quality.aggregation.codes import Floats
from quality.aggregation.em import Limits, Parameters, e_step
from quality.aggregation.fit import Fit, WorkerModel
from quality.aggregation.grouped import sums
from quality.aggregation.posterior import begin, likeliest, shares
from quality.aggregation.progress import tell
from quality.aggregation.votes import Votes


@dataclass(frozen=True, slots=True)
class MACE:
    """D. Hovy, T. Berg-Kirkpatrick, A. Vaswani & E. Hovy (2013), Learning whom to trust with MACE.

    With probability `competence` a worker gives the true class, else one drawn from habits of their
    own. This takes far fewer votes than a confusion matrix, and sees through workers who always
    click the same button. Expectation maximisation with priors, from the shares of the votes; the
    paper's random restarts are not needed then.

    knowing, guessing: votes that every worker is imagined to have given either way.
    habit: votes that every worker is imagined to have guessed for each class.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0
    knowing: float = 1.0
    guessing: float = 1.0
    habit: float = 0.5

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        posterior = begin(votes, start)
        habits = np.full((votes.n_workers, votes.n_classes), 1 / votes.n_classes)
        competence = np.full(votes.n_workers, 0.5)
        limits, trace, converged = Limits(self.max_iter, self.tol), list[float](), False
        while not converged and len(trace) < self.max_iter:
            known = self._known_votes(votes, posterior, competence, habits)
            competence, habits = self._m_step(votes, known)
            parameters = self._parameters(votes, posterior, competence, habits)
            posterior, log_likelihood = e_step(votes, parameters)
            trace.append(log_likelihood + parameters.log_prior)
            tell(len(trace), self.max_iter)
            converged = limits.reached(trace, votes)
        workers = WorkerModel.from_confusion(parameters.confusion, parameters.class_shares, parameters.evidence)
        labels = likeliest(votes, posterior, self.seed)
        return Fit("mace", labels, posterior, parameters.class_shares, workers, tuple(trace), converged)

    def _known_votes(self, votes: Votes, posterior: Floats, competence: Floats, habits: Floats) -> Floats:
        """(votes,) the probability that each vote was given by someone who knew (the E-step of the
        paper)."""
        knew = competence[votes.workers]
        guessed = (1 - knew) * habits[votes.workers, votes.labels]
        return posterior[votes.tasks, votes.labels] * knew / (knew + guessed)

    def _m_step(self, votes: Votes, known: Floats) -> tuple[Floats, Floats]:
        """(workers,) competence and (workers, classes) habits, from the probability that each vote
        was known."""
        n_workers, n_classes = votes.n_workers, votes.n_classes
        knew = sums(votes.workers, votes.weights * known, n_workers)
        cells = votes.workers.astype(np.int64) * n_classes + votes.labels
        guesses = np.bincount(cells, votes.weights * (1 - known), minlength=n_workers * n_classes)
        knew_elsewhere, guessed_elsewhere = self._history(votes)
        guessed = guesses.reshape(n_workers, n_classes) + guessed_elsewhere + self.habit
        total = votes.per_worker + knew_elsewhere + guessed_elsewhere.sum(axis=1)
        competence = (knew + knew_elsewhere + self.knowing) / (total + self.knowing + self.guessing)
        return competence, guessed / guessed.sum(axis=1, keepdims=True)

    def _history(self, votes: Votes) -> tuple[Floats, Floats]:
        """(workers,) votes of the history given knowing, and (workers, classes) guessed: as many as
        were wrong."""
        if votes.history is None:
            return np.zeros(votes.n_workers), np.zeros((votes.n_workers, votes.n_classes))
        wrong = votes.history * ~np.eye(votes.n_classes, dtype=bool)
        return np.einsum("wjj->w", votes.history), wrong.sum(axis=1)

    def _parameters(self, votes: Votes, posterior: Floats, competence: Floats, habits: Floats) -> Parameters:
        class_shares = shares(votes, posterior, pseudo_count=1.0)
        knowing = competence[:, None, None] * np.eye(votes.n_classes)
        confusion = knowing + (1 - competence)[:, None, None] * habits[:, None, :]
        evidence = (votes.per_worker + self.knowing + self.guessing)[:, None] * class_shares
        knew_elsewhere, guessed_elsewhere = self._history(votes)
        log_prior = xlogy(self.knowing + knew_elsewhere, competence).sum() + np.log(class_shares).sum()
        log_prior += xlog1py(self.guessing + guessed_elsewhere.sum(axis=1), -competence).sum()
        log_prior += xlogy(self.habit + guessed_elsewhere, habits).sum()
        return Parameters(class_shares, confusion, evidence, float(log_prior))
