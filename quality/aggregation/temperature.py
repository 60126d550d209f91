"""How sure labels may be, learnt from known answers.

>>> fit = tempered(method.fit(votes), votes)
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from quality.aggregation.codes import Floats
from quality.aggregation.fit import Basis, Fit, Workers
from quality.aggregation.hierarchical import tally_with_history
from quality.aggregation.posterior import normalise, with_known
from quality.aggregation.votes import NO_LABEL, Votes

Ints = npt.NDArray[np.int64]

POWERS = np.exp(np.linspace(np.log(0.1), np.log(10.0), 93))
"""Between which powers are looked for, in steps of 5%."""

SAMPLE = 20_000
"""Tasks at which it is seen how sure the fit is."""

RELUCTANCE = 0.25
"""Standard deviation of the logarithm of the power that is believed before any known answer is
seen."""

CAUTION = 1.0
"""Standard deviations of what is believed of the power by which it is taken lower: to be too sure
costs labels, and to be too unsure only answers."""

IMAGINED = 4.0
"""Votes that a worker's matrix leans on beside the real ones, as in `believed_workers`."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """Temperature scaling (C. Guo et al., 2017, On calibration of modern neural networks, section
    4.2).

    power: multiplies log odds; below 1 it makes every label less sure, and 1 leaves them as they
        are.
    known: the known answers that it was learnt from.
    """

    power: float = 1.0
    known: int = 0

    def of(self, votes: Votes, posterior: Floats) -> Floats:
        """(tasks, classes) the posterior, as sure as it should be; what is known stays certain."""
        if self.power == 1.0:
            return posterior
        warm = posterior.copy()
        rows = votes.has_evidence
        warm[rows] = normalise(self.power * _logs(posterior[rows]))[0]
        return with_known(votes, warm)


def tempered(fit: Fit, votes: Votes) -> Fit:
    """The same labels, as sure as known answers show that they may be. Without any, or without
    models of workers, the fit is left as it is."""
    if fit.basis not in (Basis.MODELS, Basis.POOL):
        return fit
    temperature = learn_temperature(fit, fit.workers, votes)
    if temperature.power == 1.0:
        return fit
    told = f"made {temperature.power:.2f} times as sure by {temperature.known} known answers"
    reason = f"{fit.reason}; {told}" if fit.reason else told
    return replace(fit, posterior=temperature.of(votes, fit.posterior), reason=reason)


def learn_temperature(fit: Fit, models: Workers, votes: Votes) -> Temperature:
    """The temperature at which workers' models would have been as sure of known answers as they
    were right.

    A task whose answer is known has mostly more votes than others, and has shaped the models of
    those who voted on it. So its votes are dealt out to as many made-up tasks as give each as few
    votes as other tasks have, and each vote is judged by a matrix from which it was taken out
    (leave-one-out). All made-up tasks of one count for its square root.
    """
    known = np.flatnonzero((votes.known != NO_LABEL) & (votes.per_task > 0))
    others = np.flatnonzero((votes.known == NO_LABEL) & (votes.per_task > 0))
    if not len(known) or not len(others):
        return Temperature()
    some = others[:: max(1, len(others) // SAMPLE)]
    logs = _logs(np.ascontiguousarray(models.confusion.transpose(0, 2, 1)))  # [worker, answer, truth]
    shares = _logs(fit.class_shares)
    sample = votes.on_tasks(some)
    judged = _scores(sample.tasks, logs[sample.workers, sample.labels], len(some)) + shares
    as_sure = _best(judged, fit.posterior[some])
    told = votes.on_tasks(known)
    part, weight, truth = _dealt_out(told, np.sort(votes.per_task[others]))
    scores = _scores(part, _without_itself(fit, models, votes, told, logs), len(weight)) + shares
    right = np.zeros_like(scores)
    right[np.arange(len(truth)), truth] = weight
    wanted = _cautious(scores, right, as_sure)
    # A pool of models is not just a warmer judge: it is made as sure as that is, and not as much
    # surer as that became.
    return Temperature(_best(_logs(fit.posterior[some]), normalise(wanted * judged)[0]), len(known))


def _without_itself(fit: Fit, models: Workers, votes: Votes, told: Votes, logs: Floats) -> Floats:
    """(votes, classes) the log probability of each vote, given each class, by what the worker's
    other votes show."""
    truth = told.known[told.tasks]
    rows = tally_with_history(votes, fit.posterior * votes.has_evidence[:, None]).sum(axis=2)
    evidence = rows[told.workers, truth] + IMAGINED
    count = models.confusion[told.workers, truth, told.labels] * evidence
    result: Floats = logs[told.workers, told.labels].copy()
    less = np.maximum(count - told.weights, 0.1 * IMAGINED / votes.n_classes)
    result[np.arange(len(truth)), truth] = np.log(less / np.maximum(evidence - told.weights, less + 1e-9))
    return result


def _dealt_out(told: Votes, sizes: Floats) -> tuple[Ints, Floats, Ints]:
    """The made-up task of each vote (votes,), and the weight and the true class of each of these
    (parts,).

    sizes: votes that other tasks have, from which those of the made-up ones are drawn.
    """
    rng = np.random.default_rng(0)
    order = np.lexsort((rng.random(len(told.tasks)), told.tasks))
    drawn = np.maximum(rng.choice(sizes, len(order)), 1).astype(np.int64)
    part, n, left, task = np.empty(len(order), dtype=np.int64), -1, 0, -1
    of_part = []
    for row in order.tolist():
        if left == 0 or told.tasks[row] != task:
            n, task = n + 1, int(told.tasks[row])
            left = int(drawn[n])
            of_part.append(task)
        part[row] = n
        left -= 1
    tasks = np.asarray(of_part, dtype=np.int64)
    weight = 1 / np.sqrt(np.bincount(tasks)[tasks].astype(np.float64))
    return part, weight, told.known[tasks].astype(np.int64)


def _scores(groups: npt.NDArray[np.integer], logs: Floats, n: int) -> Floats:
    """(groups, classes) sums of the log probabilities of a group's votes."""
    columns = [np.bincount(groups, logs[:, each], minlength=n) for each in range(logs.shape[1])]
    return np.stack(columns, axis=1)


def _best(scores: Floats, target: Floats) -> float:
    """The power at which scores come closest to `target` (tasks, classes) in cross-entropy."""
    return float(POWERS[int(np.argmin(_losses(scores, target)))])


def _cautious(scores: Floats, target: Floats, around: float) -> float:
    """The same, as far as known answers bear it: believed to be near `around` before they were
    seen, and taken so many standard deviations below what is believed of it then."""
    belief = -_losses(scores, target) - (np.log(POWERS / around) / RELUCTANCE) ** 2 / 2
    belief = np.exp(belief - belief.max())
    mean = belief @ np.log(POWERS) / belief.sum()
    deviation = np.sqrt(belief @ (np.log(POWERS) - mean) ** 2 / belief.sum())
    return float(np.exp(mean - CAUTION * deviation))


def _losses(scores: Floats, target: Floats) -> Floats:
    return np.array([-(target * _logs(normalise(power * scores)[0])).sum() for power in POWERS])


def _logs(probabilities: Floats) -> Floats:
    logs: Floats = np.log(np.maximum(probabilities, np.finfo(np.float64).tiny))
    return logs
