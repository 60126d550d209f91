"""Able workers and hard tasks: the probability of a right vote depends on both."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from quality.aggregation.codes import Floats
from quality.aggregation.em import Limits
from quality.aggregation.fit import Fit, WorkerModel, one_coin_confusion
from quality.aggregation.grouped import sums
from quality.aggregation.posterior import begin, likeliest, normalise, with_known
from quality.aggregation.progress import tell
from quality.aggregation.votes import Votes

NEWTON_STEPS = 3
"""In one M-step; more gain little before the posterior moves."""

LONGEST_STEP = 1.0
"""Of one Newton step: beyond it the quadratic is no guide."""


@dataclass(frozen=True, slots=True)
class GLAD:
    """J. Whitehill, P. Ruvolo, T. Wu, J. Bergsma & J. Movellan (2009), Whose vote should count
    more.

    A vote is right with probability logistic(ability · ease): ability of the worker, which is below
    zero for one who means to mislead, and ease of the task, which is above zero. Wrong votes fall
    evenly on the other classes, and all classes are equally common, as in the paper. Both have
    normal priors, ease on a log scale, which keep them finite; each M-step is a few safeguarded
    Newton steps on all abilities and then all eases at once, where the paper has gradient ascent.
    `Fit.difficulty` is 1 / ease.

    ability, ability_deviation, ease_deviation: means and standard deviations of the priors; log
        ease has mean 0.
    """

    max_iter: int = 100
    tol: float = 1e-6
    seed: int = 0
    ability: float = 1.0
    ability_deviation: float = 1.0
    ease_deviation: float = 1.0

    def fit(self, votes: Votes, start: Fit | None = None) -> Fit:
        posterior = begin(votes, start)
        ability = np.full(votes.n_workers, self.ability)
        log_ease = np.zeros(votes.n_tasks)
        limits, trace, converged = Limits(self.max_iter, self.tol), list[float](), False
        class_shares = np.full(votes.n_classes, 1 / votes.n_classes)
        while not converged and len(trace) < self.max_iter:
            right = posterior[votes.tasks, votes.labels]
            for _ in range(NEWTON_STEPS):
                ability = self._better_abilities(votes, right, ability, log_ease)
                log_ease = self._better_eases(votes, right, ability, log_ease)
            posterior, log_likelihood = _e_step(votes, class_shares, ability, log_ease)
            trace.append(log_likelihood + self._log_prior(votes, ability, log_ease))
            tell(len(trace), self.max_iter)
            converged = limits.reached(trace, votes)
        return Fit(
            "glad",
            likeliest(votes, posterior, self.seed),
            posterior,
            class_shares,
            _workers(votes, class_shares, ability, log_ease),
            tuple(trace),
            converged,
            difficulty=np.where(votes.per_task > 0, np.exp(-log_ease), np.nan),
        )

    def _better_abilities(self, votes: Votes, right: Floats, ability: Floats, log_ease: Floats) -> Floats:
        """A Newton step towards the likeliest abilities, given the probability that each vote is
        right."""
        ease = np.exp(log_ease)[votes.tasks]
        past_right, past = _history(votes)

        def objective(value: Floats) -> Floats:
            gain = sums(votes.workers, votes.weights * _expected(right, value[votes.workers] * ease), votes.n_workers)
            gain += past_right * log_expit(value) + (past - past_right) * log_expit(-value)
            return gain - ((value - self.ability) / self.ability_deviation) ** 2 / 2

        chance, chance_before = expit(ability[votes.workers] * ease), expit(ability)
        slope = (
            sums(votes.workers, votes.weights * ease * (right - chance), votes.n_workers)
            + past_right
            - past * chance_before
        )
        slope -= (ability - self.ability) / self.ability_deviation**2
        curvature = sums(votes.workers, votes.weights * ease**2 * chance * (1 - chance), votes.n_workers)
        curvature += past * chance_before * (1 - chance_before) + 1 / self.ability_deviation**2
        return _improved(ability, slope / curvature, objective)

    def _better_eases(self, votes: Votes, right: Floats, ability: Floats, log_ease: Floats) -> Floats:
        """A step towards the likeliest eases, with the expected curvature, since the true one may
        have either sign."""
        skill = ability[votes.workers]

        def objective(value: Floats) -> Floats:
            gain = sums(
                votes.tasks, votes.weights * _expected(right, skill * np.exp(value)[votes.tasks]), votes.n_tasks
            )
            return gain - (value / self.ease_deviation) ** 2 / 2

        odds = skill * np.exp(log_ease)[votes.tasks]
        chance = expit(odds)
        slope = (
            sums(votes.tasks, votes.weights * odds * (right - chance), votes.n_tasks)
            - log_ease / self.ease_deviation**2
        )
        curvature = sums(votes.tasks, votes.weights * odds**2 * chance * (1 - chance), votes.n_tasks)
        return _improved(log_ease, slope / (curvature + 1 / self.ease_deviation**2), objective)

    def _log_prior(self, votes: Votes, ability: Floats, log_ease: Floats) -> float:
        past_right, past = _history(votes)
        squares = ((ability - self.ability) / self.ability_deviation) ** 2
        log_prior = -squares.sum() / 2 - ((log_ease / self.ease_deviation) ** 2).sum() / 2
        history = past_right * log_expit(ability) + (past - past_right) * log_expit(-ability)
        return float(log_prior + history.sum())


def _e_step(votes: Votes, class_shares: Floats, ability: Floats, log_ease: Floats) -> tuple[Floats, float]:
    """The posterior (tasks, classes) and the log-likelihood of all votes (equation 3, extended to
    many classes)."""
    odds = ability[votes.workers] * np.exp(log_ease)[votes.tasks]
    wrong = log_expit(-odds) - np.log(max(votes.n_classes - 1, 1))
    if votes.n_classes == 1:
        wrong = log_expit(odds)  # with one class there is no way to be wrong
    cells = votes.tasks.astype(np.int64) * votes.n_classes + votes.labels
    gain = np.bincount(cells, votes.weights * (log_expit(odds) - wrong), minlength=votes.n_tasks * votes.n_classes)
    joint = (
        gain.reshape(votes.n_tasks, votes.n_classes) + sums(votes.tasks, votes.weights * wrong, votes.n_tasks)[:, None]
    )
    joint += np.log(class_shares)
    known = with_known(votes, np.ones_like(joint))
    joint[known == 0] = -np.inf
    posterior, log_evidence = normalise(joint)
    return posterior, float(log_evidence.sum(where=votes.has_evidence))


def _workers(votes: Votes, class_shares: Floats, ability: Floats, log_ease: Floats) -> WorkerModel:
    """Accuracy is that on the tasks the worker voted on; without any, on one of ordinary ease."""
    chance = expit(ability[votes.workers] * np.exp(log_ease)[votes.tasks])
    past = _history(votes)[1] + 1.0
    accuracy = (sums(votes.workers, votes.weights * chance, votes.n_workers) + past * expit(ability)) / (
        votes.per_worker + past
    )
    if votes.n_classes == 1:
        accuracy = np.ones_like(accuracy)
    evidence = (votes.per_worker + past)[:, None] * class_shares
    return WorkerModel.from_confusion(one_coin_confusion(accuracy, votes.n_classes), class_shares, evidence)


def _history(votes: Votes) -> tuple[Floats, Floats]:
    """(workers,) right and (workers,) all votes of the history, taken to be on tasks of ordinary
    ease."""
    if votes.history is None:
        return np.zeros(votes.n_workers), np.zeros(votes.n_workers)
    return np.einsum("wjj->w", votes.history), votes.history.sum(axis=(1, 2))


def _expected(right: Floats, odds: Floats) -> Floats:
    """(votes,) the expected log-likelihood of each vote, up to what does not depend on the odds."""
    return right * log_expit(odds) + (1 - right) * log_expit(-odds)


def _improved(value: Floats, step: Floats, objective: Callable[[Floats], Floats]) -> Floats:
    """`value` moved by `step`, shortened where that would not raise the objective, and kept where
    nothing does."""
    before = objective(value)
    step = np.clip(step, -LONGEST_STEP, LONGEST_STEP)
    for _ in range(4):
        worse = objective(value + step) < before
        if not worse.any():
            return value + step
        step = np.where(worse, step / 2, step)
    return np.where(objective(value + step) < before, value, value + step)
