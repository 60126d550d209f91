"""Many posteriors into one: a weighted geometric mean, whose weights can be learnt from known
answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.posterior import normalise

DOUBT = 0.05
"""The probability that any member's posterior is of no use: spread evenly over the classes, so that
none can veto."""

RELUCTANCE, ROUNDING = 3.0, 0.1
"""Known answers are few: what is learnt, on a log scale, has a Laplace prior of this rate, rounded
off at the top. Most of it then stays at the default unless answers say otherwise clearly."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """A log-linear opinion pool (C. Genest & J. V. Zidek, 1986, Combining probability
    distributions, section 3).

    weights: (members,) they add up to 1.
    offsets: (classes,) added to the log odds of each class: what the members together under- or
        overrate.
    sharpness: multiplies the log odds; below 1 it makes the pool less sure.
    contrast: how much more it does so where the first member is sure than where it isn't.
    """

    weights: Floats
    offsets: Floats
    sharpness: float = 1.0
    contrast: float = 0.0

    def join(self, members: Sequence[Floats], power: Floats) -> Floats:
        """(tasks, classes) the pool of the members' posteriors, with each task's log odds
        multiplied by its `power`."""
        logs = sum(weight * _doubting(member) for weight, member in zip(self.weights, members, strict=True))
        scale = self.sharpness * power * np.exp(self.contrast * _certainty(members[0]))
        return normalise(scale[:, None] * np.asarray(logs) + self.offsets)[0]


def learn_pool(default: Pool, members: Sequence[Floats], power: Floats, truth: Codes) -> Pool:
    """The pool that makes the true classes (tasks,) likeliest, given that it is probably close to
    `default`.

    members: posteriors (tasks, classes) of fits that were not told the truth of these tasks. One
    maximum of the posterior density of weights, offsets, sharpness and contrast, found by L-BFGS.
    """
    logs = np.stack([_doubting(member) for member in members])
    n_members, _, n_classes = logs.shape
    rows, certainty = np.arange(len(truth)), _certainty(members[0])

    def at(theta: Floats) -> Pool:
        weights = default.weights * np.exp(theta[:n_members])
        offsets = theta[n_members:-2] - theta[n_members:-2].mean()
        sharpness, contrast = default.sharpness * float(np.exp(theta[-2])), default.contrast + float(theta[-1])
        return Pool(weights / weights.sum(), default.offsets + offsets, sharpness, contrast)

    def loss(theta: Floats) -> tuple[float, Floats]:
        pool = at(theta)
        mixed = np.einsum("m,mik->ik", pool.weights, logs)
        scale = (pool.sharpness * power * np.exp(pool.contrast * certainty))[:, None]
        posterior, _ = normalise(scale * mixed + pool.offsets)
        log_likelihood = np.log(np.maximum(posterior[rows, truth], np.finfo(float).tiny)).sum()
        residual = posterior.copy()
        residual[rows, truth] -= 1  # the gradient of minus the log-likelihood with respect to the log odds
        by_member = np.einsum("ik,mik->m", scale * residual, logs)
        by_weight = pool.weights * (by_member - pool.weights @ by_member)
        by_class = residual.sum(axis=0)
        by_scale = (scale * mixed * residual).sum(axis=1)
        by_class = np.append(by_class - by_class.mean(), [by_scale.sum(), by_scale @ certainty])
        gradient = np.concatenate([by_weight, by_class])
        distance = np.sqrt(theta**2 + ROUNDING**2)
        return float(RELUCTANCE * distance.sum() - log_likelihood), gradient + RELUCTANCE * theta / distance

    from scipy.optimize import minimize  # noqa: PLC0415 (takes half a second to load, and only known answers need it)

    return at(minimize(loss, np.zeros(n_members + n_classes + 2), jac=True, method="L-BFGS-B").x)


def _certainty(posterior: Floats) -> Floats:
    """(tasks,) how sure a posterior is, around 0 and about as wide as the other things that are
    learnt."""
    certainty: Floats = 3 * (posterior.max(axis=1) - 0.75)
    return certainty


def _doubting(posterior: Floats) -> Floats:
    """Log probabilities, none of them far below what doubt leaves to every class."""
    logs: Floats = np.log(posterior + DOUBT / posterior.shape[1])
    return logs
