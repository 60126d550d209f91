"""Labels from votes too few to compare workers, as sure as a crowd like this one has earned."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy.special import betaln

from quality.aggregation.codes import Codes, Floats
from quality.aggregation.fit import Accuracies, Basis, Fit
from quality.aggregation.grouped import sums
from quality.aggregation.lean import LeanTable
from quality.aggregation.posterior import likeliest, normalise, shares, with_known
from quality.aggregation.votes import NO_LABEL, Votes

Ints = npt.NDArray[np.int64]

KNOWN, KNOWN_DEVIATION = 0.55, 0.15
"""What a crowd knows of that which guessing gets wrong, before anything is seen of it: mean and
standard deviation. On 14 public sets of two to ten classes it was 0.17 to 0.77, and 0.53 on
average, whatever the number of classes."""

ALIKE, ALIKE_DEVIATION = 0.12, 0.10
"""Agreement beyond chance that comes from tasks that all find easy, or all mistake, rather than
from knowledge."""

CORRELATION = 0.25
"""Between two votes on a task being right: n votes say as much as n / (1 + (n - 1) · 0.25) that
have nothing in common."""

COMPANY = np.array([3.0, 6.0, 12.0, 25.0, 50.0, 100.0, 200.0])
"""Votes of the crowd that every worker may be credited with, the more the more alike workers are;
each is as probable beforehand as it is large, so that few records tell nobody apart."""

LEAST_KNOWN = 0.02
"""Of any worker, so that a vote never speaks against its own class."""

HAIR = 1e-6
"""By which a class that nobody contradicts is likelier than the class that models find likelier."""

GRID = np.linspace(0.005, 0.995, 199)
"""Values of what a crowd may know, between which its mean is worked out."""


@dataclass(frozen=True, slots=True)
class FewVotes:
    """The class with most votes, where those of workers with a better record weigh more.

    A crowd of K classes knows a share q of what guessing gets wrong, and is right with probability
    1/K + (1 - 1/K) q. What is believed of q is a normal prior, times the likelihood of right and
    wrong votes on known tasks and in the history of the workers, times that of the agreement
    between votes on the others: agreement beyond chance is q² and something that the tasks add.
    Each worker is that crowd as long as known answers or history don't tell them apart. Votes on
    one task are correlated, and count for less the more there are (L. Kish, 1965, Survey sampling,
    section 8.2: the design effect).

    Where nobody contradicts, nothing is overturned: no vote counts against its own class.
    """

    seed: int = 0

    def fit(self, votes: Votes) -> Fit:
        accuracy, workers = believed(votes)
        posterior = weighed(votes, workers.accuracy)
        class_shares = shares(votes, posterior)
        labels = likeliest(votes, posterior, self.seed)
        reason = f"a vote taken to be right {accuracy:.0%} of the time"
        return Fit("majority", labels, posterior, class_shares, workers, reason=reason, basis=Basis.RECORDS)


def believed(votes: Votes) -> tuple[float, Accuracies]:
    """How often a vote of the crowd is taken to be right, and what is believed of each worker."""
    right, seen = _records(votes)
    accuracy = _accuracy(_known_by_crowd(votes, float(right.sum()), float(seen.sum())), votes.n_classes)
    company = _company(right, seen, accuracy)
    return accuracy, Accuracies.of(right + company * accuracy, seen + company, votes.n_classes)


def _company(right: Floats, seen: Floats, accuracy: float) -> float:
    """Votes of the crowd that each worker is credited with: the more, the less the records
    (workers,) differ beyond chance. The geometric mean of what is believed after beta-binomial
    likelihoods."""
    if not seen.any() or accuracy == 1.0:
        return float(COMPANY[-1])
    some = seen > 0
    good, bad = (COMPANY * share for share in (accuracy, 1 - accuracy))
    rights, wrongs = right[some][:, None], (seen - right)[some][:, None]
    belief = (betaln(good + rights, bad + wrongs) - betaln(good, bad)).sum(axis=0) + np.log(COMPANY)
    weight = np.exp(belief - belief.max())
    return float(np.exp(weight @ np.log(COMPANY) / weight.sum()))


def weighed(votes: Votes, accuracy: Floats) -> Floats:
    """(tasks, classes) the posterior by votes of workers who are right so often, all classes being
    equally common."""
    least = _accuracy(LEAST_KNOWN, votes.n_classes)
    right = np.clip(accuracy, least, 1 - 1e-9)
    skill = np.log(right * max(votes.n_classes - 1, 1) / (1 - right))
    damped = votes.weights * skill[votes.workers] * damping(votes)[votes.tasks]
    if votes.is_lean:
        return cast(Floats, _lean(votes, damped))
    posterior = with_known(votes, normalise(votes.table(damped))[0])
    posterior[~votes.has_evidence] = shares(votes, posterior)
    return posterior


def _lean(votes: Votes, log_odds: Floats) -> LeanTable:
    """The same where a table would be far larger than the votes; log_odds: (votes,)."""
    tasks, classes, sums_of_votes = votes.cells(log_odds)
    highest = np.zeros(votes.n_tasks)
    np.maximum.at(highest, tasks, sums_of_votes)
    values, rest = np.exp(sums_of_votes - highest[tasks]), np.exp(-highest)
    others = votes.n_classes - np.bincount(tasks, minlength=votes.n_tasks)
    total = sums(tasks, values, votes.n_tasks) + others * rest
    table = LeanTable(tasks, classes, values / total[tasks], rest / total, votes.n_classes)
    return table.with_known(votes.known, NO_LABEL)


def damping(votes: Votes) -> Floats:
    """(tasks,) what a vote counts beside so many others on its task."""
    return 1 / (1 + CORRELATION * np.maximum(votes.per_task - 1, 0))


def prior_accuracy(n_classes: int) -> float:
    """How often a vote is right as long as nothing is known of the crowd."""
    return believed(Votes.from_codes([], [], [], n_classes=n_classes))[0]


def _accuracy(known: float, n_classes: int) -> float:
    return 1 / n_classes + (1 - 1 / n_classes) * known


def _records(votes: Votes) -> tuple[Floats, Floats]:
    """(workers,) right votes and all votes, on known tasks and in the history; those on one task
    count for less."""
    known = votes.known[votes.tasks]
    weights = np.where(known == NO_LABEL, 0.0, votes.weights * damping(votes)[votes.tasks])
    seen = sums(votes.workers, weights, votes.n_workers)
    right = sums(votes.workers, weights * (known == votes.labels), votes.n_workers)
    if votes.history is None:
        return right, seen
    return right + np.einsum("wjj->w", votes.history), seen + votes.history.sum(axis=(1, 2))


def _known_by_crowd(votes: Votes, right: float, seen: float) -> float:
    """What the crowd knows of that which guessing gets wrong, in expectation."""
    n_classes = votes.n_classes
    if n_classes == 1:
        return 1.0
    accuracy = 1 / n_classes + (1 - 1 / n_classes) * GRID
    belief = -(((GRID - KNOWN) / KNOWN_DEVIATION) ** 2) / 2 + right * np.log(accuracy)
    belief += (seen - right) * np.log1p(-accuracy)
    agreement, tasks = _agreement(votes)
    if tasks:
        beyond_chance = 1 - 1 / n_classes
        kappa = 1 - (1 - agreement) / beyond_chance
        by_chance = max(agreement * (1 - agreement), 1 / (4 * tasks)) / tasks / beyond_chance**2
        belief -= (kappa - GRID**2 - ALIKE) ** 2 / (by_chance + ALIKE_DEVIATION**2) / 2
    weight = np.exp(belief - belief.max())
    return float(weight @ GRID / weight.sum())


def _agreement(votes: Votes) -> tuple[float, int]:
    """How often two votes on a task whose answer is not known agree, and the number of such tasks
    with two or more."""
    several = (votes.per_task > 1) & (votes.known == NO_LABEL)
    if not several.any():
        return 0.0, 0
    tasks, _classes, counts = votes.cells(votes.weights)
    alike = sums(tasks, counts * np.maximum(counts - 1, 0), votes.n_tasks)[several]
    pairs = (votes.per_task * (votes.per_task - 1))[several]
    return float(np.minimum(alike / pairs, 1.0).mean()), len(pairs)


def unopposed(votes: Votes, posterior: Floats, accuracy: Callable[[], Floats]) -> Floats:
    """`posterior` (tasks, classes), where no class that nobody has voted for is likelier than one
    that all voted for.

    Models may believe that: groups of workers that never meet can't be compared, and who was mostly
    wrong may be right this time. Then half of what is believed comes from the votes alone, by the
    accuracy (workers,) of who gave them, and if that is not enough, the odds are even.
    """
    tasks, voted = _unanimous(votes)
    overturned = posterior[tasks, voted] < posterior.max(axis=1)[tasks]
    tasks, voted = tasks[overturned], voted[overturned]
    if not len(tasks):
        return posterior
    mixed = (posterior[tasks] + weighed(votes.on_tasks(tasks), accuracy())) / 2
    rows = np.arange(len(tasks))
    mixed[rows, voted] = np.maximum(mixed[rows, voted], mixed.max(axis=1) * (1 + HAIR))
    posterior = posterior.copy()
    posterior[tasks] = mixed / mixed.sum(axis=1, keepdims=True)
    return posterior


def _unanimous(votes: Votes) -> tuple[Ints, Codes]:
    """Tasks of one or more votes, all for one class, and that class; those whose answer is known
    are left out."""
    tasks = np.flatnonzero((votes.per_task > 0) & (votes.known == NO_LABEL))
    starts = np.searchsorted(votes.tasks, tasks)
    first = np.zeros(votes.n_tasks, dtype=np.int32)
    first[tasks] = votes.labels[starts]
    others = np.bincount(votes.tasks[votes.labels != first[votes.tasks]], minlength=votes.n_tasks)
    tasks = tasks[others[tasks] == 0]
    return tasks, first[tasks]
